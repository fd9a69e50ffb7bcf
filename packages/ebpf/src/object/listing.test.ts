import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as asm from "./assemble.ts";
import type { Instruction } from "./instruction.ts";
import { formatInstruction, listInstructions } from "./listing.ts";

// Compared with the log of the kernel's verifier for the same instructions.
const cases: readonly (readonly [Instruction, string])[] = [
  [asm.alu64Reg("add", 1, 2), "r1 += r2"],
  [asm.alu64Imm("sub", 1, -5), "r1 -= -5"],
  [asm.alu32Imm("and", 2, 255), "w2 &= 255"],
  [asm.alu32Reg("arsh", 2, 3), "w2 s>>= w3"],
  [asm.alu64Imm("sdiv", 1, 3), "r1 s/= 3"],
  [asm.alu64Reg("smod", 1, 3), "r1 s%= r3"],
  [asm.alu64Imm("mod", 1, 3), "r1 %= 3"],
  [asm.alu64Reg("mov", 6, 1), "r6 = r1"],
  [asm.alu32Imm("mov", 6, 1), "w6 = 1"],
  [asm.moveSigned64(32, 1, 2), "r1 = (s32)r2"],
  [asm.moveSigned32(8, 1, 2), "w1 = (s8)w2"],
  [asm.negate64(1), "r1 = -r1"],
  [asm.negate32(1), "w1 = -w1"],
  [asm.endian("be", 16, 1), "r1 = be16 r1"],
  [asm.endian("le", 32, 1), "r1 = le32 r1"],
  [asm.endian("bswap", 64, 1), "r1 = bswap64 r1"],
  [asm.load(4, 1, 6, 4), "r1 = *(u32 *)(r6 +4)"],
  [asm.load(1, 1, 6, 0), "r1 = *(u8 *)(r6 +0)"],
  [asm.loadSigned(2, 1, 6, -2), "r1 = *(s16 *)(r6 -2)"],
  [asm.storeReg(8, 10, 1, -8), "*(u64 *)(r10 -8) = r1"],
  [asm.storeImm(2, 10, -8, -1), "*(u16 *)(r10 -8) = -1"],
  [asm.atomic("add", 8, false, 1, 2, 0), "lock *(u64 *)(r1 +0) += r2"],
  [asm.atomic("or", 4, false, 1, 2, 0), "lock *(u32 *)(r1 +0) |= r2"],
  [asm.atomic("and", 8, true, 1, 2, 8), "r2 = atomic64_fetch_and((u64 *)(r1 +8), r2)"],
  [asm.atomic("xor", 4, true, 1, 2, 8), "r2 = atomic_fetch_xor((u32 *)(r1 +8), r2)"],
  [asm.atomic("xchg", 8, true, 1, 2, 0), "r2 = atomic64_xchg((u64 *)(r1 +0), r2)"],
  [asm.atomic("cmpxchg", 4, true, 1, 2, 0), "r0 = atomic_cmpxchg((u32 *)(r1 +0), r0, r2)"],
  [asm.jump(3), "goto pc+3"],
  [asm.jumpFar(-70_000), "gotol pc-70000"],
  [asm.jumpImm("sgt", 1, 5, 3), "if r1 s> 0x5 goto pc+3"],
  [asm.jumpImm("eq", 1, -1, -3), "if r1 == 0xffffffff goto pc-3"],
  [asm.jump32Reg("set", 1, 2, 0), "if w1 & w2 goto pc+0"],
  [asm.call(1), "call bpf_map_lookup_elem#1"],
  [asm.call(9999), "call unknown#9999"],
  [asm.callSub(5), "call pc+5"],
  [asm.exit(), "exit"],
  [asm.loadImm64(1, 0x1122_3344_5566_7788n), "r1 = 0x1122334455667788"],
  [asm.loadMapFd(1, 3), "r1 = map[fd:3]"],
  [asm.loadMapValue(1, 3, 8), "r1 = map[fd:3][0]+8"],
  [asm.loadFunction(2, 7), "r2 = subprog[+7]"],
  [{ ...asm.exit(), opcode: 0xff }, "unknown opcode 0xff"],
  [{ ...asm.exit(), opcode: 0x20 }, "unknown opcode 0x20"],
];

describe("an instruction as text", () => {
  for (const [instruction, text] of cases) {
    it(text, () => assert.equal(formatInstruction(instruction), text));
  }
});

describe("a listing", () => {
  const program = [asm.loadMapFd(1, 3), asm.callSub(1), asm.exit(), asm.alu32Imm("mov", 0, 2), asm.exit()];

  it("numbers by slot, names maps and functions, and shows a source line once for the run it covers", () => {
    const listing = listInstructions(program, {
      mapName: (fd) => (fd === 3 ? "flows" : undefined),
      functionName: (slot) => (slot === 4 ? "pick" : undefined),
      sourceLine: (slot) => (slot < 4 ? "return pick(); @ lb.ts:3" : "return XDP_PASS; @ lb.ts:7"),
    });
    assert.equal(
      listing,
      [
        "; return pick(); @ lb.ts:3",
        "   0: r1 = map[flows]",
        "   2: call pick",
        "   3: exit",
        "pick:",
        "; return XDP_PASS; @ lb.ts:7",
        "   4: w0 = 2",
        "   5: exit",
        "",
      ].join("\n"),
    );
  });

  it("of no instructions is empty", () => assert.equal(listInstructions([]), ""));
});
