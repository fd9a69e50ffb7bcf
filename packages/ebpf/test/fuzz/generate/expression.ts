/**
 * Generated expressions: their text and what is known of their value, which is what the compiler will be able to prove.
 */

/** A number or a u64 with the interval that it lies in. Its text can stand as an operand. */
export interface Integer {
  readonly text: string;
  readonly low: bigint;
  readonly high: bigint;
  /** Read from memory that other CPUs see: it must not be written back there (rule E404). */
  readonly tainted: boolean;
}

/** The largest number that is exact together with its neighbours; the twin stores no larger one. */
export const EXACT = 2n ** 53n - 1n;
export const U64_HIGH = 2n ** 64n - 1n;

export interface IntegerType {
  readonly name: string;
  readonly low: bigint;
  readonly high: bigint;
}

export const TYPES: readonly IntegerType[] = [
  { name: "u8", low: 0n, high: 255n },
  { name: "u16", low: 0n, high: 65535n },
  { name: "u32", low: 0n, high: 4294967295n },
  { name: "i8", low: -128n, high: 127n },
  { name: "i16", low: -32768n, high: 32767n },
  { name: "i32", low: -2147483648n, high: 2147483647n },
];

export function typeNamed(name: string): IntegerType {
  const found = TYPES.find((type) => type.name === name);
  if (found === undefined) throw new Error(`No integer type ${name}.`);
  return found;
}

export function constant(value: bigint): Integer {
  const text = value < 0n ? `(${value})` : `${value}`;
  return { text, low: value, high: value, tainted: false };
}

export function constant64(value: bigint): Integer {
  return { text: `${value}n`, low: value, high: value, tainted: false };
}

/** An operation on others: tainted if any of them is. */
export function operation(text: string, low: bigint, high: bigint, operands: readonly Integer[]): Integer {
  return { text, low, high, tainted: operands.some((operand) => operand.tainted) };
}

export function isWithin({ low, high }: Integer, type: { readonly low: bigint; readonly high: bigint }): boolean {
  return low >= type.low && high <= type.high;
}

/** Brings a number into a type the way programmers do: masks, shifts, `>>> 0` and `| 0`. */
export function narrowed(value: Integer, type: IntegerType): Integer {
  if (isWithin(value, type)) return value;
  const { text } = value;
  const into = (narrow: string): Integer => operation(narrow, type.low, type.high, [value]);
  switch (type.name) {
    case "u8":
      return into(`(${text} & 0xff)`);
    case "u16":
      return into(`(${text} & 0xffff)`);
    case "u32":
      return into(`(${text} >>> 0)`);
    case "i8":
      return into(`((${text} << 24) >> 24)`);
    case "i16":
      return into(`((${text} << 16) >> 16)`);
    default:
      return into(`(${text} | 0)`);
  }
}

/** Keeps a number within 0..2^bits-1; up to 31 bits. */
export function masked(value: Integer, bits: number): Integer {
  const high = 2n ** BigInt(bits) - 1n;
  if (value.low >= 0n && value.high <= high) return value;
  return operation(`(${value.text} & ${high})`, 0n, high, [value]);
}

export function wrapped64(value: Integer): Integer {
  if (value.low >= 0n && value.high <= U64_HIGH) return value;
  return operation(`u64wrap(${value.text})`, 0n, U64_HIGH, [value]);
}

export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
