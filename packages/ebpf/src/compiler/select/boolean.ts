/**
 * Booleans that must stand in a register: two ways that meet in a phi of 1 and 0.
 */
import type { Value } from "../ir/ir.ts";
import { testOf } from "./end.ts";
import type { Selection } from "./selection.ts";
import { immediate } from "./writer.ts";

export function selectBoolean(s: Selection, value: Value): void {
  const { writer } = s;
  const { at } = value;
  const { holds, ...test } = testOf(s, value);
  const { cold } = writer.block;
  const [ifTrue, ifFalse, join] = [writer.newBlockId(), writer.newBlockId(), writer.newBlockId()];
  writer.close({ op: "branch", ...test, ifTrue, ifFalse, at });
  for (const id of [ifTrue, ifFalse]) {
    writer.open(id, cold);
    writer.close({ op: "jump", target: join, at });
  }
  writer.open(join, cold);
  const sources = new Map([
    [ifTrue, immediate(holds ? 1n : 0n)],
    [ifFalse, immediate(holds ? 0n : 1n)],
  ]);
  writer.block.phis.push({ dst: s.registerOf(value), sources });
}
