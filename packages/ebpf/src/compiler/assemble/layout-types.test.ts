import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytes, i16, raw32, u8, u16, u32, u64 } from "../../language/index.ts";
import { vector } from "../../language/kind.ts";
import { type AnyLayout, keyLayout, struct } from "../../language/layout.ts";
import { createBtfBuilder } from "../../object/btf.ts";
import type { BtfType } from "../../object/btf-types.ts";
import { decodeBtf } from "../../object/index.ts";
import { LayoutTypes } from "./layout-types.ts";

const Address = struct({ size: 4, fields: { octets: bytes(4) } });
const Flow = struct({ size: 16, fields: { source: Address, words: vector(raw32, 2), delta: i16, kind: u8, rest: u8 } });

/** The types that describing the layout has made, and the one that it is. */
function typesOf(layout: AnyLayout, names: ReadonlyMap<AnyLayout, string> = new Map([[Flow, "Flow"]])) {
  const btf = createBtfBuilder();
  const id = new LayoutTypes(btf, names).layout(layout);
  const decoded = decodeBtf(btf.encode());
  assert.ok(decoded.ok);
  const types = decoded.value;
  const typeOf = (number: number): BtfType => types[number - 1] ?? assert.fail(`no type ${number}`);
  return { type: typeOf(id), typeOf };
}

describe("the BTF of a layout", () => {
  it("is a struct with its name, its size, and a member a field", () => {
    const { type } = typesOf(Flow);
    assert.ok(type.kind === "struct");
    assert.deepEqual([type.name, type.size], ["Flow", 16]);
    assert.deepEqual(
      type.members.map(({ name, bitOffset }) => [name, bitOffset]),
      [
        ["source", 0],
        ["words", 32],
        ["delta", 96],
        ["kind", 112],
        ["rest", 120],
      ],
    );
  });

  it("names integers as the kernel does, and arrays by their element and length", () => {
    const { type, typeOf } = typesOf(Flow);
    assert.ok(type.kind === "struct");
    const [, words, delta] = type.members.map((member) => typeOf(member.type));
    assert.ok(words?.kind === "array" && delta?.kind === "int");
    const element = typeOf(words.element);
    assert.ok(element.kind === "int");
    assert.deepEqual([words.length, element.name, element.size], [2, "__raw32", 4]);
    assert.deepEqual([delta.name, delta.size, delta.encoding], ["__s16", 2, "signed"]);
  });

  it("has a struct of its own for an inner layout, once", () => {
    const Pair = struct({ size: 8, fields: { one: Address, two: Address } });
    const { type, typeOf } = typesOf(
      Pair,
      new Map<AnyLayout, string>([
        [Pair, "Pair"],
        [Address, "Address"],
      ]),
    );
    assert.ok(type.kind === "struct");
    const [one, two] = type.members;
    assert.equal(one?.type, two?.type);
    const inner = typeOf(one?.type ?? 0);
    assert.equal(inner.kind === "struct" && inner.name, "Address");
  });

  it("is the integer itself for a key or value of integer kind", () => {
    for (const [kind, name] of [
      [u8, "__u8"],
      [u16, "__u16"],
      [u32, "__u32"],
      [u64, "__u64"],
    ] as const) {
      const { type } = typesOf(keyLayout(kind));
      assert.equal(type.kind === "int" && type.name, name);
    }
  });
});
