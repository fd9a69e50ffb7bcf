/**
 * Runs atomic instructions. Alone in its thread, the interpreter need only compute what they compute; what it checks is
 * where they are allowed: aligned, and not in packets or contexts.
 *
 * @see RFC 9669 section 5.3
 */

import * as bpf from "../object/index.ts";
import { accessSize } from "./access-step.ts";
import { offsetOf } from "./address.ts";
import { ProgramFault } from "./fault.ts";
import type { Memory } from "./memory.ts";
import type { Step } from "./program.ts";
import type { RegisterFile } from "./registers.ts";

export function runAtomic(memory: Memory, registers: RegisterFile, { opcode, dst, src, off, imm }: Step): void {
  const region = memory.byteRegionAt(registers.high(dst));
  const at = offsetOf(registers.low(dst)) + off;
  const size = accessSize(opcode);
  if (region.use === "packet")
    throw new ProgramFault("atomic-place", "it is atomic, which the kernel allows in no packet");
  region.checkReadable(at, size);
  region.checkWritable(at, size);
  if (at % size !== 0)
    throw new ProgramFault("misaligned", `it is atomic at offset ${at} of the ${region.name}, unaligned`);

  const is64 = size === 8;
  const old = is64 ? region.view.getBigInt64(at, true) : BigInt(region.view.getInt32(at, true));
  const store = (value: bigint): void => {
    if (is64) region.view.setBigInt64(at, value, true);
    else region.view.setInt32(at, Number(BigInt.asIntN(32, value)), true);
  };
  // The old value reaches a register zero-extended.
  const fetched = is64 ? old : BigInt.asUintN(32, old);
  const operand = is64 ? registers.quad(src) : BigInt(registers.low(src));

  if (imm === bpf.ATOMIC_CMPXCHG) {
    const expected = is64 ? registers.quad(0) : BigInt(registers.low(0));
    if (expected === old) store(operand);
    registers.setQuad(0, fetched);
  } else {
    store(combine(imm, old, operand));
    if ((imm & bpf.ATOMIC_FETCH) !== 0) registers.setQuad(src, fetched);
  }
}

/** What is stored; too wide a sum is cut when it is. */
function combine(imm: number, old: bigint, operand: bigint): bigint {
  switch (imm & ~bpf.ATOMIC_FETCH) {
    case bpf.ATOMIC_ADD:
      return old + operand;
    case bpf.ATOMIC_OR:
      return old | operand;
    case bpf.ATOMIC_AND:
      return old & operand;
    case bpf.ATOMIC_XOR:
      return old ^ operand;
    default:
      return operand;
  }
}
