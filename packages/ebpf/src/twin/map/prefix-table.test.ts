import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { u32 } from "../../language/integer.ts";
import { bytes } from "../../language/kind.ts";
import { struct } from "../../language/layout.ts";
import { BPF_ANY, BPF_EXIST, BPF_NOEXIST } from "../../language/map/flag.ts";
import { lpmTrie } from "../../language/map/keyed.ts";
import { withMachine } from "../../language/runtime.ts";
import { EEXIST, EINVAL, ENOENT, ENOSPC } from "../errno.ts";
import { Twin } from "../twin.ts";

const Prefix = struct({ size: 8, fields: { length: u32, address: bytes(4) } });
const routes = lpmTrie("routes", { key: Prefix, value: u32, maxEntries: 8 });

function prefix(length: number, address: readonly number[]): ReturnType<typeof Prefix.make> {
  const key = Prefix.make({ length });
  for (const [index, byte] of address.entries()) key.address.set(index, byte);
  return key;
}

function inside(action: () => void): void {
  withMachine(new Twin().machine, action);
}

describe("lpmTrie", () => {
  it("finds the longest prefix that covers the key", () => {
    inside(() => {
      routes.update(prefix(0, [0, 0, 0, 0]), 1);
      routes.update(prefix(8, [10, 0, 0, 0]), 2);
      routes.update(prefix(16, [10, 1, 0, 0]), 3);
      routes.update(prefix(32, [10, 1, 0, 1]), 4);
      const cases = [
        { length: 32, address: [11, 0, 0, 1], value: 1 },
        { length: 32, address: [10, 2, 0, 1], value: 2 },
        { length: 32, address: [10, 1, 255, 255], value: 3 },
        { length: 32, address: [10, 1, 0, 1], value: 4 },
        // A key shorter than an entry is not covered by it.
        { length: 31, address: [10, 1, 0, 1], value: 3 },
        { length: 12, address: [10, 1, 0, 1], value: 2 },
        { length: 0, address: [10, 1, 0, 1], value: 1 },
      ];
      for (const { length, address, value } of cases) {
        assert.equal(routes.lookup(prefix(length, address))?.value, value, `${address.join(".")}/${length}`);
      }
    });
  });

  it("finds nothing outside of all prefixes, and nothing for a prefix length beyond the key", () => {
    inside(() => {
      assert.equal(routes.lookup(prefix(32, [10, 0, 0, 1])), null);
      routes.update(prefix(8, [10, 0, 0, 0]), 2);
      assert.equal(routes.lookup(prefix(32, [11, 0, 0, 1])), null);
      assert.equal(routes.lookup(prefix(33, [10, 0, 0, 1])), null);
    });
  });

  it("ignores bits beyond the prefix", () => {
    inside(() => {
      routes.update(prefix(12, [10, 31, 7, 7]), 1);
      assert.equal(routes.lookup(prefix(32, [10, 16, 0, 0]))?.value, 1);
      assert.equal(routes.update(prefix(12, [10, 16, 0, 0]), 2, BPF_NOEXIST), EEXIST);
      assert.equal(routes.lookup(prefix(32, [10, 32, 0, 0])), null);
      assert.equal(routes.delete(prefix(12, [10, 20, 9, 9])), 0);
    });
  });

  const updates = [
    { length: 8, flags: BPF_ANY, returned: 0, why: "replace" },
    { length: 8, flags: BPF_NOEXIST, returned: EEXIST, why: "it is there" },
    { length: 8, flags: BPF_EXIST, returned: 0, why: "it is there" },
    { length: 9, flags: BPF_EXIST, returned: ENOENT, why: "a longer prefix is another key" },
    { length: 7, flags: BPF_NOEXIST, returned: 0, why: "a shorter prefix is another key" },
    { length: 33, flags: BPF_ANY, returned: EINVAL, why: "longer than the key" },
    { length: 8, flags: 3, returned: EINVAL, why: "contradiction" },
  ];
  for (const { length, flags, returned, why } of updates) {
    it(`update of /${length} with flags ${flags} returns ${returned}: ${why}`, () => {
      inside(() => {
        routes.update(prefix(8, [10, 0, 0, 0]), 1);
        assert.equal(routes.update(prefix(length, [10, 0, 0, 0]), 2, flags), returned);
      });
    });
  }

  it("deletes exact prefixes only; what they covered falls back to the next shorter one", () => {
    inside(() => {
      routes.update(prefix(8, [10, 0, 0, 0]), 1);
      routes.update(prefix(24, [10, 1, 1, 0]), 2);
      routes.update(prefix(24, [10, 1, 2, 0]), 3);
      assert.equal(routes.delete(prefix(16, [10, 1, 0, 0])), ENOENT);
      // /22 only joins the two branches and is no entry.
      assert.equal(routes.delete(prefix(22, [10, 1, 0, 0])), ENOENT);
      assert.equal(routes.delete(prefix(24, [10, 1, 1, 0])), 0);
      assert.equal(routes.lookup(prefix(32, [10, 1, 1, 9]))?.value, 1);
      assert.equal(routes.lookup(prefix(32, [10, 1, 2, 9]))?.value, 3);
      assert.equal(routes.delete(prefix(24, [10, 1, 1, 0])), ENOENT);
      assert.equal(routes.delete(prefix(33, [10, 1, 1, 0])), EINVAL);
    });
  });

  it("may turn a place that only joined branches into an entry and back", () => {
    inside(() => {
      routes.update(prefix(24, [10, 1, 1, 0]), 2);
      routes.update(prefix(24, [10, 1, 2, 0]), 3);
      assert.equal(routes.update(prefix(22, [10, 1, 0, 0]), 4), 0);
      assert.equal(routes.lookup(prefix(32, [10, 1, 3, 1]))?.value, 4);
      assert.equal(routes.delete(prefix(22, [10, 1, 0, 0])), 0);
      assert.equal(routes.lookup(prefix(32, [10, 1, 3, 1])), null);
      assert.equal(routes.lookup(prefix(32, [10, 1, 2, 1]))?.value, 3);
    });
  });

  it("refuses new prefixes with -28 (ENOSPC) when full, and still replaces", () => {
    const small = lpmTrie("small", { key: Prefix, value: u32, maxEntries: 2 });
    inside(() => {
      assert.equal(small.update(prefix(8, [1, 0, 0, 0]), 1), 0);
      assert.equal(small.update(prefix(8, [2, 0, 0, 0]), 2), 0);
      assert.equal(small.update(prefix(8, [3, 0, 0, 0]), 3), ENOSPC);
      assert.equal(small.update(prefix(8, [2, 0, 0, 0]), 22), 0);
      assert.equal(small.delete(prefix(8, [1, 0, 0, 0])), 0);
      assert.equal(small.update(prefix(8, [3, 0, 0, 0]), 3), 0);
      assert.equal(small.lookup(prefix(32, [2, 1, 1, 1]))?.value, 22);
    });
  });

  it("lists its entries from outside, joints excepted", () => {
    const twin = new Twin();
    const table = twin.map(routes);
    table.set({ length: 24, address: [10, 1, 1, 0] }, 1);
    table.set({ length: 24, address: [10, 1, 2, 0] }, 2);
    const listed = [...table.entries()].map(([key, value]) => [key.length, key.address.get(2), value.value]);
    assert.deepEqual(
      [table.size, listed],
      [
        2,
        [
          [24, 1, 1],
          [24, 2, 2],
        ],
      ],
    );
  });
});
