/**
 * Random programs for XDP that the verifier accepts and that use every instruction without calls.
 *
 * A program takes eight registers from the packet's 64 bytes, does anything to them, to the packet and to four slots of
 * its stack, and writes the registers back into the packet: so its whole state can be compared.
 */

import fc from "fast-check";
import * as asm from "../../object/index.ts";

export const PACKET_BYTES = 64;

/** r6 points to the packet and r1 is free; the others hold the numbers. */
const NUMBERS = [0, 2, 3, 4, 5, 7, 8, 9] as const;
const PACKET = 6;
const STACK_BYTES = 32;

/** @param isNew with the instructions that came with Linux 6.6 */
export function randomProgram(isNew: boolean): fc.Arbitrary<readonly asm.Instruction[]> {
  const simple = fc.oneof(...(isNew ? [...plainForms, ...newForms] : plainForms));
  const branch = fc.tuple(jumpOver, fc.array(simple, { minLength: 1, maxLength: 4 })).map(([jump, skipped]) => {
    return [jump(asm.slotPositions(skipped).at(-1) ?? 0), ...skipped];
  });
  const piece = fc.oneof({ weight: 9, arbitrary: simple.map((one) => [one]) }, { weight: 1, arbitrary: branch });
  return fc.array(piece, { minLength: 1, maxLength: 60 }).map((pieces) => [...prologue, ...pieces.flat(), ...epilogue]);
}

const prologue: readonly asm.Instruction[] = [
  ...[asm.load(4, PACKET, 1, 0), asm.load(4, 2, 1, 4), asm.alu64Reg("mov", 3, PACKET), asm.alu64Imm("mov", 0, 1)],
  ...[asm.alu64Imm("add", 3, PACKET_BYTES), asm.jumpReg("le", 3, 2, 1), asm.exit()],
  ...NUMBERS.map((register, index) => asm.load(8, register, PACKET, 8 * index)),
  ...[8, 16, 24, 32].map((below) => asm.storeImm(8, 10, -below, below)),
];

const epilogue: readonly asm.Instruction[] = [
  // A value of the stack is folded in, so that what was stored there shows.
  ...[8, 16, 24, 32].flatMap((below) => [
    asm.load(8, 1, 10, -below),
    asm.alu64Reg("xor", 2, 1),
    asm.alu64Imm("mul", 2, 31),
  ]),
  ...NUMBERS.map((register, index) => asm.storeReg(8, PACKET, register, 8 * index)),
  ...[asm.alu64Imm("mov", 0, 2), asm.exit()],
];

const register = fc.constantFrom(...NUMBERS);
/** Edges more often than chance would have them. */
const immediate = fc.oneof(
  fc.constantFrom(0, 1, -1, 2, 31, 32, 63, 0x7fff_ffff, -0x8000_0000, 0xff, 0x8000, 0xffff),
  fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
);
const anySize = fc.constantFrom<asm.AccessSize>(1, 2, 4, 8);
/** A size and an offset in the packet, at which that many bytes are inside. */
const inPacket = anySize.chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 0, max: PACKET_BYTES - size })));
/** A size and an aligned offset in the used part of the stack. */
const inStack = (sizes: typeof anySize) =>
  sizes.chain((size) =>
    fc.tuple(
      fc.constant(size),
      fc.nat(STACK_BYTES / size - 1).map((index) => size * index - STACK_BYTES),
    ),
  );

const aluNames = ["add", "sub", "mul", "div", "or", "and", "lsh", "rsh", "mod", "xor", "mov", "arsh"] as const;
const aluForms = (name: fc.Arbitrary<asm.AluOperation>): fc.Arbitrary<asm.Instruction>[] => [
  fc.tuple(name, register, register).map(([operation, dst, src]) => asm.alu64Reg(operation, dst, src)),
  fc.tuple(name, register, register).map(([operation, dst, src]) => asm.alu32Reg(operation, dst, src)),
  fc
    .tuple(name, register, immediate)
    .map(([operation, dst, imm]) => asm.alu64Imm(operation, dst, meant(operation, imm, 63))),
  fc
    .tuple(name, register, immediate)
    .map(([operation, dst, imm]) => asm.alu32Imm(operation, dst, meant(operation, imm, 31))),
];

/** The kernel refuses a constant shift past the width and a division by the constant 0. */
function meant(operation: asm.AluOperation, imm: number, mask: number): number {
  if (operation === "lsh" || operation === "rsh" || operation === "arsh") return imm & mask;
  const isDivision = operation === "div" || operation === "mod" || operation === "sdiv" || operation === "smod";
  return isDivision && imm === 0 ? 1 : imm;
}

const atomicForm = fc
  .tuple(
    fc.constantFrom<asm.AtomicOperation>("add", "or", "and", "xor", "xchg", "cmpxchg"),
    fc.boolean(),
    inStack(fc.constantFrom<asm.AccessSize>(4, 8)),
    register,
  )
  .map(([operation, fetch, [size, off], src]) => asm.atomic(operation, size === 4 ? 4 : 8, fetch, 10, src, off));

const plainForms: readonly fc.Arbitrary<asm.Instruction>[] = [
  ...aluForms(fc.constantFrom<asm.AluOperation>(...aluNames)),
  register.map(asm.negate64),
  register.map(asm.negate32),
  fc
    .tuple(fc.constantFrom<"be" | "le">("be", "le"), fc.constantFrom<16 | 32 | 64>(16, 32, 64), register)
    .map(([order, bits, dst]) => asm.endian(order, bits, dst)),
  fc.tuple(inPacket, register).map(([[size, off], dst]) => asm.load(size, dst, PACKET, off)),
  fc.tuple(inPacket, register).map(([[size, off], src]) => asm.storeReg(size, PACKET, src, off)),
  fc.tuple(inPacket, immediate).map(([[size, off], imm]) => asm.storeImm(size, PACKET, off, imm)),
  fc.tuple(inStack(anySize), register).map(([[size, off], dst]) => asm.load(size, dst, 10, off)),
  fc.tuple(inStack(anySize), register).map(([[size, off], src]) => asm.storeReg(size, 10, src, off)),
  fc.tuple(inStack(anySize), immediate).map(([[size, off], imm]) => asm.storeImm(size, 10, off, imm)),
  fc.tuple(register, fc.bigInt(0n, 2n ** 64n - 1n)).map(([dst, value]) => asm.loadImm64(dst, value)),
  atomicForm,
];

const newForms: readonly fc.Arbitrary<asm.Instruction>[] = [
  ...aluForms(fc.constantFrom<asm.AluOperation>("sdiv", "smod")),
  fc.tuple(fc.constantFrom<16 | 32 | 64>(16, 32, 64), register).map(([bits, dst]) => asm.endian("bswap", bits, dst)),
  fc
    .tuple(fc.constantFrom<8 | 16 | 32>(8, 16, 32), register, register)
    .map(([bits, dst, src]) => asm.moveSigned64(bits, dst, src)),
  fc
    .tuple(fc.constantFrom<8 | 16>(8, 16), register, register)
    .map(([bits, dst, src]) => asm.moveSigned32(bits, dst, src)),
  fc
    .tuple(inPacket, register)
    .map(([[size, off], dst]) => (size === 8 ? asm.load(8, dst, PACKET, off) : asm.loadSigned(size, dst, PACKET, off))),
];

const conditions = ["eq", "ne", "gt", "ge", "lt", "le", "sgt", "sge", "slt", "sle", "set"] as const;
/** A jump that still wants to know how many slots it skips. */
const jumpOver = fc
  .tuple(fc.constantFrom(...conditions), register, register, immediate, fc.nat(3))
  .map(([condition, dst, src, imm, form]) => (slots: number): asm.Instruction => {
    if (form === 0) return asm.jumpReg(condition, dst, src, slots);
    if (form === 1) return asm.jumpImm(condition, dst, imm, slots);
    if (form === 2) return asm.jump32Reg(condition, dst, src, slots);
    return asm.jump32Imm(condition, dst, imm, slots);
  });
