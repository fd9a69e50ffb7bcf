/** Live maps of each kind through their declarations. */
import assert from "node:assert/strict";
import { rootTest } from "@weir/linux/testing";
import { hash, lruHash, u32, u64 } from "../language/index.ts";
import { keyLayout } from "../language/layout.ts";
import { type Collection, load } from "./collection.ts";
import { KernelMap } from "./kernel-map.ts";
import { isLoaderError } from "./loader-error.ts";
import { possibleCpus } from "./possible-cpus.ts";
import { compileTraffic } from "./testing/compile-traffic.ts";
import { leavingNoTrace } from "./testing/traces.ts";
import * as traffic from "./testing/traffic.ts";

function mapTest(title: string, body: (collection: Collection) => void): void {
  rootTest(title, () =>
    leavingNoTrace(() => {
      using collection = load(compileTraffic("count", "inspect"));
      body(collection);
    }),
  );
}

mapTest("a hash gives and takes plain keys and values", (collection) => {
  const sources = collection.map(traffic.sources);
  const key = { high: 1, low: 2 };
  assert.equal(sources.lookup(key), undefined);
  assert.equal(sources.update(key, { packets: 3n }), true);
  assert.deepEqual(sources.lookup(key), { packets: 3n, bytes: 0n });
  assert.equal(sources.update(key, {}, "create"), false, "it is there already");
  assert.equal(sources.update({ high: 9 }, {}, "replace"), false, "it is not there");
  assert.equal(sources.delete(key), true);
  assert.equal(sources.delete(key), false);
});

mapTest("many entries are set, walked and deleted in batches, each once", (collection) => {
  const sources = collection.map(traffic.sources);
  const keys = Array.from({ length: 3000 }, (_, low) => ({ high: 7, low }));
  sources.updateMany(keys.map((key) => [key, { packets: BigInt(key.low) }] as const));
  const seen = new Map([...sources.entries()].map(([{ low }, { packets }]) => [low, packets]));
  assert.equal(seen.size, 3000);
  assert.equal(seen.get(2999), 2999n);
  const missing = { high: 8, low: 0 };
  assert.equal(sources.deleteMany([missing, ...keys.slice(0, 2000), missing, ...keys.slice(2000)]), 3000);
  assert.deepEqual([...sources.entries()], []);
});

mapTest("entries may be deleted while they are walked, in maps with and without batches", (collection) => {
  const sources = collection.map(traffic.sources);
  sources.updateMany(Array.from({ length: 100 }, (_, low) => [{ low }, {}] as const));
  for (const [key] of sources.entries()) sources.delete(key);
  assert.deepEqual([...sources.entries()], []);

  const routes = collection.map(traffic.routes);
  for (let length = 1; length <= 8; length++) routes.update({ length, address: 255 }, length);
  const found: number[] = [];
  for (const [key, value] of routes.entries()) {
    found.push(value);
    routes.delete(key);
  }
  assert.deepEqual(found.sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
});

mapTest("a full hash is a clear error, one at a time and in batches", (collection) => {
  const sources = collection.map(traffic.sources);
  sources.updateMany(Array.from({ length: 4096 }, (_, low) => [{ low }, {}] as const));
  const isFull = (error: unknown) =>
    isLoaderError(error, "map-full") &&
    error.message ===
      "Cannot set an entry of map sources: the hash holds its 4096 entries already (E2BIG). " +
        "Delete entries first, or declare it with more maxEntries and migrate.";
  assert.throws(() => sources.update({ low: 5000 }, {}), isFull);
  assert.throws(() => sources.updateMany([[{ low: 5000 }, {}]]), isFull);
});

mapTest("a full trie and a full queue are the same error; an index past an array another", (collection) => {
  const routes = collection.map(traffic.routes);
  for (let address = 0; address < 16; address++) routes.update({ length: 32, address }, 0);
  assert.throws(
    () => routes.update({ length: 32, address: 16 }, 0),
    (error) => isLoaderError(error, "map-full"),
  );
  const waiting = collection.queue(traffic.waiting);
  waiting.push({ value: 1n });
  waiting.push({ value: 2n });
  assert.throws(
    () => waiting.push({ value: 3n }),
    (error) => isLoaderError(error, "map-full"),
  );
  assert.throws(
    () => collection.map(traffic.totals).update(3, 0n),
    (error) => isLoaderError(error, "index-outside-map") && /Use an index from 0 to 2\./.test(error.fix),
  );
});

mapTest("per-CPU values are lists, one for each CPU", (collection) => {
  const perCpu = collection.perCpuMap(traffic.perCpu);
  const values = Array.from({ length: possibleCpus() }, (_, cpu) => cpu + 5);
  perCpu.update(0, values);
  assert.deepEqual(perCpu.lookup(0), values);
  assert.deepEqual(
    [...perCpu.entries()],
    [
      [0, values],
      [1, values.map(() => 0)],
    ],
  );
});

mapTest("a queue gives the oldest first, and drops it when asked to make room", (collection) => {
  const waiting = collection.queue(traffic.waiting);
  assert.equal(waiting.pop(), undefined);
  waiting.push({ value: 1n });
  waiting.push({ value: 2n });
  waiting.push({ value: 3n }, { dropsOldest: true });
  assert.deepEqual(waiting.peek(), { value: 2n });
  assert.deepEqual([waiting.pop(), waiting.pop(), waiting.pop()], [{ value: 2n }, { value: 3n }, undefined]);
});

mapTest("a table is swapped whole through a map of maps", (collection) => {
  const generations = collection.mapOfMaps(traffic.generations);
  const run = () => collection.program("inspect").testRun(new Uint8Array(64)).returnValue;
  assert.equal(run(), 1, "no generation: the first power of two");
  for (const verdict of [2, 3]) {
    using next = generations.createInner();
    next.update(Uint8Array.of(2, 0, 0, 0), Uint8Array.of(verdict, 0, 0, 0));
    generations.update(0, next);
    assert.equal(run(), verdict);
  }
  using inner = generations.lookup(0);
  assert.deepEqual(inner?.lookup(Uint8Array.of(2, 0, 0, 0)), Uint8Array.of(3, 0, 0, 0));
  assert.equal(generations.lookup(1), undefined);
  assert.equal(generations.delete(0), true);
});

mapTest("a device map takes interfaces that exist", (collection) => {
  const devices = collection.deviceMap(traffic.devices);
  devices.update(0, 1);
  assert.equal(devices.lookup(0), 1, "the loopback");
  assert.throws(
    () => devices.update(1, 0x7fff_fff0),
    (error) => isLoaderError(error, "interface-vanished") && /no interface of that index/.test(error.why),
  );
  assert.equal(devices.delete(0), true);
});

mapTest("an array in memory shows what programs write, and programs see what is written there", (collection) => {
  const memory = collection.mapMemory(traffic.totals);
  memory.at(1).value = 40n;
  collection.program("count").testRun(new Uint8Array(64), { repeat: 2 });
  const total = memory.at(1);
  assert.equal(total.value, 42n);
  assert.equal(collection.map(traffic.totals).lookup(1), 42n);
  assert.throws(() => memory.at(3), /element 3 of an array of 3/);
  memory.close();
  assert.throws(() => total.value, RangeError);
});

mapTest("a cell is read and written, by system call and in memory", (collection) => {
  collection.cell(traffic.settings).write({ limit: 7, mode: 1 });
  using memory = collection.mapMemory(traffic.settings);
  memory.at(0).limit = 9;
  assert.deepEqual(collection.cell(traffic.settings).read(), { limit: 9, mode: 1 });
});

mapTest("a declaration of another map is refused", (collection) => {
  const { maps } = collection;
  assert.ok(maps.get("sources"));
  const refused = [
    {
      declaration: lruHash("sources", { key: traffic.Source, value: traffic.Count, maxEntries: 4096 }),
      why: /is a hash/,
    },
    {
      declaration: hash("sources", { key: u32, value: traffic.Count, maxEntries: 4096 }),
      why: /keys have 8 .* declared 4/,
    },
    { declaration: traffic.perCpu, why: /this view is for array, hash/ },
  ];
  for (const { declaration, why } of refused) {
    assert.throws(
      () => collection.map(declaration as typeof traffic.sources),
      (error) => isLoaderError(error, "map-of-another-layout") && why.test(error.why),
    );
  }
});

mapTest("bytes are at hand too, and sizes that do not fit never reach the kernel", (collection) => {
  const map = collection.maps.get("totals");
  assert.ok(map instanceof KernelMap);
  assert.equal(map.lookup(new Uint8Array(4))?.length, keyLayout(u64).size);
  assert.throws(
    () => map.update(new Uint8Array(4), new Uint8Array(4)),
    /a value of 4 bytes in map totals: it takes 4 and 8/,
  );
});
