/**
 * A reference interpreter of machine code, as plain as can be: what `allocate` and `emit` make of a program is compared with it.
 *
 * A value is an unsigned 64-bit bigint. Memory is a list of byte regions; an address is a region's number in the high half and an
 * offset in the low half, so that additions move within a region.
 */
import { item } from "../item.ts";
import type {
  AluOperator,
  Base,
  Condition,
  MachineFunction,
  MachineInstruction,
  MachineProgram,
  Operand,
  Width,
} from "../machine.ts";

/** A helper of the test's own. Results are taken modulo 2^64. */
export type TestHelper = (world: World, args: readonly bigint[]) => bigint;

export class World {
  readonly program: MachineProgram;
  readonly helpers: ReadonlyMap<number, TestHelper>;
  readonly #regions: DataView[] = [];
  #steps = 0;

  constructor(program: MachineProgram, helpers: ReadonlyMap<number, TestHelper>) {
    this.program = program;
    this.helpers = helpers;
  }

  /** @returns the address of its first byte */
  addRegion(bytes: Uint8Array): bigint {
    this.#regions.push(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return BigInt(this.#regions.length) << 32n;
  }

  read(address: bigint, size: number): bigint {
    const { view, offset } = this.#at(address);
    if (size === 8) return view.getBigUint64(offset, true);
    return BigInt(
      size === 4 ? view.getUint32(offset, true) : size === 2 ? view.getUint16(offset, true) : view.getUint8(offset),
    );
  }

  write(address: bigint, size: number, value: bigint): void {
    const { view, offset } = this.#at(address);
    for (let i = 0; i < size; i++) view.setUint8(offset + i, Number((value >> BigInt(8 * i)) & 0xffn));
  }

  #at(address: bigint): { readonly view: DataView; readonly offset: number } {
    const view = this.#regions[Number(address >> 32n) - 1];
    if (view === undefined) throw new Error(`0x${address.toString(16)} points to nothing`);
    return { view, offset: Number(address & 0xffff_ffffn) };
  }

  countStep(): void {
    if (++this.#steps > 1_000_000) throw new Error("the program does not end");
  }

  /** The address that a `function` operand has here. */
  functionAddress(name: string): bigint {
    return BigInt(this.program.functions.findIndex((fn) => fn.name === name));
  }

  callAddress(address: bigint, args: readonly bigint[]): bigint {
    return runFunction(this, item(this.program.functions, Number(address)), args);
  }
}

/** @returns r0 of the entry function, given the address of these bytes */
export function runMachine(
  program: MachineProgram,
  context: Uint8Array,
  helpers: ReadonlyMap<number, TestHelper>,
): bigint {
  const world = new World(program, helpers);
  return runFunction(world, item(program.functions, 0), [world.addRegion(context)]);
}

function runFunction(world: World, fn: MachineFunction, args: readonly bigint[]): bigint {
  const registers = new Map<number, bigint>();
  const slots = fn.slots.map(({ size }) => world.addRegion(new Uint8Array(size)));
  fn.params.forEach((param, index) => {
    if (param !== null) registers.set(param, item(args, index));
  });
  const value = (operand: Operand): bigint => operandValue(world, registers, slots, operand);
  let block = item(fn.blocks, 0);
  for (let from: number | null = null; ; ) {
    const entered = from;
    if (entered !== null) {
      const incoming = block.phis.map(({ sources }) => value(sources.get(entered) ?? { kind: "immediate", value: 0n }));
      block.phis.forEach((phi, index) => {
        registers.set(phi.dst, item(incoming, index));
      });
    }
    for (const instruction of block.body) {
      world.countStep();
      const result = run(world, instruction, value, slots);
      if ("dst" in instruction && instruction.dst !== null) registers.set(instruction.dst, BigInt.asUintN(64, result));
    }
    world.countStep();
    const { end } = block;
    if (end.op === "return") return end.value === null ? 0n : value(end.value);
    from = block.id;
    const target =
      end.op === "jump"
        ? end.target
        : holds(end.condition, end.width, value(end.left), value(end.right))
          ? end.ifTrue
          : end.ifFalse;
    const next = fn.blocks.find(({ id }) => id === target);
    if (next === undefined) throw new Error(`no block ${target}`);
    block = next;
  }
}

function operandValue(
  world: World,
  registers: Map<number, bigint>,
  slots: readonly bigint[],
  operand: Operand,
): bigint {
  switch (operand.kind) {
    case "register": {
      const value = registers.get(operand.register);
      if (value === undefined) throw new Error(`v${operand.register} is read before it is defined`);
      return value;
    }
    case "immediate":
      return BigInt.asUintN(64, operand.value);
    case "slot":
      return item(slots, operand.slot) + BigInt(operand.offset);
    case "function":
      return world.functionAddress(operand.name);
    default:
      throw new Error(`no ${operand.kind} in this world`);
  }
}

function run(
  world: World,
  instruction: MachineInstruction,
  value: (operand: Operand) => bigint,
  slots: readonly bigint[],
): bigint {
  const address = (base: Base, offset: number): bigint =>
    (base.kind === "slot" ? item(slots, base.slot) : value(base)) + BigInt(offset);
  switch (instruction.op) {
    case "move":
      return value(instruction.src);
    case "alu":
      return calculate(instruction.operator, instruction.width, value(instruction.left), value(instruction.right));
    case "unary":
      return convert(instruction.operator, value(instruction.src));
    case "load":
      return world.read(address(instruction.base, instruction.offset), instruction.size);
    case "store":
      world.write(address(instruction.base, instruction.offset), instruction.size, value(instruction.src));
      return 0n;
    case "atomic": {
      const { operator, size, base, offset, src, expected } = instruction;
      const at = address(base, offset);
      const old = world.read(at, size);
      const wanted = expected === null ? old : BigInt.asUintN(8 * size, value(expected));
      if (operator === "exchange" || operator === "compareExchange") {
        if (old === wanted) world.write(at, size, value(src));
      } else {
        world.write(at, size, calculate(operator, 64, old, value(src)));
      }
      return old;
    }
    case "call": {
      const args = instruction.args.map(value);
      const { callee } = instruction;
      if (callee.kind === "function") return world.callAddress(world.functionAddress(callee.name), args);
      const helper = world.helpers.get(callee.id);
      if (helper === undefined) throw new Error(`no helper ${callee.id}`);
      return BigInt.asUintN(64, helper(world, args));
    }
    case "slotStart":
      return 0n;
  }
}

function calculate(operator: AluOperator, width: Width, leftBits: bigint, rightBits: bigint): bigint {
  const left = BigInt.asUintN(width, leftBits);
  const right = BigInt.asUintN(width, rightBits);
  const shift = right & BigInt(width - 1);
  switch (operator) {
    case "add":
      return BigInt.asUintN(width, left + right);
    case "sub":
      return BigInt.asUintN(width, left - right);
    case "mul":
      return BigInt.asUintN(width, left * right);
    case "div":
      return right === 0n ? 0n : left / right;
    case "mod":
      return right === 0n ? left : left % right;
    case "and":
      return left & right;
    case "or":
      return left | right;
    case "xor":
      return left ^ right;
    case "lsh":
      return BigInt.asUintN(width, left << shift);
    case "rsh":
      return left >> shift;
    case "arsh":
      return BigInt.asUintN(width, BigInt.asIntN(width, left) >> shift);
  }
}

function convert(operator: (MachineInstruction & { readonly op: "unary" })["operator"], src: bigint): bigint {
  switch (operator) {
    case "negate32":
      return BigInt.asUintN(32, -src);
    case "negate64":
      return BigInt.asUintN(64, -src);
    case "zero32":
      return BigInt.asUintN(32, src);
    case "swap16":
      return reverse(src, 2);
    case "swap32":
      return reverse(src, 4);
    case "swap64":
      return reverse(src, 8);
  }
}

function reverse(value: bigint, bytes: number): bigint {
  let result = 0n;
  for (let i = 0n; i < bytes; i++) result = (result << 8n) | ((value >> (8n * i)) & 0xffn);
  return result;
}

function holds(condition: Condition, width: Width, leftBits: bigint, rightBits: bigint): boolean {
  const as = condition.startsWith("s") ? BigInt.asIntN : BigInt.asUintN;
  const left = as(width, leftBits);
  const right = as(width, rightBits);
  switch (condition) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "u<":
    case "s<":
      return left < right;
    case "u<=":
    case "s<=":
      return left <= right;
    case "u>":
    case "s>":
      return left > right;
    case "u>=":
    case "s>=":
      return left >= right;
    case "&":
      return (left & right) !== 0n;
  }
}
