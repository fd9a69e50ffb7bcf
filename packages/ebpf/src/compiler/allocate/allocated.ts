/**
 * Machine code after register allocation: the kernel's registers, two-address form, places in the stack frame.
 *
 * The output of `allocate`, the input of `emit`. Every instruction is one eBPF instruction (`frameAddress` is two, `slotStart`
 * none). Those that carry out an instruction of the machine code name it as `origin`; those that only move values about have none,
 * and `verify-allocation.ts` replays both against the machine code.
 */
import type {
  AluOperator,
  AtomicOperator,
  Condition,
  MachineBlock,
  MachineFunction,
  MachineInstruction,
  MemorySize,
  SlotIndex,
  Width,
} from "../machine/machine.ts";
import type { Span } from "../tree.ts";

/** r0..r9; r10, the frame pointer, only as the base of a memory access. */
export type PhysicalRegister = number;

export const FRAME_POINTER = 10;

/** A value that an instruction carries in itself. */
export type Constant =
  | { readonly kind: "immediate"; readonly value: bigint }
  | { readonly kind: "map"; readonly map: string }
  | { readonly kind: "mapValue"; readonly map: string; readonly offset: number }
  | { readonly kind: "function"; readonly name: string };

/** The second operand of an operation: a register or an immediate that fits 32 bits, sign-extended. */
export type Source =
  | { readonly kind: "register"; readonly register: PhysicalRegister }
  | { readonly kind: "immediate"; readonly value: number };

export type AllocatedInstruction = {
  readonly at: Span | null;
  readonly origin: MachineInstruction | null;
} & (
  | { readonly op: "copy"; readonly dst: PhysicalRegister; readonly src: PhysicalRegister }
  | { readonly op: "constant"; readonly dst: PhysicalRegister; readonly value: Constant }
  /** `dst = r10 + offset`. */
  | { readonly op: "frameAddress"; readonly dst: PhysicalRegister; readonly offset: number }
  /** `dst = dst operator right`. */
  | {
      readonly op: "alu";
      readonly operator: AluOperator;
      readonly width: Width;
      readonly dst: PhysicalRegister;
      readonly right: Source;
    }
  | {
      readonly op: "unary";
      readonly operator: "negate32" | "negate64" | "swap16" | "swap32" | "swap64";
      readonly dst: PhysicalRegister;
    }
  /** `dst` = the low 32 bits of `src`. */
  | { readonly op: "zero32"; readonly dst: PhysicalRegister; readonly src: PhysicalRegister }
  | {
      readonly op: "load";
      readonly size: MemorySize;
      readonly dst: PhysicalRegister;
      readonly base: PhysicalRegister;
      readonly offset: number;
    }
  | {
      readonly op: "store";
      readonly size: MemorySize;
      readonly base: PhysicalRegister;
      readonly offset: number;
      readonly src: Source;
    }
  /** `fetch` puts the old value into `src` (compareExchange: into r0, where the expected value is). */
  | {
      readonly op: "atomic";
      readonly operator: AtomicOperator;
      readonly size: 4 | 8;
      readonly fetch: boolean;
      readonly base: PhysicalRegister;
      readonly offset: number;
      readonly src: PhysicalRegister;
    }
  | {
      readonly op: "call";
      readonly callee:
        | { readonly kind: "helper"; readonly id: number; readonly name: string }
        | { readonly kind: "function"; readonly name: string };
    }
  /** From here on the slot's bytes belong to it, whatever they held. No code. */
  | { readonly op: "slotStart"; readonly slot: SlotIndex }
);

/** Targets are places in `AllocatedFunction.blocks`. */
export type AllocatedEnd = { readonly at: Span | null } & (
  | { readonly op: "jump"; readonly target: number }
  | {
      readonly op: "branch";
      readonly condition: Condition;
      readonly width: Width;
      readonly left: PhysicalRegister;
      readonly right: Source;
      readonly ifTrue: number;
      readonly ifFalse: number;
    }
  /** r0 holds the result. */
  | { readonly op: "return" }
);

export interface AllocatedBlock {
  /** The block of the machine code, or the edge between two of them (by id) on which values move. */
  readonly origin:
    | { readonly kind: "block"; readonly block: MachineBlock }
    | { readonly kind: "edge"; readonly from: number; readonly to: number };
  readonly cold: boolean;
  readonly body: readonly AllocatedInstruction[];
  readonly end: AllocatedEnd;
}

export interface AllocatedFunction {
  readonly name: string;
  readonly at: Span;
  /** The function before allocation. */
  readonly machine: MachineFunction;
  /** In layout order, the entry first. */
  readonly blocks: readonly AllocatedBlock[];
  /** Frame offset of each slot of the machine code: negative, relative to r10. */
  readonly slotOffsets: readonly number[];
  /** Bytes of stack used, a multiple of 8. */
  readonly frameSize: number;
}

export interface AllocatedProgram {
  readonly functions: readonly AllocatedFunction[];
}
