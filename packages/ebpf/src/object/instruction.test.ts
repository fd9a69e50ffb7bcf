import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as asm from "./assemble.ts";
import { encodeInstructions } from "./encoding.ts";
import { checkInstruction } from "./instruction.ts";

describe("a field that does not fit is refused by name and value", () => {
  const refusals = [
    { build: () => asm.alu64Reg("mov", 11, 0), message: /dst = 11: the field holds 0\.\.10/ },
    { build: () => asm.alu64Reg("mov", 0, -1), message: /src = -1/ },
    // The trap the check is for: as an immediate this would be -1, and 64 bits of ones.
    { build: () => asm.alu64Imm("and", 0, 0xffff_ffff), message: /imm = 4294967295/ },
    { build: () => asm.alu64Imm("add", 0, 0.5), message: /imm = 0\.5/ },
    { build: () => asm.jump(0x8000), message: /off = 32768: the field holds -32768\.\.32767/ },
    { build: () => asm.load(4, 0, 1, -0x8001), message: /off = -32769/ },
    { build: () => asm.loadMapFd(1, -1), message: /imm = -1/ },
    { build: () => checkInstruction({ ...asm.exit(), opcode: 256 }), message: /opcode = 256/ },
    {
      build: () => encodeInstructions([{ ...asm.exit(), imm: 0n }]),
      message: /opcode 0x95 with an immediate of type bigint/,
    },
  ];
  for (const { build, message } of refusals) {
    it(message.source, () => assert.throws(build, { name: "RangeError", message }));
  }
});

describe("fields at their edges are accepted", () => {
  it("offsets of -32768 and 32767, immediates of -2^31 and 2^31 - 1", () => {
    assert.equal(asm.jump(-0x8000).off, -0x8000);
    assert.equal(asm.jump(0x7fff).off, 0x7fff);
    assert.equal(asm.alu64Imm("mov", 0, -0x8000_0000).imm, -0x8000_0000);
    assert.equal(asm.alu64Imm("mov", 10, 0x7fff_ffff).imm, 0x7fff_ffff);
  });

  it("a negative 64-bit immediate is taken modulo 2^64", () => {
    assert.equal(asm.loadImm64(1, -1n).imm, 0xffff_ffff_ffff_ffffn);
  });
});
