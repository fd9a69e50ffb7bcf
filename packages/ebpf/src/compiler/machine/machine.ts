/**
 * Machine code before register allocation: eBPF operations on virtual registers.
 *
 * The output of `select`, the input of `allocate`. One virtual register has one definition (SSA): either an instruction's `dst`, a
 * parameter or a phi. The kernel's ten registers, its two-address form and the stack frame appear only after `allocate`.
 *
 * Plain data, printed by `print-machine.ts`.
 */
import type { Span } from "../tree.ts";

/** A virtual register: an index from 0. It holds one 64-bit value, defined once. */
export type VirtualRegister = number;

/** A stack object of the function's frame, named by an index from 0 into `MachineFunction.slots`. */
export type SlotIndex = number;

export interface Slot {
  /** Bytes; at most 512. */
  readonly size: number;
  /** 1, 2, 4 or 8. Anything whose address is passed to a helper is 8-aligned. */
  readonly align: 1 | 2 | 4 | 8;
}

/**
 * What an instruction reads. Only a `register` occupies an allocated register; the others are made where they are needed, so
 * they never live across a call.
 */
export type Operand =
  | { readonly kind: "register"; readonly register: VirtualRegister }
  /** Sign-extended from 32 bits where it fits an instruction; any 64-bit value otherwise (the allocator then loads it first). */
  | { readonly kind: "immediate"; readonly value: bigint }
  /** Frame pointer plus the slot's place plus offset. */
  | { readonly kind: "slot"; readonly slot: SlotIndex; readonly offset: number }
  /** The address of a map (a file descriptor until loaded). */
  | { readonly kind: "map"; readonly map: string }
  /** The address of byte `offset` of the value of a single-entry array map or of a constant table. */
  | { readonly kind: "mapValue"; readonly map: string; readonly offset: number }
  /** The address of a function of this program, for helpers that take a callback. */
  | { readonly kind: "function"; readonly name: string };

/** Memory is reached through a pointer in a register or directly in a slot. */
export type Base =
  | { readonly kind: "register"; readonly register: VirtualRegister }
  | { readonly kind: "slot"; readonly slot: SlotIndex };

export type Width = 32 | 64;
export type MemorySize = 1 | 2 | 4 | 8;
export type AluOperator = "add" | "sub" | "mul" | "div" | "mod" | "and" | "or" | "xor" | "lsh" | "rsh" | "arsh";
export type Condition = "==" | "!=" | "u<" | "u<=" | "u>" | "u>=" | "s<" | "s<=" | "s>" | "s>=" | "&";
export type AtomicOperator = "add" | "and" | "or" | "xor" | "exchange" | "compareExchange";

interface At {
  /** Where in the source this comes from; `null` for what has no line of its own. */
  readonly at: Span | null;
}

export type MachineInstruction = At &
  (
    | { readonly op: "move"; readonly dst: VirtualRegister; readonly src: Operand }
    /** `dst = left operator right`. A 32-bit operation zero-extends its result; div and mod are unsigned. */
    | {
        readonly op: "alu";
        readonly operator: AluOperator;
        readonly width: Width;
        readonly dst: VirtualRegister;
        readonly left: Operand;
        readonly right: Operand;
        /**
         * Left is a pointer, and the sum is made in its register or in a copy of it. The other way round the verifier (6.18 among others)
         * forgets whose stack frame the pointer is into.
         */
        readonly isOffset?: true;
      }
    /** `negate`; `swap16/32/64` reverse bytes and zero-extend (BPF_TO_BE on a little-endian host); `zero32` clears the upper half. */
    | {
        readonly op: "unary";
        readonly operator: "negate32" | "negate64" | "swap16" | "swap32" | "swap64" | "zero32";
        readonly dst: VirtualRegister;
        readonly src: Operand;
      }
    /** Zero-extending load of `size` bytes. */
    | {
        readonly op: "load";
        readonly size: MemorySize;
        readonly dst: VirtualRegister;
        readonly base: Base;
        readonly offset: number;
      }
    | {
        readonly op: "store";
        readonly size: MemorySize;
        readonly base: Base;
        readonly offset: number;
        readonly src: Operand;
      }
    /**
     * Atomic read-modify-write of 4 or 8 bytes. `dst` takes the old value, or is `null` when nobody wants it (add, and, or, xor only).
     * `expected` is set for compareExchange alone (the kernel wants it in r0 and returns the old value there).
     */
    | {
        readonly op: "atomic";
        readonly operator: AtomicOperator;
        readonly size: 4 | 8;
        readonly dst: VirtualRegister | null;
        readonly base: Base;
        readonly offset: number;
        readonly src: Operand;
        readonly expected: Operand | null;
      }
    /** A helper by number or a function of this program by name. Arguments go to r1..r5, the result comes in r0; r1..r5 are lost. */
    | {
        readonly op: "call";
        readonly callee:
          | { readonly kind: "helper"; readonly id: number; readonly name: string }
          | { readonly kind: "function"; readonly name: string };
        readonly args: readonly Operand[];
        readonly dst: VirtualRegister | null;
      }
    /** The slot's content is undefined before this point: slots that never live together share their place. */
    | { readonly op: "slotStart"; readonly slot: SlotIndex }
  );

export type Terminator = At &
  (
    | { readonly op: "jump"; readonly target: number }
    /** Compares in `width` bits; "&" tests whether `left & right` is not zero. */
    | {
        readonly op: "branch";
        readonly condition: Condition;
        readonly width: Width;
        readonly left: Operand;
        readonly right: Operand;
        readonly ifTrue: number;
        readonly ifFalse: number;
      }
    | { readonly op: "return"; readonly value: Operand | null }
  );

export interface MachinePhi {
  readonly dst: VirtualRegister;
  /** One operand for each predecessor, keyed by the predecessor's block id. */
  readonly sources: ReadonlyMap<number, Operand>;
}

export interface MachineBlock {
  readonly id: number;
  /** Cold code is laid out last and its uses do not count when the allocator weighs what to keep in registers. */
  readonly cold: boolean;
  readonly loopDepth: number;
  readonly phis: readonly MachinePhi[];
  readonly body: readonly MachineInstruction[];
  readonly end: Terminator;
}

export interface MachineFunction {
  readonly name: string;
  /** The entry program is "program"; a function called by BPF-to-BPF call is "function"; "callback" is called by a helper. */
  readonly role: "program" | "function" | "callback";
  /** Registers that hold the arguments r1..r5 on entry; `null` where the argument is not used. */
  readonly params: readonly (VirtualRegister | null)[];
  /** In layout order; the first is the entry and has no predecessor. */
  readonly blocks: readonly MachineBlock[];
  readonly slots: readonly Slot[];
  readonly registerCount: number;
  readonly at: Span;
}

/** A whole program: the entry function first, then every function it calls. */
export interface MachineProgram {
  readonly functions: readonly MachineFunction[];
}
