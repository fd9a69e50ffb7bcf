/**
 * Atomic operations on fields that several CPUs see: `atomicAdd(connection, "packets", 1n)`.
 *
 * They work on u32 and u64 fields of host-order layouts, the value of an integer map among them (`"value"`).
 */
import type { AnyRef } from "./reference.ts";

/** Names of the fields of a reference that may hold an atomic: those that are numbers or bigints. */
export type AtomicField<R extends AnyRef> = {
  [Name in keyof R & string]: Name extends `$${string}` ? never : R[Name] extends number | bigint ? Name : never;
}[keyof R & string];

/** What `accessor` writes into the class of every layout. Unknown fields and raw, signed or narrow ones throw. */
interface Atomics extends AnyRef {
  $add(field: string, value: number | bigint): void;
  $or(field: string, value: number | bigint): void;
  $and(field: string, value: number | bigint): void;
  $xor(field: string, value: number | bigint): void;
  $fetchAdd<V>(field: string, value: V): V;
  $exchange<V>(field: string, value: V): V;
  $compareExchange<V>(field: string, expected: V, value: V): V;
}

/** Adds; the field wraps at its width. */
export function atomicAdd<R extends AnyRef, F extends AtomicField<R>>(ref: R, field: F, value: R[F] & Operand): void {
  atomics(ref).$add(field, value);
}

/** Adds and returns what the field held before. */
export function atomicFetchAdd<R extends AnyRef, F extends AtomicField<R>>(ref: R, field: F, value: R[F]): R[F] {
  return atomics(ref).$fetchAdd(field, value);
}

export function atomicOr<R extends AnyRef, F extends AtomicField<R>>(ref: R, field: F, value: R[F] & Operand): void {
  atomics(ref).$or(field, value);
}

export function atomicAnd<R extends AnyRef, F extends AtomicField<R>>(ref: R, field: F, value: R[F] & Operand): void {
  atomics(ref).$and(field, value);
}

export function atomicXor<R extends AnyRef, F extends AtomicField<R>>(ref: R, field: F, value: R[F] & Operand): void {
  atomics(ref).$xor(field, value);
}

/** Stores and returns what the field held before. */
export function atomicExchange<R extends AnyRef, F extends AtomicField<R>>(ref: R, field: F, value: R[F]): R[F] {
  return atomics(ref).$exchange(field, value);
}

/** Stores `value` if the field holds `expected`; returns what it held before. */
export function atomicCompareExchange<R extends AnyRef, F extends AtomicField<R>>(
  ref: R,
  field: F,
  expected: R[F],
  value: R[F],
): R[F] {
  return atomics(ref).$compareExchange(field, expected, value);
}

type Operand = number | bigint;

/** Every reference class has these methods; they are hidden from the types of programs. */
function atomics(ref: AnyRef): Atomics {
  return ref as Atomics;
}
