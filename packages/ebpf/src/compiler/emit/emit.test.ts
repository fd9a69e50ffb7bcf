import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listInstructions } from "../../object/listing.ts";
import { allocate } from "../allocate/allocate.ts";
import type { AllocatedProgram } from "../allocate/allocated.ts";
import { CompileError } from "../diagnostic.ts";
import { item } from "../machine/item.ts";
import { parseMachine } from "../machine/testing/parse-machine.ts";
import type { Bytecode } from "./bytecode.ts";
import { emit } from "./emit.ts";

const compile = (text: string): Bytecode => emit(allocate(parseMachine(text, { lines: true })));
// Helpers are numbered in order of appearance, so the listing has the kernel's names of its first ones.
const listing = (text: string): string => listInstructions(compile(text).instructions);

describe("emit", () => {
  it("writes calls, addresses and constants, and leaves the map to the loader", () => {
    const text = `program(v0)
  slot0: 8 bytes, aligned to 8
block 0:
  v1 = load u32 [v0 + 4]
  start slot0
  store u64 [slot0] = v1
  v2 = call lookup(&map flows, &slot0)
  if v2 == 0 (64 bits) then block 1 else block 2
block 1: (cold)
  return 4294967295
block 2:
  v3 = load u64 [v2]
  v4 = swap16 v3
  v5 = zero32 v1
  v6 = v4 add64 v5
  return v6
`;
    assert.equal(
      listing(text),
      `   0: r6 = *(u32 *)(r1 +4)
   1: *(u64 *)(r10 -8) = r6
   2: r1 = map[fd:0]
   4: r2 = r10
   5: r2 += -8
   6: call bpf_map_lookup_elem#1
   7: if r0 == 0x0 goto pc+5
   8: r0 = *(u64 *)(r0 +0)
   9: r0 = be16 r0
  10: w6 = w6
  11: r0 += r6
  12: exit
  13: w0 = -1
  14: exit
`,
    );
    assert.deepEqual(compile(text).relocations, [{ index: 2, kind: "map", name: "flows", offset: 0 }]);
  });

  it("names the byte of a map's value that a constant table is read at", () => {
    const { relocations } = compile(`program()
block 0:
  v0 = &value of primes + 8
  v1 = load u32 [v0]
  return v1
`);
    assert.deepEqual(relocations, [{ index: 0, kind: "mapValue", name: "primes", offset: 8 }]);
  });
});

describe("jumps", () => {
  it("are inverted, threaded and left out where the target follows", () => {
    assert.equal(
      listing(`program(v0)
block 0:
  if v0 u< 9 (64 bits) then block 1 else block 2
block 1:
  call a()
  jump block 3
block 2:
  jump block 4
block 3:
  jump block 4
block 4:
  call b()
  return 0
`),
      `   0: if r1 >= 0x9 goto pc+1
   1: call bpf_map_lookup_elem#1
   2: call bpf_map_update_elem#2
   3: r0 = 0
   4: exit
`,
    );
  });

  it("become exits where the target only returns", () => {
    assert.equal(
      listing(`program(v0)
block 0:
  if v0 == 0 (64 bits) then block 1 else block 2
block 1:
  jump block 3
block 2:
  v1 = call a()
  jump block 3
block 3:
  v2 = phi(block 1: 1, block 2: v1)
  return v2
`),
      `   0: if r1 != 0x0 goto pc+2
   1: r0 = 1
   2: exit
   3: call bpf_map_lookup_elem#1
   4: exit
`,
    );
  });

  it('of "any of these bits" are never inverted: eBPF has no opposite', () => {
    assert.equal(
      listing(`program(v0)
block 0:
  if v0 & 6 (64 bits) then block 1 else block 2
block 1:
  call a()
  return 1
block 2:
  return 2
`),
      `   0: if r1 & 0x6 goto pc+1
   1: goto pc+3
   2: call bpf_map_lookup_elem#1
   3: r0 = 1
   4: exit
   5: r0 = 2
   6: exit
`,
    );
  });

  it("go back in loops, and a loop without code is kept", () => {
    assert.equal(
      listing(`program(v0)
block 0:
  jump block 1
block 1: (loop depth 1)
  v1 = phi(block 0: 0, block 1: v2)
  v2 = v1 add64 1
  if v2 u< 9 (64 bits) then block 1 else block 2
block 2:
  return v2
`),
      `   0: r0 = 0
   1: r0 += 1
   2: if r0 < 0x9 goto pc-2
   3: exit
`,
    );
    assert.equal(
      listing(`program(v0)
block 0:
  if v0 == 0 (64 bits) then block 1 else block 2
block 1:
  jump block 1
block 2:
  return 2
`),
      `   0: if r1 != 0x0 goto pc+1
   1: goto pc-1
   2: r0 = 2
   3: exit
`,
    );
  });

  it("that do not reach their target are refused", () => {
    const body = Array.from({ length: 33_000 }, () => "  call a()").join("\n");
    const text = `program(v0)
block 0:
  if v0 == 0 (64 bits) then block 1 else block 2
block 1:
${body}
  jump block 2
block 2:
  call b()
  return 1
`;
    assert.throws(
      () => compile(text),
      (error) => error instanceof CompileError && /program is too long.* skip 33000 instructions/.test(error.message),
    );
  });
});

describe("functions", () => {
  const TEXT = `program(v0)
block 0:
  v1 = 81985529216486895
  v2 = call double(v1)
  v3 = call loop(9, &function again)
  v4 = v2 add64 v3
  return v4
double(v0)
block 0:
  v1 = v0 add64 v0
  return v1
again(v0)
block 0:
  return 0
`;

  it("are called and addressed relative to the following slot", () => {
    assert.equal(
      listing(TEXT),
      `   0: r1 = 0x123456789abcdef
   2: call pc+7
   3: r6 = r0
   4: r1 = 9
   5: r2 = subprog[+7]
   7: call bpf_map_lookup_elem#1
   8: r0 += r6
   9: exit
  10: r0 = r1
  11: r0 += r0
  12: exit
  13: r0 = 0
  14: exit
`,
    );
  });

  it("are listed with their first instruction", () => {
    const starts = compile(TEXT).functions.map(({ name, start }) => [name, start]);
    assert.deepEqual(starts, [
      ["program", 0],
      // The 64-bit constant and the function's address are one instruction each, and two slots.
      ["double", 8],
      ["again", 11],
    ]);
  });

  it("that do not exist are a broken invariant", () => {
    const { functions } = allocate(parseMachine(TEXT));
    const alone: AllocatedProgram = { functions: [item(functions, 0)] };
    assert.throws(() => emit(alone), /there is no function double in the program/);
  });
});

describe("the line table", () => {
  it("has an entry where the line changes and at the start of every function", () => {
    const { lines } = compile(`program(v0)
block 0:
  v1 = call a(7, v0)
  v2 = v1 sub64 v0
  return v2
inner(_)
block 0:
  return 1
`);
    const text = lines.map(({ index, at }) => `${index}: ${at.source.text.slice(at.start, at.end).trim()}`);
    assert.deepEqual(text, ["0: v1 = call a(7, v0)", "4: v2 = v1 sub64 v0", "5: return v2", "6: return 1"]);
  });

  it("has the function's own place where its first instruction has none", () => {
    const { lines } = emit(allocate(parseMachine("program()\nblock 0:\n  return 1\n")));
    assert.deepEqual(
      lines.map(({ index, at }) => [index, at.start]),
      [[0, 0]],
    );
  });
});
