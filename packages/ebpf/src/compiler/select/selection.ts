/**
 * The state of selecting one function: which register holds which value, and in what form.
 */
import type { Block, IrFunction, Operation, OperationOf, Value } from "../ir/ir.ts";
import type { Base, Operand, VirtualRegister } from "../machine/machine.ts";
import type { Span } from "../tree.ts";
import { findDemand, isUint32, rootOf } from "./demand.ts";
import { immediate, MachineWriter, register } from "./writer.ts";

type BaseRegister = Extract<Base, { readonly kind: "register" }>;

/** A pointer as memory instructions take it. */
export interface Address {
  readonly base: Base;
  readonly offset: number;
}

export class Selection {
  readonly writer: MachineWriter;
  readonly hasLoops: boolean;
  /** Booleans that something other than a branch reads, so that they must stand in a register. */
  readonly storedBooleans: ReadonlySet<Value>;
  readonly #demanded: ReadonlySet<Value>;
  /** This and the next two by the value's id. */
  readonly #registers: (VirtualRegister | undefined)[] = [];
  /** The low 32 bits, zero-extended, of a value whose own register may hold more. */
  readonly #low: (VirtualRegister | undefined)[] = [];
  /** What a byte-swapping load has read, before the swap. */
  readonly #raw: (VirtualRegister | undefined)[] = [];
  readonly #lastBlocks = new Map<Block, number>();

  constructor(fn: IrFunction) {
    this.writer = new MachineWriter(fn.nextBlock);
    this.hasLoops = hasLoops(fn);
    this.#demanded = findDemand(fn);
    this.storedBooleans = findStoredBooleans(fn);
  }

  /** True when the value must stand in its register as a whole 64-bit integer. */
  isWhole(value: Value): boolean {
    return value.type !== "int" || this.#demanded.has(value);
  }

  registerOf(value: Value): VirtualRegister {
    const known = this.#registers[value.id];
    if (known !== undefined) return known;
    const fresh = this.writer.register();
    this.#registers[value.id] = fresh;
    return fresh;
  }

  setLow(value: Value, low: VirtualRegister): void {
    this.#low[value.id] = low;
  }

  /** The register that holds the low 32 bits, zero-extended, if there is one. */
  lowOf(value: Value): VirtualRegister | null {
    const low = this.#low[value.id];
    if (low !== undefined) return low;
    return isUint32(value.range) ? this.registerOf(value) : null;
  }

  setRaw(load: Value, raw: VirtualRegister): void {
    this.#raw[load.id] = raw;
  }

  rawOf(load: Value): VirtualRegister | null {
    return this.#raw[load.id] ?? null;
  }

  /** The value as an instruction reads it. */
  operand(value: Value): Operand {
    const root = rootOf(value);
    const { op } = root;
    switch (op.kind) {
      case "const":
        return immediate(op.value);
      case "slotStart":
      case "slotAddress":
        return { kind: "slot", slot: op.slot, offset: 0 };
      case "mapAddress":
        return { kind: "map", map: op.map };
      case "mapValueAddress":
        return { kind: "mapValue", map: op.map, offset: 0 };
      case "functionAddress":
        return { kind: "function", name: op.name };
      case "offset": {
        const place = this.#constantPlace(root);
        if (place !== null) return place;
        return register(this.registerOf(root));
      }
      default:
        return register(this.registerOf(root));
    }
  }

  /** Slot or map value plus a constant: made where it is needed instead of kept. */
  #constantPlace(value: Value): Operand | null {
    const { root, offset } = foldOffsets(value);
    if (isSlot(root.op)) return { kind: "slot", slot: root.op.slot, offset };
    if (root.op.kind === "mapValueAddress") return { kind: "mapValue", map: root.op.map, offset };
    return null;
  }

  /** Where memory is reached; at most a register and 16 bits of distance, beyond which a pointer is made. */
  address(base: Value, offset: number, at: Span): Address {
    const folded = foldOffsets(base);
    const distance = folded.offset + offset;
    const { op } = folded.root;
    if (isSlot(op)) return { base: { kind: "slot", slot: op.slot }, offset: distance };
    if (distance >= -32768 && distance <= 32767) return { base: this.#pointer(folded.root), offset: distance };
    const { register: pointer } = this.#pointer(folded.root);
    const far = this.writer.alu("add", 64, register(pointer), immediate(BigInt(distance)), at);
    return { base: { kind: "register", register: far }, offset: 0 };
  }

  #pointer(value: Value): BaseRegister {
    if (value.op.kind === "mapValueAddress") return { kind: "register", register: this.registerOf(value) };
    const operand = this.operand(value);
    if (operand.kind !== "register") throw new Error(`memory is reached through ${operand.kind}`);
    return operand;
  }

  /** Says that an IR block ended in a machine block of another number, because a boolean split it. */
  setLastBlock(block: Block, id: number): void {
    this.#lastBlocks.set(block, id);
  }

  lastBlockOf(block: Block): number {
    return this.#lastBlocks.get(block) ?? block.id;
  }
}

/** Blocks come in reverse post-order: an edge that does not lead forwards closes a loop. */
function hasLoops({ blocks }: IrFunction): boolean {
  const places = new Map(blocks.map((block, place) => [block, place]));
  return blocks.some((block, place) => block.preds.some((pred) => (places.get(pred) ?? 0) >= place));
}

function isSlot(op: Operation): op is OperationOf<"slotStart" | "slotAddress"> {
  return op.kind === "slotStart" || op.kind === "slotAddress";
}

/** A pointer without the constant distances that were added to it, and their sum. */
export function foldOffsets(value: Value): { readonly root: Value; readonly offset: number } {
  let root = rootOf(value);
  let offset = 0;
  while (root.op.kind === "offset") {
    const amount = rootOf(root.op.amount);
    if (amount.op.kind !== "const") break;
    offset += Number(amount.op.value);
    root = rootOf(root.op.base);
  }
  return { root, offset };
}

function findStoredBooleans(fn: IrFunction): ReadonlySet<Value> {
  const stored = new Set<Value>();
  const note = (value: Value): void => {
    const root = rootOf(value);
    if (root.type === "bool") stored.add(root);
  };
  for (const block of fn.blocks) {
    for (const { op } of block.phis) if (op.kind === "phi") op.inputs.forEach(note);
    for (const { op } of block.body) {
      if (op.kind === "compare" || op.kind === "invoke" || op.kind === "helper") {
        for (const value of op.kind === "compare" ? [op.left, op.right] : op.args) note(value);
      }
    }
    if (block.end?.kind === "return" && block.end.value !== null) note(block.end.value);
  }
  // A stored negation reads what it negates.
  for (const value of stored) if (value.op.kind === "not") note(value.op.value);
  return stored;
}
