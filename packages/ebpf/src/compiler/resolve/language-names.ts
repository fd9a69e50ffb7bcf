/**
 * The names of "@weir/ebpf": its exports, and the types that mean something to the compiler.
 *
 * Exports are the language's own objects, so that a declaration is checked by the code that also runs it in the twin.
 */
import * as language from "../../language/index.ts";
import { PROGRAM_TYPES, type ProgramKind } from "../../language/program-kind.ts";
import { bindingOf } from "./binding.ts";
import type { Binding, LanguageType } from "./program.ts";

const exports: ReadonlyMap<string, unknown> = new Map(Object.entries(language));

/** Global names of JavaScript that the language keeps: `Math.floor`, `BigInt(n)`, `Number(u64)`. */
export const GLOBALS: ReadonlySet<string> = new Set(["Math", "BigInt", "Number"]);

/** What an import from "@weir/ebpf" is bound to, or `null` when the language has no such value. */
export function languageBinding(name: string): Binding | null {
  const value = exports.get(name);
  return typeof value === "function" ? { kind: "intrinsic", name } : bindingOf(name, value);
}

/** Calls a function of the language; what it throws is its refusal. */
export function callLanguage(name: string, args: readonly unknown[]): unknown {
  const fn = exports.get(name);
  if (typeof fn !== "function") throw new Error(`"@weir/ebpf" has no function ${name}`);
  return Reflect.apply(fn, undefined, args);
}

/** The kind of program that a context type makes: they have one name. */
export function contextKind(typeName: string): ProgramKind | null {
  return Object.hasOwn(PROGRAM_TYPES, typeName) ? (typeName as ProgramKind) : null;
}

const unsigned = (bits: number): LanguageType => ({ kind: "int", bits, signed: false });
const signed = (bits: number): LanguageType => ({ kind: "int", bits, signed: true });

/** Types without arguments that are imported from "@weir/ebpf". */
export const LANGUAGE_TYPES: ReadonlyMap<string, LanguageType> = new Map([
  ["u8", unsigned(8)],
  ["u16", unsigned(16)],
  ["u32", unsigned(32)],
  ["i8", signed(8)],
  ["i16", signed(16)],
  ["i32", signed(32)],
  ["raw16", unsigned(16)],
  ["raw32", unsigned(32)],
  ["int", { kind: "number" }],
  ["u64", { kind: "u64" }],
  ["Packet", { kind: "packet" }],
]);

/** Types that TypeScript itself has, and the result of a callback. */
export const BUILT_IN_TYPES: ReadonlyMap<string, LanguageType> = new Map([
  ["number", { kind: "number" }],
  ["boolean", { kind: "boolean" }],
  ["bigint", { kind: "u64" }],
  ["void", { kind: "void" }],
  ["0 | 1", unsigned(1)],
]);

/** True for the types of "@weir/ebpf" that the compiler understands. */
export function isLanguageType(name: string): boolean {
  return LANGUAGE_TYPES.has(name) || name === "Ref" || name === "RefOf" || contextKind(name) !== null;
}
