/** Pins: made, reused, refused and migrated; and nothing half done. */
import assert from "node:assert/strict";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootTest } from "@weir/linux/testing";
import { hash, struct, u32, u64 } from "../language/index.ts";
import type { CollectionSpec } from "../object/index.ts";
import { type LoadOptions, load } from "./collection.ts";
import { isLoaderError } from "./loader-error.ts";
import { migrationBetween } from "./migrate.ts";
import { openMap } from "./open-map.ts";
import { openProgram } from "./program.ts";
import { compileText, compileTraffic } from "./testing/compile-traffic.ts";
import { assertPinned, type TemporaryBpffs, temporaryBpffs } from "./testing/temporary-bpffs.ts";
import { leavingNoTrace } from "./testing/traces.ts";
import * as traffic from "./testing/traffic.ts";

const FRAME = new Uint8Array(64);

function pinTest(title: string, body: (bpffs: TemporaryBpffs) => void): void {
  rootTest(title, () =>
    leavingNoTrace(() => {
      using bpffs = temporaryBpffs();
      body(bpffs);
    }),
  );
}

const reusing = (directory: string, more: Partial<LoadOptions["pins"]> = {}): LoadOptions => ({
  pins: { directory, reuse: "same layout", ...more },
});

/** A program with one map, whose value is declared as told. */
function flowsModule(fields: string, size: number, maxEntries = 64): CollectionSpec {
  return compileText(`
    import { hash, struct, u32, u64, XDP_PASS, type Xdp } from "@weir/ebpf";
    const Flow = struct({ size: ${size}, fields: { ${fields} } });
    export const flows = hash("flows", { key: u32, value: Flow, maxEntries: ${maxEntries} });
    export function watch(ctx: Xdp): number {
      const flow = flows.lookup(ctx.length);
      return flow === null ? XDP_PASS : XDP_PASS;
    }`);
}

const FlowV1 = struct({ size: 8, fields: { packets: u32, bytes: u32 } });
const FlowV2 = struct({ size: 16, fields: { bytes: u64, packets: u64 } });
const flowsV1 = hash("flows", { key: u32, value: FlowV1, maxEntries: 64 });
const flowsV2 = hash("flows", { key: u32, value: FlowV2, maxEntries: 64 });
const specV1 = () => flowsModule("packets: u32, bytes: u32", 8);
const specV2 = (maxEntries?: number) => flowsModule("bytes: u64, packets: u64", 16, maxEntries);

pinTest("pinned maps outlive the collection and are used by the next one", (bpffs) => {
  const first = load(compileTraffic("count"), reusing(bpffs.path));
  assertPinned(bpffs, "sources", "totals", "per_cpu", "events");
  first.program("count").testRun(FRAME);
  first.close();
  using second = load(compileTraffic("count"), reusing(bpffs.path));
  second.program("count").testRun(FRAME);
  assert.deepEqual(second.map(traffic.sources).lookup({}), { packets: 2n, bytes: 128n });
  using opened = openMap(join(bpffs.path, "totals"));
  assert.deepEqual(opened.lookup(Uint8Array.of(1, 0, 0, 0)), Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0));
});

pinTest("only the maps that are named are pinned, in directories that are made", (bpffs) => {
  using _ = load(compileTraffic("count"), reusing(join(bpffs.path, "weir", "v1"), { maps: ["totals"] }));
  using opened = openMap(join(bpffs.path, "weir", "v1", "totals"));
  assert.equal(opened.info.name, "totals");
  assert.throws(() => openMap(join(bpffs.path, "weir", "v1", "sources")), /ENOENT/);
});

pinTest("a program is pinned and opened again", (bpffs) => {
  const path = join(bpffs.path, "count");
  using collection = load(compileTraffic("count"));
  collection.program("count").pin(path);
  using opened = openProgram(path);
  assert.equal(opened.testRun(FRAME).returnValue, 2);
  assert.throws(
    () => openMap(path),
    (error) => isLoaderError(error, "pin-of-another-kind") && /the pin of a program/.test(error.why),
  );
  assert.throws(
    () => collection.program("count").pin(path),
    (error) => isLoaderError(error, "pin-taken"),
  );
});

pinTest("pins that are not to be reused are an error, and stay", (bpffs) => {
  load(specV1(), reusing(bpffs.path)).close();
  assert.throws(
    () => load(specV1(), { pins: { directory: bpffs.path, reuse: "never" } }),
    (error) => isLoaderError(error, "pin-taken"),
  );
  assertPinned(bpffs, "flows");
});

pinTest("a pin of another layout is refused although all sizes agree, and nothing is changed", (bpffs) => {
  const first = load(specV1(), reusing(bpffs.path));
  first.map(flowsV1).update(1, { packets: 10, bytes: 600 });
  first.close();
  assert.throws(
    () => load(flowsModule("bytes: u32, packets: u32", 8), reusing(bpffs.path)),
    (error) =>
      isLoaderError(error, "pin-of-another-layout") &&
      error.what === `Cannot use the pinned map ${join(bpffs.path, "flows")}` &&
      /value bytes: wanted __u32 \(unsigned, 4 bytes\) at byte 0, found __u32 \(unsigned, 4 bytes\) at byte 4/.test(
        error.why,
      ) &&
      /Give a migration for flows, or remove the pin/.test(error.fix),
  );
  using again = load(specV1(), reusing(bpffs.path));
  assert.deepEqual(again.map(flowsV1).lookup(1), { packets: 10, bytes: 600 });
});

const widened = migrationBetween(flowsV1, flowsV2, (key, { packets, bytes }) =>
  packets === 0 ? null : [key, { packets: BigInt(packets), bytes: BigInt(bytes) }],
);

pinTest("a migration carries entries over, drops those it does not want, and swaps the pin", (bpffs) => {
  const first = load(specV1(), reusing(bpffs.path));
  first.map(flowsV1).updateMany([
    [1, { packets: 10, bytes: 600 }],
    [2, { packets: 0, bytes: 0 }],
    [3, { packets: 1, bytes: 60 }],
  ]);
  using second = load(specV2(), reusing(bpffs.path, { migrate: { flows: widened } }));
  assert.deepEqual(
    new Map(second.map(flowsV2).entries()),
    new Map([
      [3, { packets: 1n, bytes: 60n }],
      [1, { packets: 10n, bytes: 600n }],
    ]),
  );
  assertPinned(bpffs, "flows");
  using pinned = openMap(join(bpffs.path, "flows"));
  assert.equal(pinned.info.id, second.maps.get("flows")?.info.id);
  assert.equal(first.map(flowsV1).lookup(1)?.packets, 10, "the old map lives on for who still has it");
  first.close();
});

const failures = [
  {
    title: "that throws",
    spec: () => specV2(),
    migrate: () => {
      throw new Error("version 0 is not known");
    },
    why: /threw on key 0[13]000000: Error: version 0 is not known/,
  },
  {
    title: "that gives entries of a wrong size",
    spec: () => specV2(),
    migrate: (key: Uint8Array, value: Uint8Array) => [key, value] as const,
    why: /it gave a key of 4 and a value of 8 bytes, and the new map takes 4 and 16/,
  },
  {
    title: "into a map that is too small",
    spec: () => specV2(1),
    migrate: widened,
    why: /the hash holds its 1 entries already/,
  },
];
for (const { title, spec, migrate, why } of failures) {
  pinTest(`a migration ${title} changes nothing`, (bpffs) => {
    const first = load(specV1(), reusing(bpffs.path));
    first.map(flowsV1).updateMany([
      [1, { packets: 10, bytes: 600 }],
      [3, { packets: 1, bytes: 60 }],
    ]);
    first.close();
    assert.throws(
      () => load(spec(), reusing(bpffs.path, { migrate: { flows: migrate } })),
      (error) => isLoaderError(error, "migration-failed") && why.test(error.why),
    );
    assertPinned(bpffs, "flows");
    using again = load(specV1(), reusing(bpffs.path));
    assert.equal([...again.map(flowsV1).entries()].length, 2);
  });
}

pinTest("a program that is refused after a migration leaves the old pin and no directory", (bpffs) => {
  load(specV1(), reusing(bpffs.path)).close();
  const spec = specV2();
  const broken = {
    ...spec,
    programs: spec.programs.map((program) => ({ ...program, instructions: program.instructions.slice(0, -1) })),
  };
  assert.throws(() => load(broken, reusing(bpffs.path, { migrate: { flows: widened } })));
  assert.throws(() => load(broken, reusing(join(bpffs.path, "deeper", "still"))));
  assertPinned(bpffs, "flows");
  using again = load(specV1(), reusing(bpffs.path));
  assert.equal(again.map(flowsV1).lookup(1), undefined);
});

pinTest("a name that is taken while the collection loads takes back the pins made before", (bpffs) => {
  const older = load(
    compileText(`
      import { hash, struct, u32, u64, XDP_PASS, type Xdp } from "@weir/ebpf";
      const Source = struct({ size: 8, fields: { high: u32, low: u32 } });
      export const sources = hash("sources", { key: Source, value: u64, maxEntries: 4096 });
      export function watch(ctx: Xdp): number {
        return sources.delete(Source.make({ high: ctx.length })) === 0 ? XDP_PASS : XDP_PASS;
      }`),
    reusing(bpffs.path),
  );
  older.maps.get("sources")?.update(new Uint8Array(8), new Uint8Array(8));
  const spec = compileTraffic("count");
  const inOrder = ["per_cpu", "events", "totals", "sources"].flatMap((name) =>
    spec.maps.filter((map) => map.name === name),
  );
  const intrude = (key: Uint8Array) => {
    older.program("watch").pin(join(bpffs.path, "totals"));
    return [key, new Uint8Array(16)] as const;
  };
  assert.throws(
    () => load({ ...spec, maps: inOrder }, reusing(bpffs.path, { migrate: { sources: intrude } })),
    (error) => isLoaderError(error, "pin-taken"),
  );
  assertPinned(bpffs, "sources", "totals");
  using pinned = openMap(join(bpffs.path, "sources"));
  assert.equal(pinned.info.id, older.maps.get("sources")?.info.id, "the old map is pinned still");
  older.close();
});

pinTest("the leftover of a process that was killed while it swapped a pin is cleared away", (bpffs) => {
  const first = load(specV1(), reusing(bpffs.path));
  first.program("watch").pin(join(bpffs.path, "flows-next"));
  first.close();
  load(specV2(), reusing(bpffs.path, { migrate: { flows: widened } })).close();
  assertPinned(bpffs, "flows");
});

rootTest("pinning outside of a bpf file system says how to mount one", () =>
  leavingNoTrace(() => {
    const directory = mkdtempSync(join(tmpdir(), "weir-no-bpffs-"));
    try {
      assert.throws(
        () => load(compileTraffic("count"), reusing(join(directory, "pins"))),
        (error) =>
          isLoaderError(error, "bpffs-not-mounted") &&
          error.message ===
            `Cannot pin in ${directory}: it is not on a bpf file system. ` +
              "Mount one (mount -t bpf bpf /sys/fs/bpf) and name a directory on it.",
      );
    } finally {
      rmdirSync(directory);
    }
  }),
);
