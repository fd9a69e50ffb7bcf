import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseMachine } from "../machine/testing/parse-machine.ts";
import { validateMachine } from "../machine/validate.ts";
import { allocate } from "./allocate.ts";
import { printAllocated } from "./print-allocated.ts";

function assertAllocates(machine: string, expected: string): void {
  const program = parseMachine(machine);
  validateMachine(program);
  assert.equal(printAllocated(allocate(program)), expected);
}

describe("allocate", () => {
  it("keeps what lives over a call in r6 and takes arguments and results where they are", () => {
    assertAllocates(
      `program(v0)
  slot0: 8 bytes, aligned to 8
block 0:
  v1 = load u32 [v0]
  start slot0
  store u64 [slot0] = v1
  v2 = call map_lookup_elem(&map flows, &slot0)
  if v2 == 0 (64 bits) then block 1 else block 2
block 1: (cold)
  return 2
block 2:
  v3 = load u32 [v2 + 4]
  v4 = v3 add32 v1
  return v4
`,
      `program: 8 bytes of stack
0:
  r6 = *(u32 *)(r1 + 0)
  ; slot0 begins
  *(u64 *)(r10 - 8) = r6
  r1 = &map flows
  r2 = r10 - 8
  call map_lookup_elem
  if r0 == 0 goto 2 else 1
1:
  r0 = *(u32 *)(r0 + 4)
  w0 += w6
  exit
2:
  r0 = 2
  exit
`,
    );
  });

  it("spills what is needed last when more than four values live over a call", () => {
    assertAllocates(
      `program(v0)
block 0:
  v1 = load u32 [v0]
  v2 = load u32 [v0 + 4]
  v3 = load u32 [v0 + 8]
  v4 = load u32 [v0 + 12]
  v5 = load u32 [v0 + 16]
  v6 = call tick()
  v7 = v6 add64 v1
  v8 = v7 add64 v2
  v9 = v8 add64 v3
  v10 = v9 add64 v4
  v11 = call mix(v10)
  v12 = v11 add64 v5
  return v12
`,
      `program: 8 bytes of stack
0:
  r6 = *(u32 *)(r1 + 0)
  r7 = *(u32 *)(r1 + 4)
  r8 = *(u32 *)(r1 + 8)
  r9 = *(u32 *)(r1 + 12)
  r0 = *(u32 *)(r1 + 16)
  *(u64 *)(r10 - 8) = r0
  call tick
  r1 = r0
  r1 += r6
  r1 += r7
  r1 += r8
  r1 += r9
  call mix
  r5 = *(u64 *)(r10 - 8)
  r0 += r5
  exit
`,
    );
  });

  it("lets only the cold exit pay for the stack that only it needs", () => {
    assertAllocates(
      `program(v0)
block 0:
  v1 = load u32 [v0]
  v2 = call tick()
  if v2 == 0 (64 bits) then block 1 else block 2
block 1: (cold)
  v3 = call a(v1)
  v4 = call b(v1)
  v5 = call c(v3, v4)
  v6 = call d(v1)
  v7 = call e(v3, v4, v5, v6)
  v8 = load u32 [v0 + 8]
  v9 = v7 add64 v8
  return v9
block 2:
  v10 = load u32 [v0 + 4]
  v11 = v10 add64 v1
  return v11
`,
      `program: 8 bytes of stack
0:
  r6 = r1
  r7 = *(u32 *)(r6 + 0)
  call tick
  if r0 == 0 goto 2 else 1
1:
  r0 = *(u32 *)(r6 + 4)
  r0 += r7
  exit
2:
  r1 = r7
  call a
  r8 = r0
  r1 = r7
  call b
  r9 = r0
  *(u64 *)(r10 - 8) = r6
  r1 = r8
  r2 = r9
  call c
  r6 = r0
  r1 = r7
  call d
  r4 = r0
  r1 = r8
  r2 = r9
  r3 = r6
  call e
  r6 = *(u64 *)(r10 - 8)
  r5 = *(u32 *)(r6 + 8)
  r0 += r5
  exit
`,
    );
  });

  it("exchanges the values of two phis with one spare register, and counts in place", () => {
    assertAllocates(
      `program(v0)
block 0:
  v1 = load u64 [v0]
  v2 = load u64 [v0 + 8]
  jump block 1
block 1: (loop depth 1)
  v3 = phi(block 0: v1, block 2: v4)
  v4 = phi(block 0: v2, block 2: v3)
  v5 = phi(block 0: 0, block 2: v6)
  if v5 u< 9 (64 bits) then block 2 else block 3
block 2: (loop depth 1)
  v6 = v5 add64 1
  jump block 1
block 3:
  v7 = v3 sub64 v4
  return v7
`,
      `program: 0 bytes of stack
0:
  r0 = *(u64 *)(r1 + 0)
  r5 = *(u64 *)(r1 + 8)
  r4 = 0
  goto 1
1:
  if r4 < 9 goto 2 else 3
2:
  r4 += 1
  r1 = r5
  r5 = r0
  r0 = r1
  goto 1
3:
  r0 -= r5
  exit
`,
    );
  });

  it("puts moves on edges between a branch and a join into blocks of their own", () => {
    assertAllocates(
      `program(v0)
block 0:
  v1 = load u32 [v0]
  v2 = load u32 [v0 + 4]
  if v1 u> v2 (64 bits) then block 1 else block 2
block 1: (loop depth 1)
  v3 = phi(block 0: v1, block 1: v4)
  v4 = v3 sub64 v2
  if v4 u> v2 (64 bits) then block 1 else block 2
block 2:
  v5 = phi(block 0: 0, block 1: v3)
  return v5
`,
      `program: 0 bytes of stack
0:
  r0 = *(u32 *)(r1 + 0)
  r5 = *(u32 *)(r1 + 4)
  if r0 > r5 goto 1 else 4
1:
  r4 = r0
  r4 -= r5
  if r4 > r5 goto 2 else 3
2: (from block 1 to block 1)
  r0 = r4
  goto 1
3:
  exit
4: (from block 0 to block 2)
  r0 = 0
  goto 3
`,
    );
  });

  // 4294967040 is 0xffffff00: as a sign-extended immediate of 64 bits it would be -256, with all high bits set.
  it("carries constants in the instruction where they fit and loads them first where they do not", () => {
    assertAllocates(
      `program(v0)
block 0:
  v1 = load u64 [v0]
  v2 = v1 sub64 5
  v3 = v1 and64 4294967040
  v4 = v1 xor64 4294967040
  v5 = v1 xor32 4294967040
  v6 = 100 sub64 v1
  store u64 [v0] = 4294967040
  store u32 [v0 + 8] = 4294967040
  if v2 == 4294967040 (64 bits) then block 1 else block 2
block 1:
  v7 = call mix(v3, v4, v5, v6)
  return v7
block 2:
  if v2 == 4294967040 (32 bits) then block 4 else block 3
block 3:
  return 4294967040
block 4:
  return 0
`,
      `program: 0 bytes of stack
0:
  r5 = *(u64 *)(r1 + 0)
  r0 = r5
  r0 += -5
  r6 = r5
  w6 &= -256
  r2 = 4294967040
  r2 ^= r5
  r3 = r5
  w3 ^= -256
  r4 = 100
  r4 -= r5
  r5 = 4294967040
  *(u64 *)(r1 + 0) = r5
  *(u32 *)(r1 + 8) = -256
  r5 = 4294967040
  if r0 == r5 goto 1 else 2
1:
  r1 = r6
  call mix
  exit
2:
  if w0 == -256 goto 4 else 3
3:
  r0 = 4294967040
  exit
4:
  r0 = 0
  exit
`,
    );
  });

  it("gives compareExchange its expected value in r0 and the old value from there", () => {
    assertAllocates(
      `program(v0)
block 0:
  v1 = atomic compareExchange u64 [v0 + 8], 7 if 3
  v2 = atomic add u64 [v0], v1
  atomic or u32 [v0 + 16], v2
  v3 = v1 xor64 v2
  return v3
`,
      `program: 0 bytes of stack
0:
  r5 = 7
  r0 = 3
  lock fetch compareExchange *(u64 *)(r1 + 8), r5
  r5 = r0
  lock fetch add *(u64 *)(r1 + 0), r5
  lock or *(u32 *)(r1 + 16), r5
  r0 ^= r5
  exit
`,
    );
  });

  it("lets slots that never live together share bytes", () => {
    assertAllocates(
      `program(v0)
  slot0: 16 bytes, aligned to 8
  slot1: 16 bytes, aligned to 8
block 0:
  start slot0
  store u64 [slot0] = 1
  store u64 [slot0 + 8] = 2
  v1 = &slot0 add64 8
  v2 = call update(&map flows, v1)
  start slot1
  store u64 [slot1] = 4
  store u64 [slot1 + 8] = v2
  v3 = call update(&map flows, &slot1 + 8)
  return v3
`,
      `program: 16 bytes of stack
0:
  ; slot0 begins
  *(u64 *)(r10 - 16) = 1
  *(u64 *)(r10 - 8) = 2
  r2 = r10 - 16
  r2 += 8
  r1 = &map flows
  call update
  ; slot1 begins
  *(u64 *)(r10 - 16) = 4
  *(u64 *)(r10 - 8) = r0
  r1 = &map flows
  r2 = r10 - 8
  call update
  exit
`,
    );
  });

  it("does not share the bytes of a slot whose address was stored", () => {
    const program = parseMachine(`program(v0)
  slot0: 8 bytes, aligned to 8
  slot1: 8 bytes, aligned to 8
  slot2: 8 bytes, aligned to 8
block 0:
  start slot0
  store u64 [slot0] = 1
  start slot1
  store u64 [slot1] = &slot0
  start slot2
  store u64 [slot2] = 1
  v1 = call use(&slot1, &slot2)
  return v1
`);
    const [fn] = allocate(program).functions;
    assert.equal(new Set(fn?.slotOffsets).size, 3);
  });
});
