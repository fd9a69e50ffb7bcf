/**
 * Constant tables: `table.at(i)` is a load from the read-only map that holds the table.
 */
import { refuse } from "../diagnostic.ts";
import type { BindingOf } from "../resolve/program.ts";
import type { ExpressionOf } from "../tree.ts";
import { arith } from "./arithmetic.ts";
import { expectArgs } from "./call.ts";
import type { Entity } from "./entity.ts";
import type { Lowering } from "./lowering.ts";
import { loadInt } from "./memory.ts";
import { OWN_MAP_REGION } from "./region.ts";
import { expectIndex } from "./vector-call.ts";

export function callTable(
  l: Lowering,
  binding: BindingOf<"table">,
  method: string,
  call: ExpressionOf<"call">,
): Entity {
  const { at } = call;
  if (method !== "at") return refuse("E505", at, `a table has no method "${method}"`, "table.at(i)");
  const [argument] = expectArgs(l, call, 1);
  const { kind: element, values } = binding.table;
  const size = element.bits / 8;
  const index = l.fit(
    expectIndex(argument, at),
    {
      low: 0n,
      high: BigInt(values.length - 1),
      rule: "E309",
      subject: "the index",
      write: `keep it within 0..${values.length - 1}`,
    },
    at,
  );
  const start = l.emit({ kind: "mapValueAddress", map: l.useTable(binding.table, binding.name) }, "pointer", at);
  const distance = size === 1 ? index : arith(l, "mul", index, l.int(size, at), at);
  const base = l.emit({ kind: "offset", base: start, amount: distance }, "pointer", at);
  return loadInt(l, { base, offset: 0, region: OWN_MAP_REGION }, element.bits, element.signed, false, at);
}
