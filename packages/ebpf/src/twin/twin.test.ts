import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { config } from "../language/config.ts";
import type { Syscall } from "../language/context/syscall.ts";
import { XDP_PASS } from "../language/context/xdp.ts";
import { cpuId, ktimeBootNs, ktimeCoarseNs, ktimeNs, randomU32 } from "../language/free-function.ts";
import { u32, u64 } from "../language/integer.ts";
import { bytes } from "../language/kind.ts";
import { struct } from "../language/layout.ts";
import { hash } from "../language/map/keyed.ts";
import { ringBuffer } from "../language/map/ring-buffer.ts";
import type { Ref } from "../language/reference.ts";
import { withMachine } from "../language/runtime.ts";
import { Twin } from "./twin.ts";

const Key = struct({ size: 8, fields: { address: bytes(4), port: u32 } });
const Value = struct({ size: 16, fields: { count: u64, seen: u64 } });
const flows = hash("flows", { key: Key, value: Value, maxEntries: 16 });
const events = ringBuffer("events", { value: Key, size: 4096 });
const options = config({ limit: 3, isStrict: false });

const Sweep = struct({ size: 16, fields: { before: u64, removed: u32, rounds: u32 } });

function removeOld(key: Ref<typeof Key>, value: Ref<typeof Value>, sweep: Ref<typeof Sweep>): 0 | 1 {
  if (value.seen < sweep.before && flows.delete(key) === 0) sweep.removed += 1;
  return 0;
}

/** Removes flows that were not seen since `before`. */
function sweepFlows(ctx: Syscall<typeof Sweep>): number {
  ctx.args.rounds = flows.forEach(removeOld, ctx.args);
  return 0;
}

describe("a twin", () => {
  it("has tables of its own, although declarations are shared", () => {
    const [one, other] = [new Twin(), new Twin()];
    one.map(flows).set({ port: 80 }, { count: 1n });
    assert.deepEqual([one.map(flows).size, other.map(flows).size], [1, 0]);
    withMachine(other.machine, () => assert.equal(flows.lookup(Key.make({ port: 80 })), null));
  });

  it("has a clock that stands until it is set, and a coarse one that goes by ticks", () => {
    const twin = new Twin({ suspended: 5n, tick: 10n });
    const read = () => withMachine(twin.machine, () => [ktimeNs(), ktimeBootNs(), ktimeCoarseNs()]);
    assert.deepEqual(read(), [0n, 5n, 0n]);
    twin.now = 1234n;
    assert.deepEqual(read(), [1234n, 1239n, 1230n]);
  });

  it("has the randomness that it was given, as unsigned numbers", () => {
    const numbers = [1, -1, 2 ** 32];
    const twin = new Twin({ random: () => numbers.shift() ?? 0 });
    withMachine(twin.machine, () => assert.deepEqual([randomU32(), randomU32(), randomU32()], [1, 0xffffffff, 0]));
  });

  it("runs on the CPU that was chosen, and has no others than it was made with", () => {
    const twin = new Twin({ cpus: 2 });
    twin.cpu = 1;
    assert.equal(twin.xdp(() => cpuId(), new Uint8Array(14)).verdict, 1);
    assert.throws(() => {
      twin.cpu = 2;
    }, /CPUs 0 to 1/);
  });

  it("has constants of its own", () => {
    const [one, other] = [new Twin(), new Twin()];
    one.configure(options, { limit: 9, isStrict: true });
    const program = () => (options.isStrict ? options.limit : 0);
    assert.deepEqual(
      [one, other].map((twin) => twin.xdp(program, new Uint8Array(14)).verdict),
      [9, 0],
    );
    assert.deepEqual([options.limit, options.isStrict], [3, false]);
  });

  it("puts the former machine back after a run, also after one that failed", () => {
    const [outer, inner] = [new Twin(), new Twin()];
    outer.now = 7n;
    withMachine(outer.machine, () => {
      assert.throws(
        () =>
          inner.xdp(() => {
            throw new Error("broken");
          }, new Uint8Array(14)),
        /broken/,
      );
      assert.equal(ktimeNs(), 7n);
    });
  });

  it("zeroes the stack between runs", () => {
    const twin = new Twin();
    const program = () => {
      const key = Key.make();
      const before = key.port;
      key.port = 9;
      return before;
    };
    assert.deepEqual(
      [1, 2, 3].map(() => twin.xdp(program, new Uint8Array(14)).verdict),
      [0, 0, 0],
    );
  });

  it("keeps instances of a long run apart, however many there are", () => {
    const program = () => {
      const first = Key.make({ port: 1 });
      for (let i = 0; i < 10_000; i++) Key.make({ port: 2 });
      return first.port;
    };
    assert.equal(new Twin().xdp(program, new Uint8Array(14)).verdict, 1);
  });

  it("runs programs on demand, which sweep tables and answer in their arguments", () => {
    const twin = new Twin();
    for (const seen of [1n, 2n, 3n]) twin.map(flows).set({ port: Number(seen) }, { seen });
    const args = Sweep.make({ before: 3n });
    assert.equal(twin.syscall(sweepFlows, args), 0);
    assert.deepEqual([args.removed, args.rounds, twin.map(flows).size], [2, 3, 1]);
  });

  it("hands events out", () => {
    const twin = new Twin();
    twin.xdp(() => (events.output(Key.make({ port: 5 })) === 0 ? XDP_PASS : 0), new Uint8Array(14));
    assert.equal(twin.map(events).take()?.port, 5);
  });
});

describe("a table from outside", () => {
  it("takes plain objects, arrays for vectors, and references", () => {
    const twin = new Twin();
    const table = twin.map(flows);
    assert.equal(table.set({ address: [10, 0, 0, 1], port: 80 }, { count: 5n }), 0);
    const key = Key.make({ port: 80 });
    for (const [index, byte] of [10, 0, 0, 1].entries()) key.address.set(index, byte);
    assert.equal(table.get(key)?.count, 5n);
    assert.equal(table.get({ address: key.address, port: 80 })?.count, 5n);
    assert.deepEqual(
      [...table.entries()].map(([k, v]) => [k.address.get(0), k.port, v.count]),
      [[10, 80, 5n]],
    );
    assert.equal(table.delete({ address: [10, 0, 0, 1], port: 80 }), 0);
    assert.equal(table.size, 0);
  });

  it("gives the value itself", () => {
    const twin = new Twin();
    twin.map(flows).set({ port: 1 }, {});
    const value = twin.map(flows).get({ port: 1 });
    if (value !== null) value.count = 7n;
    withMachine(twin.machine, () => assert.equal(flows.lookup(Key.make({ port: 1 }))?.count, 7n));
  });

  it("refuses vectors of another length", () => {
    assert.throws(() => new Twin().map(flows).get({ address: [1, 2, 3] }), /address: it has 4 elements/);
  });
});
