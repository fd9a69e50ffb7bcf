/**
 * Separate functions: those that the kernel verifies once and by themselves, not again at every call and on every path that leads there.
 * What a program costs the verifier is then a sum over its functions, where it would be a product over their paths.
 *
 * In exchange the verifier knows nothing of what is passed: numbers are any numbers, a reference may be null. It calls them global.
 *
 * @see kernel kernel/bpf/btf.c, btf_prepare_func_args; memory as a parameter came with Linux 5.12
 */
import { type IrFunction, operandsOf, type Value } from "../ir/ir.ts";
import type { LanguageType, ProgramKind } from "../resolve/program.ts";
import type { Span } from "../tree.ts";
import type { Entity } from "./entity.ts";
import type { FunctionRequest, Lowering, ProgramLowering, Return } from "./lowering.ts";
import { nullTest } from "./reference.ts";
import type { PassedMemory } from "./region.ts";

/** The parameters of a separate function, which the kernel is told. */
export type Signature = readonly { readonly name: string; readonly type: LanguageType }[];

/** True when the kernel has types for the parameters, and takes for them what is passed. */
export function maySeparate(
  { kind }: ProgramLowering,
  { role, memory }: FunctionRequest,
  signature: Signature,
): boolean {
  // The kernel takes callbacks for part of who hands them over.
  return role === "function" && signature.every(({ type }, index) => isTold(type, kind, memory[index] ?? null));
}

function isTold({ kind }: LanguageType, program: ProgramKind, memory: PassedMemory | null): boolean {
  switch (kind) {
    case "int":
    case "number":
    case "u64":
    case "boolean":
      return true;
    case "context":
    case "packet":
      // The context of a syscall program has no name that the kernel would know it by.
      return program !== "Syscall";
    case "ref":
      return memory?.place === "map" || memory?.place === "stack";
    case "void":
      return false;
  }
}

/**
 * Tests the references that a separate function was passed, since the verifier takes them to be null until then. Nobody passes null
 * where the type does not say so; the function would give 0.
 */
export function testReferences(
  l: Lowering,
  pointers: readonly Value[],
  result: LanguageType,
  at: Span,
): readonly Return[] {
  return pointers.map((pointer) => {
    const { whenTrue, whenFalse } = l.branch(nullTest(l, pointer, at), at);
    if (whenTrue === null || whenFalse === null) throw new Error("a parameter that is known to be null, or not to be");
    whenTrue.block.cold = true;
    l.cursor = whenTrue;
    const entity = zeroOf(l, result, at);
    l.cursor = whenFalse;
    return { edge: whenTrue, entity };
  });
}

function zeroOf(l: Lowering, result: LanguageType, at: Span): Entity {
  switch (result.kind) {
    case "u64":
      return { kind: "u64", value: l.u64(0n, at) };
    case "boolean":
      return { kind: "bool", value: l.constant(false, "bool", at) };
    case "void":
      return { kind: "void" };
    default:
      return { kind: "int", value: l.int(0, at) };
  }
}

/**
 * True when a reference that the function was passed goes on to a helper. Kernels before 6.2 take such memory for no key and no value
 * of a map.
 */
export function passesReferenceOn(fn: IrFunction, signature: Signature): boolean {
  const isReference = ({ op }: Value): boolean => op.kind === "param" && signature[op.index]?.type.kind === "ref";
  return fn.blocks.some(({ body }) =>
    body.some(({ op }) => op.kind === "helper" && op.args.some((arg) => originsOf(arg).some(isReference))),
  );
}

/** What a pointer was made from: loads and calls give new ones. */
function originsOf(pointer: Value): readonly Value[] {
  const found = new Set<Value>([pointer]);
  for (const { op } of found) {
    if (op.kind !== "offset" && op.kind !== "refine" && op.kind !== "fit" && op.kind !== "phi") continue;
    for (const operand of operandsOf(op)) if (operand.type === "pointer") found.add(operand);
  }
  return [...found];
}
