/**
 * The tree of a packet module: the output of `parse`, the input of `lower`.
 *
 * Plain data, printable as JSON, with a source position on every node. It holds only what the subset allows, so that later
 * phases need no "cannot happen" branches for classes, closures or destructuring.
 */

/** One source file as handed to the compiler. */
export interface Source {
  /** Path as shown in diagnostics and in line info. */
  readonly path: string;
  readonly text: string;
}

/** Half-open range of UTF-16 offsets in a source. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

interface Node {
  readonly at: Span;
}

/** A type as written: `u32`, `Ref<typeof Flow>`, `Syscall<typeof Args>`, `Connection | null`. Only names and arguments matter. */
export interface TypeName extends Node {
  readonly name: string;
  /** Type arguments; `typeof X` arrives as `X`. */
  readonly args: readonly TypeName[];
  /** True when `| null` is part of the union. */
  readonly nullable: boolean;
}

export type BinaryOperator = "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>" | ">>>";
export type CompareOperator = "===" | "!==" | "<" | "<=" | ">" | ">=";

export type Expression =
  | (Node & { readonly kind: "integer"; readonly value: number })
  | (Node & { readonly kind: "bigint"; readonly value: bigint })
  | (Node & { readonly kind: "boolean"; readonly value: boolean })
  | (Node & { readonly kind: "null" })
  | (Node & { readonly kind: "string"; readonly value: string })
  | (Node & { readonly kind: "name"; readonly name: string })
  | (Node & { readonly kind: "unary"; readonly operator: "-" | "~" | "!"; readonly operand: Expression })
  | (Node & {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (Node & {
      readonly kind: "compare";
      readonly operator: CompareOperator;
      readonly left: Expression;
      readonly right: Expression;
    })
  | (Node & {
      readonly kind: "logical";
      readonly operator: "&&" | "||";
      readonly left: Expression;
      readonly right: Expression;
    })
  | (Node & {
      readonly kind: "conditional";
      readonly test: Expression;
      readonly whenTrue: Expression;
      readonly whenFalse: Expression;
    })
  | (Node & { readonly kind: "member"; readonly object: Expression; readonly property: string })
  | (Node & { readonly kind: "call"; readonly callee: Expression; readonly args: readonly Expression[] })
  /** Object and array literals and arrow functions stand only where a declaration or an intrinsic takes them. */
  | (Node & { readonly kind: "object"; readonly properties: readonly Property[] })
  | (Node & { readonly kind: "array"; readonly elements: readonly Expression[] })
  | (Node & { readonly kind: "arrow"; readonly fn: FunctionTree });

export type ExpressionOf<Kind extends Expression["kind"]> = Extract<Expression, { readonly kind: Kind }>;

export interface Property extends Node {
  readonly name: string;
  readonly value: Expression;
}

export type AssignTarget = ExpressionOf<"name"> | ExpressionOf<"member">;

export type Statement =
  | (Node & {
      readonly kind: "declare";
      readonly mutable: boolean;
      readonly name: string;
      readonly type: TypeName | null;
      readonly value: Expression;
    })
  /** `x = v`, and `x op= v` with the operator set; `x++` arrives as `x += 1`. */
  | (Node & {
      readonly kind: "assign";
      readonly target: AssignTarget;
      readonly operator: BinaryOperator | null;
      readonly value: Expression;
    })
  | (Node & { readonly kind: "expression"; readonly expression: Expression })
  | (Node & {
      readonly kind: "if";
      readonly test: Expression;
      readonly whenTrue: readonly Statement[];
      readonly whenFalse: readonly Statement[];
    })
  | (Node & {
      readonly kind: "for";
      readonly init: readonly Statement[];
      /** `null` means forever: only a `break` or `return` ends the loop. */
      readonly test: Expression | null;
      readonly update: readonly Statement[];
      readonly body: readonly Statement[];
    })
  | (Node & { readonly kind: "switch"; readonly subject: Expression; readonly cases: readonly SwitchCase[] })
  | (Node & { readonly kind: "break" })
  | (Node & { readonly kind: "continue" })
  | (Node & { readonly kind: "return"; readonly value: Expression | null })
  | (Node & { readonly kind: "block"; readonly body: readonly Statement[] });

export type StatementOf<Kind extends Statement["kind"]> = Extract<Statement, { readonly kind: Kind }>;

/** `case A: case B: body`; `tests` is empty for `default`. A body that ends with `break` arrives without it. */
export interface SwitchCase extends Node {
  readonly tests: readonly Expression[];
  readonly isDefault: boolean;
  readonly body: readonly Statement[];
}

export interface Parameter extends Node {
  readonly name: string;
  readonly type: TypeName | null;
}

export interface FunctionTree extends Node {
  readonly name: string;
  readonly params: readonly Parameter[];
  readonly result: TypeName | null;
  readonly body: readonly Statement[];
}

export interface ImportTree extends Node {
  readonly from: string;
  readonly names: readonly ImportedName[];
}

export interface ImportedName extends Node {
  readonly imported: string;
  readonly local: string;
  /** True for `import type` and `import { type X }`: the name may be an interface, which leaves no trace. */
  readonly isType: boolean;
}

export interface ConstantTree extends Node {
  readonly name: string;
  readonly exported: boolean;
  readonly value: Expression;
}

/** `type Connection = Ref<typeof Connection>`; other type and interface declarations leave no trace. */
export interface AliasTree extends Node {
  readonly name: string;
  readonly type: TypeName;
}

export interface ModuleTree {
  readonly source: Source;
  readonly imports: readonly ImportTree[];
  /** `export { a } from "./x.ts"` and `export *` are refused; `export { a }` marks a declaration as exported. */
  readonly constants: readonly ConstantTree[];
  readonly functions: readonly (FunctionTree & { readonly exported: boolean })[];
  readonly aliases: readonly AliasTree[];
}
