/**
 * Instances on the stack: `Layout.make({ … })`.
 */
import type { AnyLayout } from "../../language/layout.ts";
import { refuse } from "../diagnostic.ts";
import type { BindingOf } from "../resolve/program.ts";
import type { ExpressionOf, Property, Span } from "../tree.ts";
import { zeroBytes } from "./bytes.ts";
import type { Entity, RefEntity } from "./entity.ts";
import { lowerExpression } from "./expression.ts";
import type { Lowering } from "./lowering.ts";
import { fieldOf, writeField } from "./memory.ts";
import { stackRegion } from "./region.ts";

type Call = ExpressionOf<"call">;

export function callLayout(l: Lowering, binding: BindingOf<"layout">, method: string, call: Call): Entity {
  if (method !== "make") return refuse("E505", call.at, `a layout has no method "${method}"`, "Layout.make({ … })");
  const [argument] = call.args;
  if (call.args.length > 1 || (argument !== undefined && argument.kind !== "object")) {
    return refuse("E502", call.at, "make takes one object literal", "Layout.make({ field: value, … })");
  }
  return make(l, binding.layout, binding.name, argument?.kind === "object" ? argument.properties : [], call.at);
}

/** A zeroed instance on the stack with some fields set; the values are computed before the instance begins to live. */
function make(l: Lowering, layout: AnyLayout, name: string, properties: readonly Property[], at: Span): Entity {
  const values = properties.map((property) => ({ property, entity: lowerExpression(l, property.value) }));
  const ref = stackReference(l, layout, name, at);
  const written = new Set(values.map(({ property }) => property.name));
  for (const [from, to] of gaps(layout, written)) zeroBytes(l, ref, from, to, at);
  for (const { property, entity } of values)
    writeField(l, fieldOf(l, ref, property.name, property.at), entity, property.at);
  return ref;
}

/** A new stack slot seen through a layout. Its bytes are undefined. */
export function stackReference(l: Lowering, layout: AnyLayout, name: string, at: Span): RefEntity {
  const { slot, address } = l.slot(layout.size, name, at);
  return { kind: "ref", layout, base: address, offset: 0, region: stackRegion(slot), isNull: null };
}

/**
 * The bytes that must be zeroed: eight at a time, and none of those eight if all of them are written anyway. The slot is rounded up to
 * eight bytes, so the last eight may reach past the layout; helpers read no further than its size.
 */
function* gaps(layout: AnyLayout, written: ReadonlySet<string>): Generator<readonly [number, number]> {
  const covered = new Uint8Array(layout.size);
  for (const field of layout.fields)
    if (written.has(field.name)) covered.fill(1, field.offset, field.offset + field.size);
  for (let word = 0; word < layout.size; word += 8) {
    if (covered.subarray(word, word + 8).includes(0)) yield [word, word + 8];
  }
}
