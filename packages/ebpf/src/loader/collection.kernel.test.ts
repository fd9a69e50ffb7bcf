/** Loading: everything or nothing, and what is found out about what was loaded. */
import assert from "node:assert/strict";
import { rootTest } from "@weir/linux/testing";
import type { ProgramSpec } from "../object/index.ts";
import * as asm from "../object/index.ts";
import { load } from "./collection.ts";
import { isLoaderError } from "./loader-error.ts";
import { compileTraffic } from "./testing/compile-traffic.ts";
import { leavingNoTrace } from "./testing/traces.ts";
import * as traffic from "./testing/traffic.ts";
import { VerifierError } from "./verifier-error.ts";

const FRAME = Uint8Array.from({ length: 64 }, (_, index) => (index < 12 ? 0 : index));

rootTest("programs and maps of a module load, run and are gone when the collection is closed", async () => {
  await leavingNoTrace(() => {
    using collection = load(compileTraffic("count", "inspect", "add"));
    const run = collection.program("count").testRun(FRAME, { repeat: 3 });
    assert.equal(run.returnValue, 2, "XDP_PASS");
    assert.equal(collection.map(traffic.totals).lookup(1), 3n);
    assert.deepEqual(collection.map(traffic.sources).lookup({ high: 0, low: 0 }), { packets: 3n, bytes: 192n });
  });
});

rootTest("the kernel tells a program's sizes, tag and effort", () => {
  using collection = load(compileTraffic("count"));
  const info = collection.program("count").info;
  assert.equal(info.type, "xdp");
  assert.equal(info.name, "count");
  assert.match(info.tag, /^[0-9a-f]{16}$/);
  assert.ok(info.translatedSize > 0 && info.verifiedInstructions > 0 && info.loadTime > 0n);
});

rootTest("a syscall program takes plain arguments and gives results back in them", () => {
  using collection = load(compileTraffic("add"));
  const { returnValue, args } = collection.program("add").runWith(traffic.Sum, { left: 4_000_000_000, right: 5 });
  assert.equal(returnValue, 7);
  assert.deepEqual(args, { left: 4_000_000_000, right: 5, result: 4_000_000_005n });
});

rootTest("a constant table is filled and frozen before the program is verified", () => {
  using collection = load(compileTraffic("inspect"));
  collection.cell(traffic.settings).write({ limit: 3 });
  assert.equal(collection.program("inspect").testRun(FRAME).returnValue, 8, "the fourth power of two");
});

rootTest("a log level keeps the verifier's log, with TypeScript lines", () => {
  using collection = load(compileTraffic("count"), { logLevel: "instructions" });
  assert.match(collection.program("count").log, /; const ethernet = ctx\.at\(0, Ethernet\);/);
});

rootTest("a program that is refused takes everything back and shows TypeScript first", async () => {
  const spec = compileTraffic("inspect", "count");
  // The first program is loaded by then and has to go again.
  const broken = {
    ...spec,
    programs: spec.programs.map((each) => (each.name === "count" ? withoutNullTest(each) : each)),
  };
  await leavingNoTrace(() => {
    assert.throws(
      () => load(broken),
      (error) => {
        assert.ok(error instanceof VerifierError);
        assert.equal(error.program, "count");
        const lines = error.message.split("\n");
        assert.equal(lines[0], "Cannot load the program count: the verifier refused it.");
        assert.match(lines[1] ?? "", /^ {2}traffic\.ts:\d+ {2}\S/);
        assert.ok(error.message.includes(error.reason) && error.reason !== "");
        assert.match(error.log, /processed \d+ insns/);
        assert.ok(error.hint !== "", `no hint for: ${error.reason}`);
        return true;
      },
    );
  });
});

rootTest("maps are shared among collections, and outlive the collection that made them", async () => {
  await leavingNoTrace(() => {
    const first = load(compileTraffic("count"));
    const totals = first.maps.get("totals");
    assert.ok(totals);
    using second = load(compileTraffic("count"), { replaceMaps: { totals } });
    first.program("count").testRun(FRAME);
    first.close();
    second.program("count").testRun(FRAME);
    assert.equal(second.map(traffic.totals).lookup(1), 2n);
    assert.equal(second.map(traffic.sources).lookup({ high: 0, low: 0 })?.packets, 1n);
  });
});

rootTest("a shared map of another layout is refused, and told by its differences", async () => {
  await leavingNoTrace(() => {
    using other = load(compileTraffic("count"));
    const perCpu = other.maps.get("per_cpu");
    assert.ok(perCpu);
    assert.throws(
      () => load(compileTraffic("count"), { replaceMaps: { totals: perCpu } }),
      (error) =>
        isLoaderError(error, "map-of-another-layout") && /type: wanted array, found percpu_array/.test(error.why),
    );
  });
});

rootTest("names that the collection does not have are refused before anything is made", () => {
  assert.throws(
    () => load(compileTraffic("add"), { pins: { directory: "/nowhere", reuse: "never", maps: ["conns"] } }),
    (error) => isLoaderError(error, "spec-invalid") && /map conns: the collection has no maps/.test(error.message),
  );
  using collection = load(compileTraffic("add"));
  assert.throws(() => collection.program("sub"), /no program sub: it has add/);
  assert.throws(() => collection.map(traffic.sources), /no map sources: it has none/);
});

/** The program, made into one that writes to the value of a map without having tested it. */
function withoutNullTest(program: ProgramSpec): ProgramSpec {
  const [first, second] = program.lines;
  assert.ok(first && second);
  return {
    ...program,
    instructions: [
      ...[asm.storeImm(8, 10, -8, 0), asm.alu64Reg("mov", 2, 10), asm.alu64Imm("add", 2, -8)],
      ...[asm.loadImm64(1, 0n), asm.call(1), asm.storeImm(8, 0, 0, 1), asm.alu64Imm("mov", 0, 2), asm.exit()],
    ],
    relocations: [{ instruction: 3, kind: "map", map: "sources", offset: 0 }],
    functions: program.functions.slice(0, 1),
    lines: [
      { ...first, instruction: 0 },
      { ...second, instruction: 5 },
    ],
  };
}
