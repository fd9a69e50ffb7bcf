import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { array } from "../../language/array.ts";
import { u32, u64 } from "../../language/integer.ts";
import { struct } from "../../language/layout.ts";
import { BPF_ANY, BPF_EXIST, BPF_NOEXIST } from "../../language/map/flag.ts";
import { cell, percpuArray } from "../../language/map/keyed.ts";
import type { Ref } from "../../language/reference.ts";
import { withMachine } from "../../language/runtime.ts";
import { E2BIG, EEXIST, EINVAL } from "../errno.ts";
import { Twin } from "../twin.ts";

const Sum = struct({ size: 8, fields: { total: u64 } });
/** A key as `forEach` hands it out. */
type Number32 = { readonly value: number };

const State = struct({ size: 4, fields: { stopAfter: u32 } });

for (const declare of [array, percpuArray]) {
  const map = declare("numbers", { value: u64, maxEntries: 3 });

  describe(map.kind, () => {
    it("has all its elements from the beginning, zeroed", () => {
      withMachine(new Twin().machine, () => {
        assert.equal(map.lookup(0)?.value, 0n);
        assert.equal(map.lookup(2)?.value, 0n);
        assert.equal(map.lookup(3), null);
        assert.equal(map.lookup(0xffffffff), null);
      });
    });

    const updates = [
      { key: 0, flags: BPF_ANY, returned: 0, why: "any" },
      { key: 2, flags: BPF_EXIST, returned: 0, why: "every element exists" },
      { key: 2, flags: BPF_NOEXIST, returned: EEXIST, why: "every element exists" },
      { key: 3, flags: BPF_ANY, returned: E2BIG, why: "outside" },
      { key: 3, flags: BPF_NOEXIST, returned: E2BIG, why: "outside is seen before existence" },
      { key: 0, flags: 3, returned: EINVAL, why: "flags that contradict each other" },
      { key: 9, flags: 4, returned: EINVAL, why: "flags are seen before the index" },
    ];
    for (const { key, flags, returned, why } of updates) {
      it(`update of ${key} with flags ${flags} returns ${returned}: ${why}`, () => {
        withMachine(new Twin().machine, () => {
          assert.equal(map.update(key, 7n, flags), returned);
          assert.equal(map.lookup(key)?.value ?? null, key > 2 ? null : returned === 0 ? 7n : 0n);
        });
      });
    }

    it("refuses to delete, inside and outside", () => {
      withMachine(new Twin().machine, () => assert.deepEqual([map.delete(0), map.delete(3)], [EINVAL, EINVAL]));
    });

    it("forEach visits in order of index and counts the visit that stops it", () => {
      withMachine(new Twin().machine, () => {
        const seen: number[] = [];
        const count = (key: Number32, value: { value: bigint }, state: Ref<typeof State>): 0 | 1 => {
          seen.push(key.value);
          value.value = BigInt(key.value) + 10n;
          return key.value === state.stopAfter ? 1 : 0;
        };
        assert.equal(map.forEach(count, State.make({ stopAfter: 9 })), 3);
        assert.deepEqual([seen, map.lookup(2)?.value], [[0, 1, 2], 12n]);
        assert.equal(map.forEach(count, State.make({ stopAfter: 1 })), 2);
      });
    });

    it("lookup gives the value itself: what is stored through it stays", () => {
      withMachine(new Twin().machine, () => {
        const value = map.lookup(1);
        assert.ok(value !== null);
        value.value += 5n;
        assert.equal(map.lookup(1)?.value, 5n);
      });
    });
  });
}

describe("percpuArray", () => {
  const map = percpuArray("numbers", { value: Sum, maxEntries: 2 });

  it("keeps a value for each CPU", () => {
    const twin = new Twin({ cpus: 2 });
    for (const cpu of [0, 1]) {
      twin.cpu = cpu;
      withMachine(twin.machine, () => map.update(1, Sum.make({ total: BigInt(cpu) + 1n })));
    }
    assert.deepEqual([twin.map(map).get(1, 0)?.total, twin.map(map).get(1, 1)?.total], [1n, 2n]);
    assert.equal(twin.map(map).get(0, 1)?.total, 0n);
  });

  it("is set for all CPUs from outside", () => {
    const twin = new Twin({ cpus: 3 });
    twin.map(map).set(0, { total: 9n });
    assert.deepEqual(
      [0, 1, 2].map((cpu) => twin.map(map).get(0, cpu)?.total),
      [9n, 9n, 9n],
    );
  });
});

describe("cell", () => {
  it("is one value that is always there, one in each twin", () => {
    const total = cell("total", Sum);
    const [one, other] = [new Twin(), new Twin()];
    withMachine(one.machine, () => {
      total.ref().total += 3n;
    });
    assert.deepEqual([one.map(total).total, other.map(total).total], [3n, 0n]);
  });
});
