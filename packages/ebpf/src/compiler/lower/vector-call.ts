/**
 * Methods of vectors: `get`, `set` and `equals`.
 */
import { sizeOf } from "../../language/kind.ts";
import { refuse } from "../diagnostic.ts";
import type { Value } from "../ir/ir.ts";
import type { ExpressionOf, Span } from "../tree.ts";
import { arith } from "./arithmetic.ts";
import { constantOf } from "./builder.ts";
import { equalBytes } from "./bytes.ts";
import { expectArgs } from "./call.ts";
import { describe, type Entity, type Place, type VectorEntity } from "./entity.ts";
import { expectInt } from "./expect.ts";
import type { Lowering } from "./lowering.ts";
import { checkFresh, loadInt, storeInt } from "./memory.ts";
import { alignmentAt } from "./region.ts";

type Call = ExpressionOf<"call">;

export function callVector(l: Lowering, vector: VectorEntity, method: string, call: Call): Entity {
  const { at } = call;
  switch (method) {
    case "get": {
      const [index] = expectArgs(l, call, 1);
      checkFresh(l, vector, at);
      return readElement(l, vector, elementPlace(l, vector, expectIndex(index, at), at), at);
    }
    case "set": {
      const [index, value] = expectArgs(l, call, 2);
      checkFresh(l, vector, at);
      const place = elementPlace(l, vector, expectIndex(index, at), at);
      if (vector.element.kind !== "int")
        return refuse("E406", at, "the elements are not integers", "take the element with get(i) and set its fields");
      storeInt(l, place, vector.element.bits, vector.swapped, value ?? { kind: "void" }, at);
      return { kind: "void" };
    }
    case "equals": {
      const [other] = expectArgs(l, call, 1);
      if (other?.kind !== "vector" || sizeOf(other.element) * other.length !== sizeOf(vector.element) * vector.length) {
        return refuse(
          "E409",
          at,
          `equals takes a vector of the same shape, got ${other === undefined ? "nothing" : describe(other)}`,
          "compare fields of one kind",
        );
      }
      checkFresh(l, vector, at);
      checkFresh(l, other, at);
      return { kind: "bool", value: equalBytes(l, vector, other, sizeOf(vector.element) * vector.length, at) };
    }
    default:
      return refuse("E505", at, `a vector has no method "${method}"`, "get(i), set(i, v), equals(other)");
  }
}

/** The place of one element; a constant index costs nothing. */
function elementPlace(l: Lowering, vector: VectorEntity, index: Value, at: Span): Place & { readonly name: string } {
  const size = sizeOf(vector.element);
  const name = "the element";
  const fitted = l.fit(
    index,
    {
      low: 0n,
      high: BigInt(vector.length - 1),
      rule: "E309",
      subject: "the index",
      write: `keep it within 0..${vector.length - 1}: test it or mask it`,
    },
    at,
  );
  // A constant that is too large is refused for that, not for what it would reach.
  const constant = constantOf(index);
  if (constant !== null)
    return { name, base: vector.base, offset: vector.offset + Number(constant) * size, region: vector.region };
  if (vector.region.place === "packet" || vector.region.place === "context") {
    const got = `a ${vector.region.place} is indexed by a variable: the verifier's proof does not cover that`;
    return refuse("E407", at, got, "take a reference at the variable place: ctx.at(offset + i, Layout)");
  }
  const distance = size === 1 ? fitted : arith(l, "mul", fitted, l.int(size, at), at);
  const base = l.emit({ kind: "offset", base: vector.base, amount: distance }, "pointer", at);
  const align = alignmentAt(vector.region.align, size);
  return { name, base, offset: vector.offset, region: { ...vector.region, align } };
}

export function expectIndex(entity: Entity | undefined, at: Span) {
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
