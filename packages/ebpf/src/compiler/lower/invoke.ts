/**
 * Calls of functions of their own (BPF-to-BPF calls): arguments go through registers.
 */
import { refuse } from "../diagnostic.ts";
import type { Value } from "../ir/ir.ts";
import type { BindingOf, LanguageType } from "../resolve/program.ts";
import type { ExpressionOf, Span } from "../tree.ts";
import { mayMovePacket } from "./assigned.ts";
import { expectArgs } from "./call.ts";
import { loadPacketBounds } from "./context.ts";
import { fitType, typeBounds } from "./declared-type.ts";
import { type Entity, isScalar } from "./entity.ts";
import type { Lowering } from "./lowering.ts";
import { checkFresh } from "./memory.ts";
import { materialise } from "./reference.ts";
import { type PassedMemory, passedMemory } from "./region.ts";

/** An argument as it travels in a register, and what is known of the memory behind it. */
interface Passed {
  readonly value: Value;
  readonly memory: PassedMemory | null;
}

export function invoke(l: Lowering, binding: BindingOf<"function">, call: ExpressionOf<"call">): Entity {
  const { tree, scope } = binding;
  const { at } = call;
  const args = expectArgs(l, call, tree.params.length);
  const passed = tree.params.map(({ name, type, at: declaredAt }, index) => {
    if (type === null)
      return refuse("E503", declaredAt, `"${name}" has no type`, "write it: (a: u32, key: Ref<typeof Key>) => …");
    return pass(l, args[index] ?? { kind: "void" }, scope.resolveType(type), name, call.args[index]?.at ?? at);
  });
  const memory = passed.map((each) => each.memory);
  const name = l.shared.requestFunction({ tree, scope, role: "function", hiddenParams: 0, memory, at });
  const result = emitInvoke(l, name, passed, tree.result === null ? null : scope.resolveType(tree.result), at);
  // A function that is given the context may move the packet.
  const context = args.find((arg) => arg.kind === "context");
  if (context !== undefined && mayMovePacket(tree.body, scope)) loadPacketBounds(l, context, at);
  return result;
}

function emitInvoke(
  l: Lowering,
  name: string,
  passed: readonly Passed[],
  result: LanguageType | null,
  at: Span,
): Entity {
  const args = passed.map((each) => each.value);
  const op = { kind: "invoke", name, args, bounds: typeBounds(result) } as const;
  switch (result?.kind) {
    case "int":
    case "number":
      return { kind: "int", value: l.emit(op, "int", at) };
    case "u64":
      return { kind: "u64", value: l.emit(op, "u64", at) };
    case "boolean":
      return { kind: "bool", value: l.emit(op, "bool", at) };
    default:
      l.emit(op, "none", at);
      return { kind: "void" };
  }
}

function pass(l: Lowering, arg: Entity, type: LanguageType, name: string, at: Span): Passed {
  const fitted = fitType(l, arg, type, name, at);
  if (isScalar(fitted)) return { value: fitted.value, memory: null };
  if (fitted.kind === "context") return { value: fitted.pointer, memory: null };
  if (fitted.kind === "ref" && type.kind === "ref") {
    checkFresh(l, fitted, at);
    const pointer = materialise(l, fitted, type, at);
    if (pointer.kind !== "ref") throw new Error(`${name} is no pointer any more`);
    return { value: pointer.base, memory: passedMemory(pointer) };
  }
  const got = `${name} has no type that a register can hold`;
  return refuse("E503", at, got, "integers, booleans, u64, references, the context");
}
