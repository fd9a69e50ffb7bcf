/**
 * Methods of declared things: `Layout.make`, `vector.get/set/equals`, `table.at`, `cell.ref`.
 */
import type { AnyLayout } from "../../language/layout.ts";
import type { MapDeclaration } from "../../language/map/declaration.ts";
import { refuse } from "../diagnostic.ts";
import type { Binding } from "../resolve/program.ts";
import type { ExpressionOf, Property, Span } from "../tree.ts";
import { arith } from "./arithmetic.ts";
import { expectArgs } from "./call.ts";
import { describe, type Entity, type Place, type RefEntity, type VectorEntity } from "./entity.ts";
import { expectInt } from "./expect.ts";
import { lowerExpression } from "./expression.ts";
import type { Lowering } from "./lowering.ts";
import {
  elementPlace,
  equalBytes,
  expectRef,
  fieldOf,
  loadInt,
  sizeOfKind,
  storeInt,
  usable,
  writeField,
  zeroBytes,
} from "./memory.ts";

type Call = ExpressionOf<"call">;

export function callLayout(
  l: Lowering,
  binding: Extract<Binding, { kind: "layout" }>,
  method: string,
  call: Call,
): Entity {
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
  const written = new Set<string>();
  for (const { property } of values) {
    const field = fieldOf(l, ref, property.name, property.at);
    if (field.kind.kind === "int") written.add(property.name);
  }
  for (const [from, to] of gaps(layout, written)) zeroBytes(l, ref, from, to, at);
  for (const { property, entity } of values)
    writeField(l, fieldOf(l, ref, property.name, property.at), entity, property.at);
  return ref;
}

/** A new stack slot seen through a layout. Its bytes are undefined. */
export function stackReference(l: Lowering, layout: AnyLayout, name: string, at: Span): RefEntity {
  const base = l.slot(layout.size, name, at);
  return {
    kind: "ref",
    layout,
    base,
    offset: 0,
    region: { generation: null, shared: false, align: 8, place: "stack" },
    isNull: null,
  };
}

/**
 * The bytes that must be zeroed: eight at a time, and none of those eight if all of them are written anyway. The slot is rounded up to
 * eight bytes, so the last piece may reach past the layout; helpers read no further than its size.
 */
function* gaps(layout: AnyLayout, written: ReadonlySet<string>): Generator<readonly [number, number]> {
  const covered = new Uint8Array(layout.size);
  for (const field of layout.fields)
    if (written.has(field.name)) covered.fill(1, field.offset, field.offset + field.size);
  for (let word = 0; word < layout.size; word += 8) {
    const end = Math.min(word + 8, layout.size);
    if (covered.subarray(word, end).includes(0)) yield [word, end];
  }
}

export function callVector(l: Lowering, vector: VectorEntity, method: string, call: Call): Entity {
  const { at } = call;
  usable(l, { ...vector, kind: "ref", layout: NO_LAYOUT, isNull: null }, at);
  switch (method) {
    case "get": {
      const [index] = expectArgs(l, call, 1);
      return readElement(l, vector, elementPlace(l, vector, expectIndex(index, at), at), at);
    }
    case "set": {
      const [index, value] = expectArgs(l, call, 2);
      const place = elementPlace(l, vector, expectIndex(index, at), at);
      if (vector.element.kind !== "int")
        return refuse("E406", at, "the elements are not integers", "take the element with get(i) and set its fields");
      storeInt(l, place, vector.element.bits, vector.swapped, value ?? { kind: "void" }, at);
      return { kind: "void" };
    }
    case "equals": {
      const [other] = expectArgs(l, call, 1);
      if (
        other?.kind !== "vector" ||
        sizeOfKind(other.element) * other.length !== sizeOfKind(vector.element) * vector.length
      ) {
        return refuse(
          "E409",
          at,
          `equals takes a vector of the same shape, got ${other === undefined ? "nothing" : describe(other)}`,
          "compare fields of one kind",
        );
      }
      return { kind: "bool", value: equalBytes(l, vector, other, sizeOfKind(vector.element) * vector.length, at) };
    }
    default:
      return refuse("E505", at, `a vector has no method "${method}"`, "get(i), set(i, v), equals(other)");
  }
}

const NO_LAYOUT: AnyLayout = {
  order: "host",
  size: 0,
  alignment: 1,
  source: "",
  fields: [],
  declared: {},
  scalar: null,
  reference: () => {
    throw new Error("a layout for checks only");
  },
};

function expectIndex(entity: Entity | undefined, at: Span) {
  return expectInt(entity ?? { kind: "void" }, "the index", at);
}

function readElement(l: Lowering, vector: VectorEntity, place: Place, at: Span): Entity {
  const { element } = vector;
  switch (element.kind) {
    case "int":
      return loadInt(l, place, element.bits, element.signed, vector.swapped, at);
    case "struct":
      return { kind: "ref", layout: element.layout, isNull: null, ...placeOnly(place) };
    case "vector":
      return {
        kind: "vector",
        element: element.element,
        length: element.length,
        swapped: vector.swapped,
        ...placeOnly(place),
      };
  }
}

function placeOnly({ base, offset, region }: Place): Place {
  return { base, offset, region };
}

/** `table.at(i)`: a load from the read-only map that holds the table. */
export function callTable(
  l: Lowering,
  binding: Extract<Binding, { kind: "table" }>,
  method: string,
  call: Call,
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
  return loadInt(
    l,
    { base, offset: 0, region: { generation: null, shared: false, align: 8, place: "map" } },
    element.bits,
    element.signed,
    false,
    at,
  );
}

/** `cell.ref()`: the address is known when the program is loaded, so there is no lookup and no null. */
export function callCell(l: Lowering, declaration: MapDeclaration, method: string, call: Call): Entity {
  if (method !== "ref") return refuse("E505", call.at, `a cell has no method "${method}"`, "cell.ref()");
  expectArgs(l, call, 0);
  if (declaration.value === null) throw new Error("a cell without a layout");
  l.useMap(declaration, call.at);
  const base = l.emit({ kind: "mapValueAddress", map: declaration.name }, "pointer", call.at);
  return {
    kind: "ref",
    layout: declaration.value,
    base,
    offset: 0,
    region: { generation: null, shared: true, align: 8, place: "map" },
    isNull: null,
  };
}

/** `copy(to, from)` and `equal(a, b)` need two references of one layout. */
export function expectPair(l: Lowering, call: Call): readonly [RefEntity, RefEntity] {
  const [first, second] = expectArgs(l, call, 2);
  const a = expectRef(l, first ?? { kind: "void" }, "the first argument", call.at);
  const b = expectRef(l, second ?? { kind: "void" }, "the second argument", call.at);
  if (a.layout !== b.layout)
    refuse("E409", call.at, "the two references have different layouts", "copy field by field");
  return [a, b];
}
