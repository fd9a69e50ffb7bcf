/**
 * One allocated instruction as eBPF instructions.
 */

import * as assemble from "../../object/assemble.ts";
import type { Instruction } from "../../object/instruction.ts";
import type { AllocatedInstruction, Source } from "../allocate/allocated.ts";
import { immediateField } from "../allocate/immediate.ts";
import type { AtomicOperator, Condition } from "../machine/machine.ts";
import type { Leave } from "./jumps.ts";

/**
 * Addresses of maps and functions are encoded as 0, calls of functions as a call of the next instruction: `emit` fills them in.
 */
export function encodeInstruction(instruction: AllocatedInstruction): readonly Instruction[] {
  switch (instruction.op) {
    case "copy":
      return [assemble.alu64Reg("mov", instruction.dst, instruction.src)];
    case "constant":
      return [encodeConstant(instruction)];
    case "frameAddress":
      return [
        assemble.alu64Reg("mov", instruction.dst, 10),
        assemble.alu64Imm("add", instruction.dst, instruction.offset),
      ];
    case "alu": {
      const { operator, width, dst, right } = instruction;
      if (right.kind === "register") {
        return [(width === 64 ? assemble.alu64Reg : assemble.alu32Reg)(operator, dst, right.register)];
      }
      return [(width === 64 ? assemble.alu64Imm : assemble.alu32Imm)(operator, dst, right.value)];
    }
    case "unary":
      return [encodeUnary(instruction)];
    case "zero32":
      return [assemble.alu32Reg("mov", instruction.dst, instruction.src)];
    case "load":
      return [assemble.load(instruction.size, instruction.dst, instruction.base, instruction.offset)];
    case "store": {
      const { size, base, offset, src } = instruction;
      if (src.kind === "register") return [assemble.storeReg(size, base, src.register, offset)];
      return [assemble.storeImm(size, base, offset, src.value)];
    }
    case "atomic": {
      const { operator, size, fetch, base, offset, src } = instruction;
      return [assemble.atomic(ATOMIC_OPERATIONS[operator], size, fetch, base, src, offset)];
    }
    case "call":
      return [instruction.callee.kind === "helper" ? assemble.call(instruction.callee.id) : assemble.callSub(0)];
    case "slotStart":
      return [];
  }
}

/** @param off slots from the instruction after this one to the target; 0 for an exit */
export function encodeLeave(leave: Leave, off: number): Instruction {
  switch (leave.op) {
    case "exit":
      return assemble.exit();
    case "jump":
      return assemble.jump(off);
    case "jumpIf":
      return encodeJumpIf(leave, leave.right, off);
  }
}

function encodeJumpIf(leave: Leave & { readonly op: "jumpIf" }, right: Source, off: number): Instruction {
  const condition = JUMP_CONDITIONS[leave.condition];
  if (right.kind === "register") {
    return (leave.width === 64 ? assemble.jumpReg : assemble.jump32Reg)(condition, leave.left, right.register, off);
  }
  return (leave.width === 64 ? assemble.jumpImm : assemble.jump32Imm)(condition, leave.left, right.value, off);
}

function encodeConstant({ dst, value }: AllocatedInstruction & { readonly op: "constant" }): Instruction {
  switch (value.kind) {
    case "immediate": {
      const field = immediateField(value.value, 64);
      if (field !== null) return assemble.alu64Imm("mov", dst, field);
      // A 32-bit move clears the high half: half the size of the 64-bit load.
      const unsigned = BigInt.asUintN(64, value.value);
      if (unsigned <= 0xffff_ffffn) return assemble.alu32Imm("mov", dst, Number(BigInt.asIntN(32, unsigned)));
      return assemble.loadImm64(dst, value.value);
    }
    case "map":
      return assemble.loadMapFd(dst, 0);
    case "mapValue":
      return assemble.loadMapValue(dst, 0, value.offset);
    case "function":
      return assemble.loadFunction(dst, 0);
  }
}

function encodeUnary({ operator, dst }: AllocatedInstruction & { readonly op: "unary" }): Instruction {
  switch (operator) {
    case "negate64":
      return assemble.negate64(dst);
    case "negate32":
      return assemble.negate32(dst);
    case "swap16":
      return assemble.endian("be", 16, dst);
    case "swap32":
      return assemble.endian("be", 32, dst);
    case "swap64":
      return assemble.endian("be", 64, dst);
  }
}

const ATOMIC_OPERATIONS: Readonly<Record<AtomicOperator, assemble.AtomicOperation>> = {
  add: "add",
  and: "and",
  or: "or",
  xor: "xor",
  exchange: "xchg",
  compareExchange: "cmpxchg",
};

const JUMP_CONDITIONS: Readonly<Record<Condition, assemble.JumpCondition>> = {
  "==": "eq",
  "!=": "ne",
  "u<": "lt",
  "u<=": "le",
  "u>": "gt",
  "u>=": "ge",
  "s<": "slt",
  "s<=": "sle",
  "s>": "sgt",
  "s>=": "sge",
  "&": "set",
};
