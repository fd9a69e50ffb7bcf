/**
 * Prints the intermediate form for people: golden listings, debugging, tests of passes.
 *
 * ```
 * function count
 * b0:
 *   v0: int 0..255 = param 0
 *   jump b1
 * b1: from b0 b2
 *   v2: int 0..255 = phi 0 v4
 *   v3: bool 0..1 = v2 < v0
 *   branch v3 b2 else b3
 * ```
 *
 * Constants stand where they are read (`5`, `5n`, `true`, `null`) and have no line of their own.
 */
import { formatRange } from "../ranges/interval.ts";
import type { Block, IrFunction, Operation, Terminator, Value } from "./ir.ts";

/** One function as text, without a line break at the end. */
export function printIr(fn: IrFunction): string {
  const slots = fn.slots.map(
    (slot, index) => `  slot${index}: ${slot.size} bytes, aligned to ${slot.align}: ${slot.name}`,
  );
  return [`${fn.role} ${fn.name}`, ...slots, ...fn.blocks.map(printBlock)].join("\n");
}

/** One value as its line in a listing, without indentation. */
export function printValue(value: Value): string {
  const operation = printOperation(value.op);
  if (value.type === "none") return operation;
  const range = value.range === null ? "" : ` ${formatRange(value.range)}`;
  return `v${value.id}: ${value.type}${range} = ${operation}`;
}

function printBlock(block: Block): string {
  const from = block.preds.length === 0 ? "" : ` from ${block.preds.map((pred) => `b${pred.id}`).join(" ")}`;
  const lines = [...block.phis, ...block.body].filter((value) => value.op.kind !== "const").map(printValue);
  const end = block.end === null ? "unfinished" : printTerminator(block.end);
  return [`b${block.id}:${from}${block.cold ? " cold" : ""}`, ...[...lines, end].map((line) => `  ${line}`)].join("\n");
}

function printTerminator(end: Terminator): string {
  switch (end.kind) {
    case "jump":
      return `jump b${end.target.id}`;
    case "branch":
      return `branch ${name(end.condition)} b${end.ifTrue.id} else b${end.ifFalse.id}`;
    case "return":
      return end.value === null ? "return" : `return ${name(end.value)}`;
  }
}

/** How a value is called where it is read. */
function name(value: Value): string {
  if (value.op.kind !== "const") return `v${value.id}`;
  switch (value.type) {
    case "bool":
      return value.op.value === 0n ? "false" : "true";
    case "pointer":
      return "null";
    case "u64":
      return `${value.op.value}n`;
    default:
      return `${value.op.value}`;
  }
}

const SYMBOL = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  mod: "%",
  and: "&",
  or: "|",
  xor: "^",
  shl: "<<",
  sar: ">>",
  shr: ">>>",
} as const;

function printOperation(op: Operation): string {
  switch (op.kind) {
    case "const":
      return `${op.value}`;
    case "param":
      return `param ${op.index}`;
    case "phi":
      return `phi ${names(op.inputs)}`;
    case "arith":
    case "bits":
      return `${name(op.left)} ${SYMBOL[op.operator]} ${name(op.right)}`;
    case "bits64":
      // BigInt has one right shift, written with two signs; on a wrapped u64 it is the unsigned one.
      return `${name(op.left)} ${op.operator === "shr" ? ">>" : SYMBOL[op.operator]} ${name(op.right)}`;
    case "imul":
      return `imul ${name(op.left)} ${name(op.right)}`;
    case "unsigned32":
      return `${name(op.value)} >>> 0`;
    case "wrap64":
    case "convert":
    case "not":
      return `${op.kind} ${name(op.value)}`;
    case "swap":
      return `swap${op.bits} ${name(op.value)}`;
    case "compare":
      return `${name(op.left)} ${op.operator} ${name(op.right)}`;
    case "fit":
      return `${name(op.value)} within ${formatRange(op.fit)}`;
    case "refine":
      return `${name(op.value)} where ${op.comparison} ${name(op.other)}`;
    case "slotStart":
    case "slotAddress":
      return `${op.kind} slot${op.slot}`;
    case "mapAddress":
    case "mapValueAddress":
      return `${op.kind} ${op.map}`;
    case "functionAddress":
      return `functionAddress ${op.name}`;
    case "offset":
      return `offset ${name(op.base)} by ${name(op.amount)}`;
    case "distance":
      return `distance from ${name(op.from)} to ${name(op.to)}`;
    default:
      return printEffect(op);
  }
}

type Effect = Extract<Operation, { readonly kind: "load" | "store" | "atomic" | "helper" | "invoke" }>;

function printEffect(op: Effect): string {
  switch (op.kind) {
    case "load":
      return `load${op.size}${op.signed ? " signed" : ""}${op.swap ? " swapped" : ""} ${place(op)}`;
    case "store":
      return `store${op.size}${op.swap ? " swapped" : ""} ${place(op)} = ${name(op.value)}`;
    case "atomic": {
      const expected = op.expected === null ? "" : ` if ${name(op.expected)}`;
      return `atomic${op.size} ${op.operator} ${place(op)} ${name(op.value)}${expected}`;
    }
    case "helper":
      return `${op.pure ? "pure " : ""}helper ${op.name}(${op.args.map(name).join(", ")})`;
    case "invoke":
      return `invoke ${op.name}(${op.args.map(name).join(", ")})`;
  }
}

function place(op: { readonly base: Value; readonly offset: number }): string {
  return `[${name(op.base)} + ${op.offset}]`;
}

function names(values: readonly Value[]): string {
  return values.map(name).join(" ");
}
