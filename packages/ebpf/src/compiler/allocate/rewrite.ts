/**
 * Writes the function anew with the registers found: two-address form, arguments in r1..r5, moves where values change place.
 */
import type { Flow } from "../machine/flow.ts";
import { item } from "../machine/item.ts";
import type { Base, MachineFunction, MachineInstruction, Operand, Terminator } from "../machine/machine.ts";
import {
  type AllocatedEnd,
  type AllocatedFunction,
  type AllocatedInstruction,
  FRAME_POINTER,
  type PhysicalRegister,
  type Source,
} from "./allocated.ts";
import { type EdgeCode, layOutAllocated } from "./block-layout.ts";
import { immediateField } from "./immediate.ts";
import { NONE } from "./interval-table.ts";
import { type LegalBlock, type LegalCode, type LegalInstruction, mayExchange } from "./legalise.ts";
import { RESULT, STEP } from "./live-intervals.ts";
import { isRegister, type Move } from "./location.ts";
import { orderMoves, type Spare } from "./parallel-move.ts";
import { constantSource, operandAt, type Placement, valueAt } from "./placement.ts";
import { edgeKey, findTransitions, freeOnEdge, type Transitions } from "./transitions.ts";

const ALL_REGISTERS = 0b11_1111_1111;
/** Lost at a call. */
const CALLER_SAVED = 0b11_1111;
const noRegisters = (): number => 0;

/** @param frameSize bytes the placement uses, a multiple of 8 */
export function rewrite(
  fn: MachineFunction,
  flow: Flow,
  code: LegalCode,
  placement: Placement,
  frameSize: number,
): AllocatedFunction {
  return new Rewriter(fn, flow, code, placement, frameSize).run();
}

class Rewriter {
  readonly #fn: MachineFunction;
  readonly #flow: Flow;
  readonly #code: LegalCode;
  readonly #placement: Placement;
  readonly #transitions: Transitions;
  /** Spilled values by the block at whose start they are stored. */
  readonly #storedAtStart = new Map<number, number[]>();
  #frameSize: number;
  readonly #spareSlots: [number, number] = [0, 0];
  #out: AllocatedInstruction[] = [];

  constructor(fn: MachineFunction, flow: Flow, code: LegalCode, placement: Placement, frameSize: number) {
    this.#fn = fn;
    this.#flow = flow;
    this.#code = code;
    this.#placement = placement;
    this.#transitions = findTransitions(flow, code, placement);
    this.#frameSize = frameSize;
    for (const [register, store] of placement.spillStores) {
      if (store.kind !== "blockStart") continue;
      const stored = this.#storedAtStart.get(store.block);
      if (stored === undefined) this.#storedAtStart.set(store.block, [register]);
      else stored.push(register);
    }
  }

  run(): AllocatedFunction {
    const bodies = this.#code.blocks.map((block, number) => this.#block(block, number));
    const endOf = (block: number, placeOf: (successor: number) => number) => this.#end(block, placeOf);
    const blocks = layOutAllocated(this.#flow, bodies, this.#edgeCode(), endOf);
    return {
      name: this.#fn.name,
      at: this.#fn.at,
      machine: this.#fn,
      blocks,
      slotOffsets: this.#placement.slotOffsets,
      frameSize: this.#frameSize,
    };
  }

  #block(block: LegalBlock, number: number): readonly AllocatedInstruction[] {
    this.#out = [];
    const start = this.#placement.live.blockStart.get(number);
    if (number === 0) this.#params();
    const [only] = item(this.#flow.predecessors, number);
    if (this.#predecessorCount(number) === 1 && only !== undefined && this.#successorCount(only) > 1) {
      this.#moveOnEdge(only, number);
    }
    for (const phi of block.phis) this.#storeDefined(phi.dst, start);
    for (const register of this.#storedAtStart.get(number) ?? []) this.#store(register, start);
    block.body.forEach((instruction, index) => {
      this.#instruction(instruction, start + STEP * (index + 1));
    });
    this.#beforeEnd(block.end, start + STEP * (block.body.length + 1));
    const [next] = item(this.#flow.successors, number);
    if (this.#successorCount(number) === 1 && next !== undefined) this.#moveOnEdge(number, next);
    return this.#out;
  }

  #params(): void {
    const moves: Move[] = [];
    this.#fn.params.forEach((param, index) => {
      if (param === null || this.#placement.live.lastUse.get(param) === NONE) return;
      const dst = valueAt(this.#placement, param, 0);
      if (typeof dst !== "number") throw new Error(`Broken invariant: the parameter v${param} is a constant.`);
      const src = index + 1;
      moves.push({ dst, src });
      const offset = this.#placement.spillOffsets.get(param);
      const isStoredHere = this.#placement.spillStores.get(param)?.kind === "afterDefinition";
      if (isStoredHere && offset !== undefined && offset !== dst) moves.push({ dst: offset, src });
    });
    this.#move(moves, () => ALL_REGISTERS);
  }

  #instruction({ code, origin }: LegalInstruction, position: number): void {
    switch (code.op) {
      case "call":
        this.#call(code, origin, position);
        break;
      case "atomic":
        this.#atomic(code, origin, position);
        break;
      default:
        this.#move(this.#movesBefore(position));
        this.#simple(code, origin, position);
    }
    if ("dst" in code && code.dst !== null) this.#storeDefined(code.dst, position + RESULT);
  }

  #simple(code: MachineInstruction, origin: MachineInstruction | null, position: number): void {
    const at = code.at;
    switch (code.op) {
      case "move": {
        const dst = valueAt(this.#placement, code.dst, position + RESULT);
        // A constant that is in no register here is remade where it is read.
        if (typeof dst === "number") this.#into(dst, code.src, position);
        return;
      }
      case "alu": {
        const dst = this.#result(code.dst, position);
        const [first, second] = this.#sides(code, dst, position);
        this.#into(dst, first, position);
        const right = this.#source(second, position, code.width);
        const negated = code.operator === "sub" && right.kind === "immediate" ? negate(right.value) : null;
        if (negated !== null) {
          this.#out.push({ op: "alu", operator: "add", width: code.width, dst, right: negated, at, origin });
        } else {
          this.#out.push({ op: "alu", operator: code.operator, width: code.width, dst, right, at, origin });
        }
        return;
      }
      case "unary": {
        const dst = this.#result(code.dst, position);
        if (code.operator === "zero32") {
          this.#out.push({ op: "zero32", dst, src: this.#register(code.src, position), at, origin });
        } else {
          this.#into(dst, code.src, position);
          this.#out.push({ op: "unary", operator: code.operator, dst, at, origin });
        }
        return;
      }
      case "load": {
        const { base, offset } = this.#memory(code.base, code.offset, position);
        this.#out.push({
          op: "load",
          size: code.size,
          dst: this.#result(code.dst, position),
          base,
          offset,
          at,
          origin,
        });
        return;
      }
      case "store": {
        const { base, offset } = this.#memory(code.base, code.offset, position);
        const src = this.#source(code.src, position, code.size === 8 ? 64 : 32);
        this.#out.push({ op: "store", size: code.size, base, offset, src, at, origin });
        return;
      }
      case "slotStart":
        this.#out.push({ op: "slotStart", slot: code.slot, at, origin });
        return;
      default:
        throw new Error(`Broken invariant: ${code.op} is not a simple instruction.`);
    }
  }

  /** The operand that is worked on in the result's register, and the other one. */
  #sides(
    code: MachineInstruction & { readonly op: "alu" },
    dst: PhysicalRegister,
    position: number,
  ): readonly [Operand, Operand] {
    const { left, right } = code;
    const areRegisters = left.kind === "register" && right.kind === "register";
    const isRightThere = mayExchange(code) && areRegisters && this.#register(right, position) === dst;
    return isRightThere ? [right, left] : [left, right];
  }

  /** Arguments and values that leave r0..r5 for the time of the call move together. */
  #call(code: MachineInstruction & { readonly op: "call" }, origin: MachineInstruction | null, position: number): void {
    const surviving = this.#movesBefore(position).filter(({ dst }) => !isRegister(dst) || dst > 5);
    const args = code.args.map((arg, index) => ({
      dst: index + 1,
      src: operandAt(this.#placement, arg, position - 1),
    }));
    this.#move([...surviving, ...args], () => CALLER_SAVED);
    this.#out.push({ op: "call", callee: code.callee, at: code.at, origin });
    if (code.dst !== null) this.#fromResult(code.dst, position);
  }

  #atomic(
    code: MachineInstruction & { readonly op: "atomic" },
    origin: MachineInstruction | null,
    position: number,
  ): void {
    const { operator, size, at } = code;
    if (code.expected === null) {
      this.#move(this.#movesBefore(position));
    } else {
      const others = this.#movesBefore(position).filter(({ dst }) => dst !== 0);
      this.#move([...others, { dst: 0, src: operandAt(this.#placement, code.expected, position - 1) }]);
    }
    const { base, offset } = this.#memory(code.base, code.offset, position);
    const isCopied = code.dst !== null && code.expected === null;
    const src = isCopied ? this.#result(code.dst ?? 0, position) : this.#register(code.src, position);
    if (isCopied) this.#into(src, code.src, position);
    this.#out.push({ op: "atomic", operator, size, fetch: code.dst !== null, base, offset, src, at, origin });
    if (code.dst !== null && code.expected !== null) this.#fromResult(code.dst, position);
  }

  #fromResult(register: number, position: number): void {
    if (this.#placement.live.lastUse.get(register) === NONE) return;
    const dst = this.#result(register, position);
    if (dst !== 0) this.#out.push({ op: "copy", dst, src: 0, ...moved });
  }

  /** Brings values to where the end of a block wants them. */
  #beforeEnd(end: Terminator, position: number): void {
    if (end.op !== "return") {
      this.#move(this.#movesBefore(position));
      return;
    }
    // The kernel wants r0 readable at the exit of every program.
    const value: Operand = end.value ?? { kind: "immediate", value: 0n };
    this.#move([{ dst: 0, src: operandAt(this.#placement, value, position - 1) }]);
  }

  #end(number: number, placeOf: (successor: number) => number): AllocatedEnd {
    const block = item(this.#code.blocks, number);
    const { end } = block;
    const [next] = item(this.#flow.successors, number);
    if (end.op === "return") return { op: "return", at: end.at };
    if (next === undefined) throw new Error(`Broken invariant: block ${number} leads nowhere.`);
    if (end.op === "jump" || this.#successorCount(number) === 1)
      return { op: "jump", target: placeOf(next), at: end.at };
    const position = this.#placement.live.blockStart.get(number) + STEP * (block.body.length + 1);
    const [ifTrue, ifFalse] = item(this.#flow.successors, number);
    return {
      op: "branch",
      condition: end.condition,
      width: end.width,
      left: this.#register(end.left, position),
      right: this.#source(end.right, position, end.width),
      ifTrue: placeOf(ifTrue ?? NONE),
      ifFalse: placeOf(ifFalse ?? NONE),
      at: end.at,
    };
  }

  /** The edges with moves that fit neither the end of the one block nor the start of the other. */
  #edgeCode(): readonly EdgeCode[] {
    const edges: EdgeCode[] = [];
    for (const [key, moves] of this.#transitions.onEdge) {
      const from = Math.floor(key / this.#flow.blocks.length);
      const to = key % this.#flow.blocks.length;
      if (this.#successorCount(from) === 1 || this.#predecessorCount(to) === 1) continue;
      const spare = this.#spare(() => freeOnEdge(this.#placement, from, to));
      const body = orderMoves(moves, spare);
      if (body.length > 0) edges.push({ from, to, body });
    }
    return edges;
  }

  #moveOnEdge(from: number, to: number): void {
    const moves = this.#transitions.onEdge.get(edgeKey(this.#flow, from, to));
    if (moves !== undefined) this.#move(moves, () => freeOnEdge(this.#placement, from, to));
  }

  #movesBefore(position: number): readonly Move[] {
    return this.#transitions.before.get(position) ?? [];
  }

  /** @param free registers that nobody else needs; by default none is known */
  #move(moves: readonly Move[], free = noRegisters): void {
    const [only] = moves;
    if (only === undefined) return;
    if (moves.length === 1 && typeof only.src === "number" && isRegister(only.src) && isRegister(only.dst)) {
      if (only.dst !== only.src) this.#out.push({ op: "copy", dst: only.dst, src: only.src, ...moved });
      return;
    }
    this.#out.push(...orderMoves(moves, this.#spare(free)));
  }

  #spare(registers: () => number): Spare {
    return {
      registers,
      slot: (purpose) => {
        if (this.#spareSlots[purpose] === 0) {
          this.#frameSize += 8;
          this.#spareSlots[purpose] = -this.#frameSize;
        }
        return this.#spareSlots[purpose];
      },
    };
  }

  /** Copies, loads or makes an operand in a register. */
  #into(dst: PhysicalRegister, operand: Operand, position: number): void {
    const src =
      operand.kind === "register"
        ? valueAt(this.#placement, operand.register, position)
        : constantSource(this.#placement, operand);
    this.#move([{ dst, src }]);
  }

  #storeDefined(register: number, position: number): void {
    if (this.#placement.spillStores.get(register)?.kind === "afterDefinition") this.#store(register, position);
  }

  /** Copies a spilled value to its stack slot, unless it begins its life there. */
  #store(register: number, position: number): void {
    const dst = this.#placement.spillOffsets.get(register);
    const src = valueAt(this.#placement, register, position);
    if (dst !== undefined && src !== dst) this.#move([{ dst, src }]);
  }

  #result(register: number, position: number): PhysicalRegister {
    return this.#inRegister(register, position + RESULT);
  }

  #inRegister(register: number, position: number): PhysicalRegister {
    const place = valueAt(this.#placement, register, position);
    if (typeof place === "number" && isRegister(place)) return place;
    throw new Error(`Broken invariant: v${register} must be in a register at ${position}.`);
  }

  #register(operand: Operand, position: number): PhysicalRegister {
    if (operand.kind === "register") return this.#inRegister(operand.register, position);
    throw new Error(`Broken invariant: an operand of kind ${operand.kind} where a register is needed.`);
  }

  #source(operand: Operand, position: number, width: 32 | 64): Source {
    const field = operand.kind === "immediate" ? immediateField(operand.value, width) : null;
    if (field !== null) return { kind: "immediate", value: field };
    return { kind: "register", register: this.#register(operand, position) };
  }

  #memory(base: Base, offset: number, position: number): { readonly base: PhysicalRegister; readonly offset: number } {
    if (base.kind === "slot")
      return { base: FRAME_POINTER, offset: item(this.#placement.slotOffsets, base.slot) + offset };
    return { base: this.#inRegister(base.register, position), offset };
  }

  #successorCount(number: number): number {
    return item(this.#flow.successors, number).length;
  }

  #predecessorCount(number: number): number {
    return item(this.#flow.predecessors, number).length;
  }
}

const moved = { at: null, origin: null } as const;

/** The immediate that does the same when added; `null` where it does not fit. */
function negate(value: number): Source | null {
  return value === -0x8000_0000 ? null : { kind: "immediate", value: value === 0 ? 0 : -value };
}
