/**
 * Calls of helpers and of functions of the program.
 */
import type { OperationOf, Value } from "../ir/ir.ts";
import { extendSign } from "./arithmetic.ts";
import { isUint32 } from "./demand.ts";
import { showRounds } from "./pointer.ts";
import type { Selection } from "./selection.ts";
import { register } from "./writer.ts";

export function selectCall(s: Selection, value: Value, op: OperationOf<"helper" | "invoke">): void {
  const { at } = value;
  const callee =
    op.kind === "helper"
      ? ({ kind: "helper", id: op.id, name: op.name } as const)
      : ({ kind: "function", name: op.name } as const);
  const args = op.args.map((arg) => s.operand(arg));
  // Before 6.4 some helpers gave a C int with the upper half undefined; nothing but the low half is trusted where an errno is possible.
  const isStatus = op.kind === "helper" && value.type === "int" && !isUint32(value.range);
  const dst = value.type === "none" ? null : isStatus ? s.writer.register() : s.registerOf(value);
  s.writer.write({ op: "call", callee, args, dst, at });
  if (op.kind === "invoke") showRounds(s, value);
  if (!isStatus || dst === null) return;
  if (s.isWhole(value)) extendSign(s, value, register(dst), 32);
  else s.writer.write({ op: "move", dst: s.registerOf(value), src: register(dst), at });
}
