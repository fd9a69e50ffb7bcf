/**
 * The integers of a packet program, as types and as field kinds of the same name.
 *
 * As a type, `u16` is an alias of `number` whose bounds the compiler checks; as a value, `u16` is the kind of a field two
 * bytes wide. `u64` alone is a `bigint`, so that TypeScript refuses to mix it with numbers that round above 2^53.
 */

/** Widths that memory and registers know, in bits. */
export type Bits = 8 | 16 | 32 | 64;

/**
 * The kind of an integer field: plain data, read by the compiler, by the twin and by whoever lists a layout.
 *
 * `raw` marks a word as it lies in memory: it is compared, copied and summed, but its order of bytes is never changed.
 */
export interface IntegerKind<
  Width extends Bits = Bits,
  Signed extends boolean = boolean,
  Raw extends boolean = boolean,
> {
  readonly kind: "int";
  readonly bits: Width;
  readonly signed: Signed;
  readonly raw: Raw;
}

/** 0..255. */
export type u8 = number;
export const u8: IntegerKind<8, false, false> = { kind: "int", bits: 8, signed: false, raw: false };

/** 0..65535. */
export type u16 = number;
export const u16: IntegerKind<16, false, false> = { kind: "int", bits: 16, signed: false, raw: false };

/** 0..4294967295. */
export type u32 = number;
export const u32: IntegerKind<32, false, false> = { kind: "int", bits: 32, signed: false, raw: false };

/** 0..2^64-1, a bigint. */
export type u64 = bigint;
export const u64: IntegerKind<64, false, false> = { kind: "int", bits: 64, signed: false, raw: false };

/** -128..127. */
export type i8 = number;
export const i8: IntegerKind<8, true, false> = { kind: "int", bits: 8, signed: true, raw: false };

/** -32768..32767. */
export type i16 = number;
export const i16: IntegerKind<16, true, false> = { kind: "int", bits: 16, signed: true, raw: false };

/** -2147483648..2147483647. */
export type i32 = number;
export const i32: IntegerKind<32, true, false> = { kind: "int", bits: 32, signed: true, raw: false };

/** An exact integer of -2^53..2^53: a variable, never a field. */
export type int = number;

/** Two bytes as they lie in memory: ports and checksums that are only compared, copied or summed. */
export type raw16 = number;
export const raw16: IntegerKind<16, false, true> = { kind: "int", bits: 16, signed: false, raw: true };

/** Four bytes as they lie in memory: IPv4 addresses, mostly. */
export type raw32 = number;
export const raw32: IntegerKind<32, false, true> = { kind: "int", bits: 32, signed: false, raw: true };

/** Brings the result of u64 arithmetic back into 0..2^64-1. A register has 64 bits anyway: it costs no instruction. */
export function u64wrap(value: bigint): u64 {
  return BigInt.asUintN(64, value);
}

/** Exchanges the two bytes of the low 16 bits: `swap16(0x0800)` is 0x0008. */
export function swap16(value: number): u16 {
  return ((value & 0xff) << 8) | ((value >>> 8) & 0xff);
}

/** Reverses the four bytes of the low 32 bits: `swap32(0x0a000001)` is 0x0100000a. */
export function swap32(value: number): u32 {
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}
