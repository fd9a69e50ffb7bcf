import assert from "node:assert/strict";
import { test } from "node:test";
import {
  alu64Imm,
  atomic,
  call,
  callSub,
  exit,
  jump,
  jumpImm,
  type MapSpec,
  type ProgramSpec,
} from "../../object/index.ts";
import { featuresOf } from "./features-of.ts";

const map = (name: string, type: number, change: Partial<MapSpec> = {}): MapSpec => ({
  ...{ name, type, keySize: 4, valueSize: 4, maxEntries: 1, flags: 0, types: null, inner: null, contents: null },
  ...change,
});
const program = (kind: string, instructions: ProgramSpec["instructions"]): ProgramSpec => ({
  ...{ name: "main", kind, type: 6, expectedAttachType: 0, flags: 0, license: "GPL", instructions },
  ...{ relocations: [], functions: [], lines: [], maps: [] },
});

test("a collection needs its kinds of maps and programs, helpers and instructions, each once", () => {
  const spec = {
    maps: [map("a", 2, { flags: 1 << 10 }), map("b", 2), map("c", 12, { inner: map("d", 1) })],
    programs: [
      program("Xdp", [alu64Imm("mov", 1, 0), call(5), call(44), call(5), atomic("add", 8, false, 10, 1, -8), exit()]),
      program("Skb", [
        atomic("add", 8, true, 10, 1, -8),
        jumpImm("lt", 1, 5, -2),
        jump(-1),
        callSub(-4),
        call(5),
        exit(),
      ]),
    ],
    ...{ btf: new Uint8Array(0), strings: new Map() },
  };
  assert.deepEqual(featuresOf(spec), [
    { kind: "map", map: "array" },
    { kind: "memory-mapped arrays" },
    { kind: "map", map: "arrayOfMaps" },
    { kind: "map", map: "hash" },
    { kind: "program", program: "Xdp" },
    { kind: "helper", helper: "ktime_get_ns", program: "Xdp" },
    { kind: "helper", helper: "xdp_adjust_head", program: "Xdp" },
    { kind: "program", program: "Skb" },
    { kind: "atomics with result" },
    { kind: "bounded loops" },
    { kind: "helper", helper: "ktime_get_ns", program: "Skb" },
  ]);
});
