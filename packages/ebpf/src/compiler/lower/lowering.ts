/**
 * The state of lowering one function: where code goes next, what the variables stand for, which calls are being inlined.
 *
 * Everything else in this folder is functions over it.
 */
import type { MapDeclaration } from "../../language/map/declaration.ts";
import type { Table } from "../../language/table.ts";
import { refuse } from "../diagnostic.ts";
import type { Block, Fit, IrFunction, Operation, Value, ValueType } from "../ir/ir.ts";
import type { LanguageType, ModuleScope, Program, ProgramKind } from "../resolve/program.ts";
import type { FunctionTree, Span } from "../tree.ts";
import { append, constantFits, constantOf, newBlock, newSlot, terminate } from "./builder.ts";
import type { CollectionMaps } from "./collection-maps.ts";
import type { Entity } from "./entity.ts";
import type { Edge, Environment, Variable } from "./environment.ts";
import { joinEdges } from "./join.ts";
import type { PassedMemory } from "./region.ts";

/** What all functions of one program share while they are lowered. */
export interface ProgramLowering {
  readonly program: Program;
  readonly kind: ProgramKind;
  /** The maps of all programs of the collection, and the names of those that this program uses, in order of first use. */
  readonly collection: CollectionMaps;
  readonly maps: Set<string>;
  /** Lowers a function that is not inlined, unless it has been; gives its name. */
  requestFunction(request: FunctionRequest): string;
}

export interface FunctionRequest {
  readonly tree: FunctionTree;
  readonly scope: ModuleScope;
  readonly role: "function" | "callback";
  /** The parameters that a helper passes to a callback and the source does not name, in front of the others: the map of forEach. */
  readonly hiddenParams: number;
  /** For each parameter of the source: the memory behind it if it is a reference. */
  readonly memory: readonly (PassedMemory | null)[];
  readonly at: Span;
}

/** One function whose body is being lowered: the program itself or an inlined call. */
export interface Frame {
  readonly tree: FunctionTree;
  readonly scope: ModuleScope;
  readonly parent: Frame | null;
  readonly result: LanguageType | null;
  /** Innermost block scope last. */
  readonly names: Map<string, Variable>[];
  readonly returns: Return[];
  readonly jumps: JumpScope[];
}

/** An end of the function, and what it gives there. */
export interface Return {
  readonly edge: Edge;
  readonly entity: Entity;
}

/** Where `break` and `continue` collect. A `switch` has no `continue`. */
export interface JumpScope {
  readonly breaks: Edge[];
  readonly continues: Edge[] | null;
  readonly variables: ReadonlySet<Variable>;
}

export class Lowering {
  readonly shared: ProgramLowering;
  readonly fn: IrFunction;
  /** The open end that code is appended to; `null` after a return, break or continue. */
  cursor: Edge | null;
  frame: Frame;

  constructor(shared: ProgramLowering, fn: IrFunction, frame: Frame, env: Environment) {
    this.shared = shared;
    this.fn = fn;
    this.frame = frame;
    this.cursor = { block: newBlock(fn), env };
  }

  /** The open end, which the caller knows to be there. */
  get here(): Edge {
    if (this.cursor === null) throw new Error("code is appended where control flow has ended");
    return this.cursor;
  }

  get env(): Environment {
    return this.here.env;
  }

  emit(op: Operation, type: ValueType, at: Span): Value {
    return append(this.fn, this.here.block, op, type, at);
  }

  constant(value: bigint | number | boolean, type: ValueType, at: Span): Value {
    return this.emit({ kind: "const", value: BigInt(value) }, type, at);
  }

  int(value: number | bigint, at: Span): Value {
    return this.constant(value, "int", at);
  }

  u64(value: bigint, at: Span): Value {
    return this.constant(value, "u64", at);
  }

  /** Leaves a check for `ranges`; a constant that fits needs none. */
  fit(value: Value, fit: Fit, at: Span): Value {
    return constantFits(value, fit) ? value : this.emit({ kind: "fit", value, fit }, value.type, at);
  }

  /** A stack object that is alive from here on: its number and its address. */
  slot(size: number, name: string, at: Span): { readonly slot: number; readonly address: Value } {
    const slot = newSlot(this.fn, size, name);
    this.emit({ kind: "slotStart", slot }, "none", at);
    return { slot, address: this.emit({ kind: "slotAddress", slot }, "pointer", at) };
  }

  /** Pointer plus a constant distance. */
  offset(base: Value, distance: number, at: Span): Value {
    return distance === 0 ? base : this.emit({ kind: "offset", base, amount: this.int(distance, at) }, "pointer", at);
  }

  /** Two open ends, one for each outcome; none for an outcome that a constant rules out. The cursor is gone afterwards. */
  branch(condition: Value, at: Span): { readonly whenTrue: Edge | null; readonly whenFalse: Edge | null } {
    const { block, env } = this.here;
    this.cursor = null;
    const known = constantOf(condition);
    if (known !== null) {
      const edge = { block, env };
      return known === 0n ? { whenTrue: null, whenFalse: edge } : { whenTrue: edge, whenFalse: null };
    }
    const ifTrue = newBlock(this.fn);
    const ifFalse = newBlock(this.fn);
    terminate(block, { kind: "branch", condition, ifTrue, ifFalse, at });
    return {
      whenTrue: { block: ifTrue, env: { variables: new Map(env.variables), packet: env.packet } },
      whenFalse: { block: ifFalse, env },
    };
  }

  /** Goes on where the given ends meet; nowhere when there is none. */
  join(edges: readonly Edge[], at: Span): void {
    this.cursor = joinEdges(this.fn, edges, at);
  }

  jumpTo(target: Block, at: Span): Environment {
    const { block, env } = this.here;
    terminate(block, { kind: "jump", target, at });
    this.cursor = null;
    return env;
  }

  /** Runs `body` in a block scope of its own: what it declares is forgotten. */
  scoped(body: () => void): void {
    const before = new Set(this.cursor?.env.variables.keys() ?? []);
    this.frame.names.push(new Map());
    body();
    this.frame.names.pop();
    if (this.cursor !== null) {
      for (const variable of this.cursor.env.variables.keys()) {
        if (!before.has(variable)) this.cursor.env.variables.delete(variable);
      }
    }
  }

  declare(name: string, mutable: boolean, type: LanguageType | null, entity: Entity): Variable {
    const variable: Variable = { name, mutable, type, original: entity };
    const scope = this.frame.names.at(-1);
    if (scope === undefined) throw new Error(`"${name}" is declared outside of any scope`);
    scope.set(name, variable);
    this.env.variables.set(variable, entity);
    return variable;
  }

  findVariable(name: string): Variable | null {
    for (let depth = this.frame.names.length - 1; depth >= 0; depth--) {
      const variable = this.frame.names[depth]?.get(name);
      if (variable !== undefined) return variable;
    }
    return null;
  }

  read(variable: Variable, at: Span): Entity {
    const entity = this.env.variables.get(variable);
    return (
      entity ??
      refuse("E402", at, `"${variable.name}" is not set on every way here`, "give it a value where it is declared")
    );
  }

  /** Makes a map part of the object and gives its address. */
  mapAddress(declaration: MapDeclaration, at: Span): Value {
    this.useMap(declaration, at);
    return this.emit({ kind: "mapAddress", map: declaration.name }, "pointer", at);
  }

  /** Makes a constant table part of the object and gives the name of its map. */
  useTable(table: Table, constant: string): string {
    const { name } = this.shared.collection.useTable(table, constant);
    this.shared.maps.add(name);
    return name;
  }

  useMap(declaration: MapDeclaration, at: Span): void {
    this.shared.collection.use(declaration, at);
    this.shared.maps.add(declaration.name);
  }
}
