import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { array } from "../../language/array.ts";
import { u32 } from "../../language/integer.ts";
import { struct } from "../../language/layout.ts";
import { hash } from "../../language/map/keyed.ts";
import { arrayOfMaps, hashOfMaps } from "../../language/map/map-of-maps.ts";
import { withMachine } from "../../language/runtime.ts";
import { E2BIG } from "../errno.ts";
import { Twin } from "../twin.ts";

const Key = struct({ size: 4, fields: { number: u32 } });
const pattern = hash("inner", { key: Key, value: u32, maxEntries: 4 });

describe("arrayOfMaps", () => {
  const outer = arrayOfMaps("outer", { inner: pattern, maxEntries: 2 });

  it("is empty at first, and has its places only", () => {
    const twin = new Twin();
    const table = twin.map(outer);
    withMachine(twin.machine, () => assert.deepEqual([outer.lookup(0), outer.lookup(2)], [null, null]));
    assert.equal(table.set(2, table.create()), E2BIG);
    assert.equal(table.delete(0), false);
  });

  it("gives an inner map that works as a map does", () => {
    const twin = new Twin();
    const table = twin.map(outer);
    const inner = table.create();
    table.set(1, inner);
    withMachine(twin.machine, () => {
      const found = outer.lookup(1);
      assert.equal(found?.update(Key.make({ number: 5 }), 50), 0);
      assert.equal(found?.lookup(Key.make({ number: 5 }))?.value, 50);
    });
    assert.equal(twin.map(inner).get({ number: 5 })?.value, 50);
  });

  it("swaps a whole table in one store", () => {
    const twin = new Twin();
    const table = twin.map(outer);
    const [one, two] = [table.create(), table.create()];
    twin.map(one).set({ number: 1 }, 10);
    twin.map(two).set({ number: 1 }, 20);
    const read = () => withMachine(twin.machine, () => outer.lookup(0)?.lookup(Key.make({ number: 1 }))?.value);
    table.set(0, one);
    assert.equal(read(), 10);
    table.set(0, two);
    assert.equal(read(), 20);
    assert.equal(table.delete(0), true);
    assert.equal(read(), undefined);
  });
});

describe("hashOfMaps", () => {
  it("finds inner maps by key and is full after maxEntries of them", () => {
    const outer = hashOfMaps("outer", {
      key: Key,
      inner: array("inner", { value: u32, maxEntries: 1 }),
      maxEntries: 1,
    });
    const twin = new Twin();
    const table = twin.map(outer);
    assert.deepEqual([table.set({ number: 9 }, table.create()), table.set({ number: 8 }, table.create())], [0, E2BIG]);
    withMachine(twin.machine, () => {
      assert.equal(outer.lookup(Key.make({ number: 9 }))?.lookup(0)?.value, 0);
      assert.equal(outer.lookup(Key.make({ number: 8 })), null);
    });
  });
});
