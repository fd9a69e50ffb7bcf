/**
 * Runs the intermediate form as it is meant: a test's judge of what passes may change and of what intervals claim.
 *
 * Integers are bigints, memory is a few kilobytes of zeros in which stack objects and map values lie one behind the other, and calls
 * answer with numbers derived from what was asked before.
 */
import assert from "node:assert/strict";
import type { Block, Comparison, IrFunction, Operation, OperationOf, Value } from "../ir.ts";
import { operandsOf } from "../ir.ts";
import { printIr, printValue } from "../print-ir.ts";

export interface Outcome {
  readonly result: bigint | null;
  /** Stores, atomics and calls in order, with their arguments. */
  readonly trace: readonly string[];
}

const MEMORY_SIZE = 4096;
/** Addresses begin here, so that none of them is null. */
const MEMORY_START = 0x10000n;
const MAX_STEPS = 100_000;
const INT_LIMIT = 2n ** 53n;

/**
 * Runs `fn` and asserts on the way that every value lies in its range, if it has one, that every `fit` holds, and that no int leaves
 * ±2^53.
 *
 * @throws Error when the function takes more than 100,000 steps
 */
export function interpretIr(fn: IrFunction, args: readonly bigint[]): Outcome {
  const machine = new Machine(fn, args);
  return { result: machine.run(), trace: machine.trace };
}

class Machine {
  readonly trace: string[] = [];
  readonly #fn: IrFunction;
  readonly #args: readonly bigint[];
  readonly #values = new Map<Value, bigint>();
  readonly #memory = new DataView(new ArrayBuffer(MEMORY_SIZE));
  readonly #places = new Map<string, bigint>();
  #free = MEMORY_START;

  constructor(fn: IrFunction, args: readonly bigint[]) {
    this.#fn = fn;
    this.#args = args;
  }

  run(): bigint | null {
    let from: Block | null = null;
    let block = this.#fn.blocks[0];
    let steps = 0;
    while (block !== undefined) {
      this.#enter(block, from);
      for (const value of block.body) this.#define(value, this.#compute(value));
      steps += 1 + block.body.length;
      if (steps > MAX_STEPS) throw new Error(`${this.#fn.name} does not end:\n${printIr(this.#fn)}`);
      from = block;
      const end = block.end;
      if (end === null) throw new Error(`b${block.id} has no end`);
      if (end.kind === "return") return end.value === null ? null : this.#read(end.value);
      if (end.kind === "jump") block = end.target;
      else block = this.#read(end.condition) === 1n ? end.ifTrue : end.ifFalse;
    }
    throw new Error(`${this.#fn.name} has no blocks`);
  }

  /** All phis read before any is written: they happen at once. */
  #enter(block: Block, from: Block | null): void {
    const index = from === null ? -1 : block.preds.indexOf(from);
    const inputs = block.phis.map((phi) => {
      const input = phi.op.kind === "phi" ? phi.op.inputs[index] : undefined;
      if (input === undefined) throw new Error(`v${phi.id} has no input from b${from?.id}`);
      return [phi, this.#read(input)] as const;
    });
    for (const [phi, value] of inputs) this.#define(phi, value);
  }

  #define(value: Value, result: bigint | null): void {
    if (value.type === "none" || result === null) return;
    this.#values.set(value, result);
    if (!isPossible(value, result)) throw new Error(`${printValue(value)} is ${result} in\n${printIr(this.#fn)}`);
  }

  #read(value: Value): bigint {
    const known = this.#values.get(value);
    if (known === undefined) throw new Error(`v${value.id} is read before it is computed in\n${printIr(this.#fn)}`);
    return known;
  }

  #compute(value: Value): bigint | null {
    const { op } = value;
    switch (op.kind) {
      case "const":
        return op.value;
      case "param":
        return this.#args[op.index] ?? 0n;
      case "slotStart":
        this.#clear(this.#placeOf(`slot${op.slot}`));
        return this.#placeOf(`slot${op.slot}`);
      case "slotAddress":
        return this.#placeOf(`slot${op.slot}`);
      case "mapAddress":
      case "mapValueAddress":
        return this.#placeOf(`${op.kind} ${op.map}`);
      case "functionAddress":
        return this.#placeOf(op.name);
      case "load":
        return this.#load(op);
      case "store":
        this.trace.push(`store${op.size}${op.swap ? " swapped" : ""} ${this.#address(op)} ${this.#read(op.value)}`);
        this.#write(this.#address(op), op.size, this.#read(op.value), op.swap);
        return null;
      case "atomic":
        return this.#atomic(op);
      case "helper":
      case "invoke":
        return this.#call(value, op);
      default: {
        const operands = operandsOf(op).map((operand) => this.#read(operand));
        if (op.kind === "fit") {
          const [operand = 0n] = operands;
          assert.ok(
            op.fit.low <= operand && operand <= op.fit.high,
            `${printValue(value)} does not hold of ${operand}`,
          );
        }
        return computePure(op, operands);
      }
    }
  }

  #call(value: Value, op: OperationOf<"helper" | "invoke">): bigint {
    const text = `${op.name}(${op.args.map((arg) => this.#read(arg)).join(", ")})`;
    // A pure helper may vanish when nobody reads it, so it neither shows nor counts.
    if (op.kind === "invoke" || !op.pure) this.trace.push(text);
    let answer = 0n;
    for (const letter of `${text} ${this.trace.length}`)
      answer = (answer * 31n + BigInt(letter.charCodeAt(0))) % 1_000_003n;
    if (op.bounds !== null) return op.bounds.low + (answer % (op.bounds.high - op.bounds.low + 1n));
    if (value.type === "bool") return answer % 2n;
    return value.type === "pointer" ? this.#placeOf(`answer of ${op.name}`) * (answer % 2n) : answer;
  }

  #atomic(op: OperationOf<"atomic">): bigint {
    const address = this.#address(op);
    const operand = this.#read(op.value);
    const old = this.#fetch(address, op.size);
    this.trace.push(`atomic${op.size} ${op.operator} ${address} ${operand}`);
    const results = {
      add: old + operand,
      and: old & operand,
      or: old | operand,
      xor: old ^ operand,
      exchange: operand,
      compareExchange: op.expected !== null && this.#read(op.expected) === old ? operand : old,
    };
    this.#write(address, op.size, results[op.operator], false);
    return old;
  }

  #load(op: OperationOf<"load">): bigint {
    const bits = op.size * 8;
    let loaded = this.#fetch(this.#address(op), op.size);
    if (op.swap) loaded = reverseBytes(loaded, op.size);
    return op.signed ? BigInt.asIntN(bits, loaded) : loaded;
  }

  #address(op: { readonly base: Value; readonly offset: number }): bigint {
    return this.#read(op.base) + BigInt(op.offset);
  }

  #fetch(address: bigint, size: number): bigint {
    let loaded = 0n;
    for (let index = size - 1; index >= 0; index -= 1) {
      loaded = (loaded << 8n) | BigInt(this.#memory.getUint8(Number(address - MEMORY_START) + index));
    }
    return loaded;
  }

  #write(address: bigint, size: number, value: bigint, swap: boolean): void {
    let rest = BigInt.asUintN(size * 8, value);
    if (swap) rest = reverseBytes(rest, size);
    for (let index = 0; index < size; index += 1) {
      this.#memory.setUint8(Number(address - MEMORY_START) + index, Number(rest & 0xffn));
      rest >>= 8n;
    }
  }

  #placeOf(name: string): bigint {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.#free;
    this.#free += 128n;
    this.#places.set(name, place);
    return place;
  }

  #clear(place: bigint): void {
    for (let index = 0; index < 128; index += 8) this.#write(place + BigInt(index), 8, 0n, false);
  }
}

/** True when a value of this type and range may be `result`. */
function isPossible({ type, range }: Value, result: bigint): boolean {
  if (range !== null && (result < range.low || result > range.high)) return false;
  if (type === "int") return -INT_LIMIT <= result && result <= INT_LIMIT;
  return type !== "bool" || result === 0n || result === 1n;
}

/** What an operation without effect gives, by JavaScript's own operators. */
function computePure(op: Operation, [left = 0n, right = 0n]: readonly bigint[]): bigint {
  const [x, y] = [Number(left), Number(right)];
  switch (op.kind) {
    case "arith":
      return {
        add: () => left + right,
        sub: () => left - right,
        mul: () => left * right,
        div: () => left / right,
        mod: () => left % right,
      }[op.operator]();
    case "bits":
      return BigInt({ and: x & y, or: x | y, xor: x ^ y, shl: x << y, sar: x >> y, shr: x >>> y }[op.operator]);
    case "bits64":
      return {
        and: () => left & right,
        or: () => left | right,
        xor: () => left ^ right,
        shl: () => left << right,
        shr: () => left >> right,
      }[op.operator]();
    case "imul":
      return BigInt(Math.imul(x, y));
    case "unsigned32":
      return BigInt(x >>> 0);
    case "wrap64":
      return BigInt.asUintN(64, left);
    case "swap":
      return reverseBytes(BigInt.asUintN(op.bits, left), op.bits / 8);
    case "compare":
      return holds(op.operator, left, right) ? 1n : 0n;
    case "refine":
      assert.ok(holds(op.comparison, left, right), `${left} ${op.comparison} ${right} does not hold`);
      return left;
    case "not":
      return 1n - left;
    case "convert":
    case "fit":
      return left;
    case "offset":
      return left + right;
    case "distance":
      return right - left;
    default:
      throw new Error(`${op.kind} is not an operation without effect`);
  }
}

function holds(comparison: Comparison, left: bigint, right: bigint): boolean {
  const answers = {
    "==": left === right,
    "!=": left !== right,
    "<": left < right,
    "<=": left <= right,
    ">": left > right,
    ">=": left >= right,
  };
  return answers[comparison];
}

function reverseBytes(value: bigint, size: number): bigint {
  let reversed = 0n;
  let rest = value;
  for (let index = 0; index < size; index += 1) {
    reversed = (reversed << 8n) | (rest & 0xffn);
    rest >>= 8n;
  }
  return reversed;
}
