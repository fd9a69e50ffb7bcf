/**
 * A resolved program: the output of `resolve`, the input of `lower`.
 *
 * Every module-level name is bound to what it stands for, constants are numbers and declarations are the objects that the
 * language's own functions made of them: the compiler and the twin read one and the same layout.
 */
import type { Config, Constant } from "../../language/config.ts";
import type { IntegerKind } from "../../language/integer.ts";
import type { VectorKind } from "../../language/kind.ts";
import type { AnyLayout } from "../../language/layout.ts";
import type { MapDeclaration } from "../../language/map/declaration.ts";
import type { ProgramKind } from "../../language/program-kind.ts";
import type { Table } from "../../language/table.ts";
import type { FunctionTree, ModuleTree, Span, TypeName } from "../tree.ts";

export type { ProgramKind };

/** What a module-level name stands for. */
export type Binding =
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "bigint"; readonly value: bigint }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "layout"; readonly layout: AnyLayout; readonly name: string }
  /** `u32`, `bytes(6)`: what a field may be, and a key or value of integer kind. */
  | { readonly kind: "field"; readonly field: IntegerKind | VectorKind }
  | { readonly kind: "map"; readonly map: MapDeclaration; readonly name: string }
  | { readonly kind: "cell"; readonly map: MapDeclaration; readonly name: string }
  | { readonly kind: "table"; readonly table: Table; readonly name: string }
  /** `values` are the defaults with the values that the compiler was given. */
  | { readonly kind: "config"; readonly config: Config; readonly values: Readonly<Record<string, Constant>> }
  | { readonly kind: "function"; readonly tree: FunctionTree; readonly scope: ModuleScope; readonly noinline: boolean }
  /** A function of "@weir/ebpf" under the name it has there, or one of the globals `Math`, `BigInt`, `Number`. */
  | { readonly kind: "intrinsic"; readonly name: string };

export type BindingOf<Kind extends Binding["kind"]> = Extract<Binding, { readonly kind: Kind }>;

/** What a type of the source means to the compiler. */
export type LanguageType =
  /** Also `0 | 1`, the result of a callback: one bit. */
  | { readonly kind: "int"; readonly bits: number; readonly signed: boolean }
  /** `number` and `int`: any exact integer. */
  | { readonly kind: "number" }
  | { readonly kind: "boolean" }
  | { readonly kind: "u64" }
  | { readonly kind: "ref"; readonly layout: AnyLayout; readonly name: string; readonly nullable: boolean }
  /** `args` is the layout of a syscall program's arguments, and `null` in all other kinds. */
  /** `Packet`: the context of whichever kind of program the function is inlined into. */
  | { readonly kind: "packet" }
  | { readonly kind: "context"; readonly program: ProgramKind; readonly args: AnyLayout | null }
  | { readonly kind: "void" };

/** The names of one module. */
export interface ModuleScope {
  readonly tree: ModuleTree;
  /** @throws CompileError with rule E204 when the module has no such name */
  lookup(name: string, at: Span): Binding;
  /** @throws CompileError with rule E210 when the type means nothing to the compiler */
  resolveType(type: TypeName): LanguageType;
}

/** An exported function of the entry module whose only parameter is a context. */
export interface EntryPoint {
  /** The function's name, which is the program's name in the kernel. */
  readonly name: string;
  readonly kind: ProgramKind;
  readonly tree: FunctionTree;
  readonly scope: ModuleScope;
  /** Layout of the arguments of a syscall program; `null` for all other kinds. */
  readonly args: AnyLayout | null;
}

export interface Program {
  /** Imported modules before those that import them; the entry module last. */
  readonly modules: readonly ModuleScope[];
  readonly entryPoints: readonly EntryPoint[];
  /** The constant that each layout was declared as, for BTF and messages. */
  readonly layoutNames: ReadonlyMap<AnyLayout, string>;
}
