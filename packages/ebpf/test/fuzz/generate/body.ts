/**
 * The body of a function while it is generated: what is in scope, what is known of it, and the text so far.
 */
import type { Random } from "../random.ts";
import type { Integer, IntegerType } from "./expression.ts";
import type { LayoutModel } from "./layout.ts";
import type { MapModel } from "./map.ts";
import type { ModuleModel } from "./module.ts";
import type { Text } from "./text.ts";

/** A number or u64 in a variable. */
export interface IntegerVariable extends Integer {
  /** What a let may hold; `null` for constants. */
  readonly type: IntegerType | null;
}

export interface RefVariable {
  readonly text: string;
  readonly layout: LayoutModel;
  /** Where it points to; "unknown" in functions, where callers differ. */
  readonly place: "packet" | "map" | "stack" | "args" | "unknown";
  /** Other CPUs see it: no read-modify-write, but atomics. */
  readonly shared: boolean;
  /** How often the packet had moved when it was taken. */
  readonly moves: number;
  /** The map it was looked up in, and that map's version; `null` where elements stay. */
  readonly element: { readonly map: MapModel; readonly version: number } | null;
}

export type Result =
  | { readonly kind: "int"; readonly type: IntegerType | null }
  | { readonly kind: "u64" }
  | { readonly kind: "boolean" }
  | { readonly kind: "ref"; readonly layout: LayoutModel }
  | { readonly kind: "stop" }
  | { readonly kind: "void" };

export type ContextKind = "Xdp" | "Skb" | "Syscall";

export interface BodyOptions {
  /** Kind of `ctx`, where there is one in scope. */
  readonly context: ContextKind | null;
  readonly result: Result;
  /** Statements to generate, roughly. */
  readonly budget: number;
  /** Maps may be changed: not in the callbacks that visit them. */
  readonly changesMaps: boolean;
  /** Functions may be called. */
  readonly calls: boolean;
}

export class Body {
  readonly module: ModuleModel;
  readonly random: Random;
  readonly context: ContextKind | null;
  readonly result: Result;
  readonly changesMaps: boolean;
  readonly calls: boolean;
  readonly ints: IntegerVariable[] = [];
  readonly quads: IntegerVariable[] = [];
  readonly booleans: string[] = [];
  readonly refs: RefVariable[] = [];
  budget: number;
  /** Of braces around. */
  depth = 0;
  /** Of `for` and `while` around. */
  loops = 0;
  /** The nearest thing around that `break` leaves is a loop. */
  inLoop = false;
  /** How often the packet may have moved so far. */
  moves = 0;
  /** Stack bytes taken by instances. */
  stack = 0;
  #lines: Text[] = [];
  readonly #versions = new Map<string, number>();

  constructor(module: ModuleModel, options: BodyOptions) {
    this.module = module;
    this.random = module.random;
    this.context = options.context;
    this.result = options.result;
    this.budget = options.budget;
    this.changesMaps = options.changesMaps;
    this.calls = options.calls;
  }

  add(...lines: readonly Text[]): void {
    this.#lines.push(...lines);
  }

  /** What `generate` adds, in a block scope of its own. */
  block(generate: () => void): Text[] {
    const outer = this.#lines;
    const lists: readonly unknown[][] = [this.ints, this.quads, this.booleans, this.refs];
    const lengths = lists.map((list) => list.length);
    this.#lines = [];
    this.depth++;
    generate();
    this.depth--;
    const inner = this.#lines;
    this.#lines = outer;
    for (const [index, list] of lists.entries()) list.length = lengths[index] ?? 0;
    return inner;
  }

  /** As `block`, inside a loop: what the body may do to the packet and to maps has happened before it begins. */
  loopBody(generate: () => void): Text[] {
    const wasInLoop = this.inLoop;
    this.forgetElements(null);
    this.inLoop = true;
    this.loops++;
    const text = this.block(generate);
    this.loops--;
    this.inLoop = wasInLoop;
    return text;
  }

  get hasPacket(): boolean {
    return this.context === "Xdp" || this.context === "Skb";
  }

  isAlive({ place, moves, element }: RefVariable): boolean {
    if (place === "packet" || place === "unknown") {
      if (moves !== this.moves) return false;
    }
    return element === null || element.version === this.version(element.map);
  }

  get liveRefs(): readonly RefVariable[] {
    return this.refs.filter((ref) => this.isAlive(ref));
  }

  version(map: MapModel): number {
    return this.#versions.get(map.name) ?? 0;
  }

  /** Elements of the map (`null`: of every map) may be gone: references to them are not used again. */
  forgetElements(map: MapModel | null): void {
    const maps = map === null ? this.module.maps : [map];
    for (const { name } of maps) this.#versions.set(name, (this.#versions.get(name) ?? 0) + 1);
  }

  fresh(prefix: string): string {
    return this.module.fresh(prefix);
  }

  declareInt(variable: IntegerVariable): void {
    this.ints.push(variable);
  }
}
