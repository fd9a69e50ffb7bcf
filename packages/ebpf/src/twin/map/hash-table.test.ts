import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { u16, u32, u64 } from "../../language/integer.ts";
import { bytes } from "../../language/kind.ts";
import { struct } from "../../language/layout.ts";
import { BPF_ANY, BPF_EXIST, BPF_NOEXIST } from "../../language/map/flag.ts";
import { hash, lruHash, lruPercpuHash, percpuHash } from "../../language/map/keyed.ts";
import type { Ref } from "../../language/reference.ts";
import { withMachine } from "../../language/runtime.ts";
import { E2BIG, EEXIST, EINVAL, ENOENT } from "../errno.ts";
import { Twin } from "../twin.ts";

/** Seven bytes: a size that is no multiple of a word. */
const Key = struct({ order: "network", size: 7, fields: { number: u32, port: u16, tail: bytes(1) } });
const Value = struct({ size: 8, fields: { count: u64 } });

const stop = (): 0 | 1 => 1;

for (const declare of [hash, percpuHash, lruHash, lruPercpuHash]) {
  const map = declare("things", { key: Key, value: Value, maxEntries: 2 });
  const put = (number: number, count: bigint, flags = BPF_ANY) =>
    map.update(Key.make({ number }), Value.make({ count }), flags);
  const count = (number: number) => map.lookup(Key.make({ number }))?.count ?? null;

  describe(map.kind, () => {
    it("finds what was put in, compares all bytes of the key, and forgets what was deleted", () => {
      withMachine(new Twin().machine, () => {
        assert.equal(count(1), null);
        assert.equal(put(1, 10n), 0);
        assert.equal(count(1), 10n);
        const other = Key.make({ number: 1 });
        other.tail.set(0, 1);
        assert.equal(map.lookup(other), null);
        assert.equal(map.delete(other), ENOENT);
        assert.equal(map.delete(Key.make({ number: 1 })), 0);
        assert.equal(count(1), null);
        assert.equal(map.delete(Key.make({ number: 1 })), ENOENT);
      });
    });

    const updates = [
      { key: 1, flags: BPF_ANY, returned: 0, why: "replace" },
      { key: 1, flags: BPF_EXIST, returned: 0, why: "it is there" },
      { key: 1, flags: BPF_NOEXIST, returned: EEXIST, why: "it is there" },
      { key: 2, flags: BPF_NOEXIST, returned: 0, why: "it is not there" },
      { key: 2, flags: BPF_EXIST, returned: ENOENT, why: "it is not there" },
      { key: 1, flags: 3, returned: EINVAL, why: "contradiction" },
      { key: 2, flags: 8, returned: EINVAL, why: "unknown flag" },
    ];
    for (const { key, flags, returned, why } of updates) {
      it(`update of ${key} with flags ${flags} returns ${returned}: ${why}`, () => {
        withMachine(new Twin().machine, () => {
          put(1, 1n);
          assert.equal(put(key, 5n, flags), returned);
          assert.equal(count(1), key === 1 && returned === 0 ? 5n : 1n);
        });
      });
    }

    it("forEach may delete what it visits", () => {
      withMachine(new Twin().machine, () => {
        put(1, 1n);
        put(2, 2n);
        const remove = (key: Ref<typeof Key>): 0 | 1 => (map.delete(key) === 0 ? 0 : 1);
        const visits = map.forEach(remove, Value.make());
        assert.deepEqual([visits, count(1), count(2)], [2, null, null]);
      });
    });

    it("forEach counts the visit that stops it", () => {
      withMachine(new Twin().machine, () => {
        put(1, 1n);
        put(2, 2n);
        assert.equal(map.forEach(stop, Value.make()), 1);
      });
    });
  });
}

for (const declare of [hash, percpuHash]) {
  describe(`a full ${declare.name}`, () => {
    const map = declare("things", { key: u32, value: u32, maxEntries: 2 });

    it("refuses new keys with -7 (E2BIG), replaces known ones, and has room again after a deletion", () => {
      withMachine(new Twin().machine, () => {
        assert.deepEqual([map.update(1, 1), map.update(2, 2), map.update(3, 3)], [0, 0, E2BIG]);
        assert.equal(map.update(2, 22), 0);
        assert.equal(map.update(3, 3, BPF_EXIST), ENOENT);
        assert.equal(map.delete(1), 0);
        assert.equal(map.update(3, 3), 0);
        assert.deepEqual([map.lookup(1)?.value, map.lookup(2)?.value, map.lookup(3)?.value], [undefined, 22, 3]);
      });
    });
  });
}

for (const declare of [lruHash, lruPercpuHash]) {
  describe(`a full ${declare.name}`, () => {
    const map = declare("things", { key: u32, value: u32, maxEntries: 2 });

    it("forgets the element that was not used for longest", () => {
      withMachine(new Twin().machine, () => {
        map.update(1, 1);
        map.update(2, 2);
        map.lookup(1);
        assert.equal(map.update(3, 3), 0);
        assert.deepEqual([map.lookup(1)?.value, map.lookup(2), map.lookup(3)?.value], [1, null, 3]);
      });
    });

    it("counts a replaced value as used, and looking from outside as nothing", () => {
      const twin = new Twin();
      withMachine(twin.machine, () => {
        map.update(1, 1);
        map.update(2, 2);
        map.update(1, 11);
      });
      assert.equal(twin.map(map).get(2)?.value, 2);
      withMachine(twin.machine, () => {
        map.update(3, 3);
        assert.deepEqual([map.lookup(1)?.value, map.lookup(2), map.lookup(3)?.value], [11, null, 3]);
      });
    });
  });
}

describe("hash", () => {
  const map = hash("things", { key: u32, value: u32, maxEntries: 4 });

  it("shows a reference the value from before an update, as the kernel does", () => {
    withMachine(new Twin().machine, () => {
      map.update(1, 10);
      const before = map.lookup(1);
      map.update(1, 20);
      assert.deepEqual([before?.value, map.lookup(1)?.value], [10, 20]);
    });
  });

  it("takes integer keys and 64-bit keys", () => {
    const wide = hash("wide", { key: u64, value: u32, maxEntries: 4 });
    withMachine(new Twin().machine, () => {
      wide.update(2n ** 64n - 1n, 1);
      assert.equal(wide.lookup(2n ** 64n - 1n)?.value, 1);
      assert.equal(wide.lookup(2n ** 63n), null);
    });
  });
});

describe("percpuHash", () => {
  const map = percpuHash("things", { key: u32, value: u32, maxEntries: 4 });

  it("gives a new element zeroes on the other CPUs, even where an old element lay", () => {
    const twin = new Twin({ cpus: 2 });
    twin.map(map).set(1, 7);
    twin.map(map).delete(1);
    twin.cpu = 1;
    withMachine(twin.machine, () => map.update(2, 5));
    assert.deepEqual([twin.map(map).get(2, 0)?.value, twin.map(map).get(2, 1)?.value], [0, 5]);
  });

  it("replaces only the running CPU's value, and in place", () => {
    const twin = new Twin({ cpus: 2 });
    twin.map(map).set(1, 7);
    withMachine(twin.machine, () => {
      const before = map.lookup(1);
      map.update(1, 8);
      assert.equal(before?.value, 8);
    });
    assert.deepEqual([twin.map(map).get(1, 0)?.value, twin.map(map).get(1, 1)?.value], [8, 7]);
  });
});
