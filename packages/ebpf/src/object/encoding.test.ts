import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import * as asm from "./assemble.ts";
import { decodeInstructions, encodeInstructions } from "./encoding.ts";
import { type Instruction, slotPositions } from "./instruction.ts";
import { LD_IMM64 } from "./opcode.ts";

// Worked by hand from RFC 9669, sections 3 to 5.
const cases: readonly (readonly [Instruction, string])[] = [
  [asm.alu64Imm("add", 1, 5), "07 01 0000 05000000"],
  [asm.alu64Imm("mov", 0, -1), "b7 00 0000 ffffffff"],
  [asm.alu64Reg("mov", 6, 1), "bf 16 0000 00000000"],
  [asm.alu32Imm("and", 2, 255), "54 02 0000 ff000000"],
  [asm.alu32Reg("sdiv", 1, 2), "3c 21 0100 00000000"],
  [asm.alu64Imm("smod", 3, 7), "97 03 0100 07000000"],
  [asm.alu64Imm("arsh", 4, 63), "c7 04 0000 3f000000"],
  [asm.negate64(9), "87 09 0000 00000000"],
  [asm.negate32(9), "84 09 0000 00000000"],
  [asm.moveSigned64(8, 1, 2), "bf 21 0800 00000000"],
  [asm.moveSigned32(16, 1, 2), "bc 21 1000 00000000"],
  [asm.endian("le", 64, 1), "d4 01 0000 40000000"],
  [asm.endian("be", 16, 1), "dc 01 0000 10000000"],
  [asm.endian("bswap", 32, 1), "d7 01 0000 20000000"],
  [asm.load(1, 0, 1, 2), "71 10 0200 00000000"],
  [asm.load(2, 0, 1, 2), "69 10 0200 00000000"],
  [asm.load(4, 1, 6, 4), "61 61 0400 00000000"],
  [asm.load(8, 1, 6, -4), "79 61 fcff 00000000"],
  [asm.loadSigned(2, 1, 2, 0), "89 21 0000 00000000"],
  [asm.storeImm(4, 10, -4, 5), "62 0a fcff 05000000"],
  [asm.storeReg(8, 10, 1, -8), "7b 1a f8ff 00000000"],
  [asm.atomic("add", 8, false, 1, 2, 0), "db 21 0000 00000000"],
  [asm.atomic("xor", 8, true, 1, 2, 0), "db 21 0000 a1000000"],
  [asm.atomic("xchg", 4, true, 1, 2, 0), "c3 21 0000 e1000000"],
  [asm.atomic("cmpxchg", 4, true, 1, 2, 0), "c3 21 0000 f1000000"],
  [asm.jump(-3), "05 00 fdff 00000000"],
  [asm.jumpFar(70_000), "06 00 0000 70110100"],
  [asm.jumpImm("eq", 1, 0, 3), "15 01 0300 00000000"],
  [asm.jumpReg("sge", 1, 2, 3), "7d 21 0300 00000000"],
  [asm.jump32Reg("slt", 1, 2, -2), "ce 21 feff 00000000"],
  [asm.jump32Imm("set", 1, 16, 0), "46 01 0000 10000000"],
  [asm.call(1), "85 00 0000 01000000"],
  [asm.callSub(-5), "85 10 0000 fbffffff"],
  [asm.exit(), "95 00 0000 00000000"],
  [asm.loadImm64(1, 0x1122_3344_5566_7788n), "18 01 0000 88776655 00 00 0000 44332211"],
  [asm.loadImm64(1, -1n), "18 01 0000 ffffffff 00 00 0000 ffffffff"],
  [asm.loadMapFd(1, 3), "18 11 0000 03000000 00 00 0000 00000000"],
  [asm.loadMapValue(1, 3, 8), "18 21 0000 03000000 00 00 0000 08000000"],
  [asm.loadFunction(2, -2), "18 42 0000 feffffff 00 00 0000 00000000"],
];

describe("instruction bytes", () => {
  for (const [instruction, hex] of cases) {
    const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
    it(`${hex} is opcode 0x${instruction.opcode.toString(16)} with its fields in place, both ways`, () => {
      assert.deepEqual(Buffer.from(encodeInstructions([instruction])), bytes);
      assert.deepEqual(decodeInstructions(bytes), { ok: true, value: [instruction] });
    });
  }

  it("counts a 64-bit immediate load as two slots", () => {
    assert.deepEqual(slotPositions([asm.loadImm64(1, 0n), asm.exit()]), [0, 2, 3]);
    assert.deepEqual(slotPositions([]), [0]);
  });

  it("reads back every instruction it writes", () => {
    fc.assert(
      fc.property(fc.array(anyInstruction), (instructions) => {
        assert.deepEqual(decodeInstructions(encodeInstructions(instructions)), { ok: true, value: instructions });
      }),
    );
  });

  it("refuses any bytes or writes them back unchanged", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const decoded = decodeInstructions(bytes);
        if (decoded.ok) assert.deepEqual(encodeInstructions(decoded.value), bytes);
      }),
    );
  });
});

const refusals = [
  { hex: "95000000000000", why: /no multiple of the 8 bytes/ },
  { hex: "070b000000000000", why: /slot 0 names register r11/ },
  { hex: "b7000000000000001801000000000000", why: /slot 1 begins a 64-bit immediate load/ },
  { hex: "18010000000000009500000000000000", why: /slot 0 begins a 64-bit immediate load/ },
];

describe("malformed instruction bytes", () => {
  for (const { hex, why } of refusals) {
    it(`${hex} is refused: ${why.source}`, () => {
      const decoded = decodeInstructions(Buffer.from(hex, "hex"));
      assert.ok(!decoded.ok);
      assert.equal(decoded.problem.code, "instructions-malformed");
      assert.match(decoded.problem.why, why);
    });
  }
});

const register = fc.integer({ min: 0, max: 10 });
const off = fc.integer({ min: -0x8000, max: 0x7fff });
const plain = { noNullPrototype: true };
const anyInstruction: fc.Arbitrary<Instruction> = fc.oneof(
  fc.record(
    {
      opcode: fc.integer({ min: 0, max: 255 }).filter((opcode) => opcode !== LD_IMM64),
      dst: register,
      src: register,
      off,
      imm: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
    },
    plain,
  ),
  fc.record(
    { opcode: fc.constant(LD_IMM64), dst: register, src: register, off, imm: fc.bigInt(0n, 2n ** 64n - 1n) },
    plain,
  ),
);
