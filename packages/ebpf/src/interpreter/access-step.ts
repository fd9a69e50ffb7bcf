/** Runs loads and stores: finds the region, checks the access, moves the bytes. */

import type { AccessSize } from "../object/index.ts";
import * as bpf from "../object/index.ts";
import { offsetOf } from "./address.ts";
import { ProgramFault } from "./fault.ts";
import type { Memory } from "./memory.ts";
import type { Step } from "./program.ts";
import { ByteRegion, type Region } from "./region.ts";
import type { RegisterFile } from "./registers.ts";

export function runLoad(memory: Memory, registers: RegisterFile, step: Step): void {
  const { opcode, dst, src, off } = step;
  const region = memory.regionAt(registers.high(src));
  const at = offsetOf(registers.low(src)) + off;
  const size = accessSize(opcode);
  const isSigned = (opcode & bpf.MODE_MASK) === bpf.MODE_MEMSX;
  if (region instanceof ByteRegion) {
    region.checkReadable(at, size);
    region.checkAligned(at, size);
    loadBytes(region.view, registers, dst, at, size, isSigned);
  } else if (region.kind === "context" && !isSigned) {
    registers.setQuad(dst, region.context.load(at, size, memory));
  } else {
    throw noBytes("loads", region);
  }
}

function loadBytes(
  view: DataView,
  registers: RegisterFile,
  dst: number,
  at: number,
  size: AccessSize,
  isSigned: boolean,
): void {
  if (size === 8) {
    registers.setWords(dst, view.getInt32(at, true), view.getInt32(at + 4, true));
  } else if (isSigned) {
    const value = size === 1 ? view.getInt8(at) : size === 2 ? view.getInt16(at, true) : view.getInt32(at, true);
    registers.setWords(dst, value, value >> 31);
  } else {
    const value = size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at, true) : view.getInt32(at, true);
    registers.setWords(dst, value, 0);
  }
}

export function runStore(memory: Memory, registers: RegisterFile, step: Step): void {
  const { opcode, dst, src, off, imm, immHigh } = step;
  const isImmediate = (opcode & bpf.CLASS_MASK) === bpf.CLASS_ST;
  const region = memory.regionAt(registers.high(dst));
  const at = offsetOf(registers.low(dst)) + off;
  const size = accessSize(opcode);
  if (region instanceof ByteRegion) {
    const low = isImmediate ? imm : registers.low(src);
    const high = isImmediate ? immHigh : registers.high(src);
    region.checkWritable(at, size);
    region.checkAligned(at, size);
    storeBytes(region.view, at, size, low, high);
  } else if (region.kind === "context") {
    region.context.store(at, size, isImmediate ? BigInt(imm) : registers.quad(src));
  } else {
    throw noBytes("stores to", region);
  }
}

function storeBytes(view: DataView, at: number, size: AccessSize, low: number, high: number): void {
  switch (size) {
    case 1:
      view.setInt8(at, low);
      break;
    case 2:
      view.setInt16(at, low, true);
      break;
    case 4:
      view.setInt32(at, low, true);
      break;
    case 8:
      view.setInt32(at, low, true);
      view.setInt32(at + 4, high, true);
      break;
  }
}

export function accessSize(opcode: number): AccessSize {
  switch (opcode & bpf.SIZE_MASK) {
    case bpf.SIZE_B:
      return 1;
    case bpf.SIZE_H:
      return 2;
    case bpf.SIZE_W:
      return 4;
    default:
      return 8;
  }
}

function noBytes(verb: string, region: Region): ProgramFault {
  return new ProgramFault("not-an-address", `it ${verb} a ${region.kind}, which is not plain bytes`);
}
