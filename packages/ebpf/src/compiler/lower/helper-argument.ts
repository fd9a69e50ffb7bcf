/**
 * Arguments of helpers: from what the language is handed to what the kernel's function takes, in its order.
 */
import type { Helper, HelperArgument } from "../../language/helper.ts";
import type { MapDeclaration } from "../../language/map/declaration.ts";
import { refuse } from "../diagnostic.ts";
import type { Fit, Value } from "../ir/ir.ts";
import type { ExpressionOf, Span } from "../tree.ts";
import { wrapped } from "./arithmetic.ts";
import { U64_MAX } from "./builder.ts";
import { callbackAddress } from "./callback.ts";
import { type ContextEntity, describe, type Entity, type RefEntity } from "./entity.ts";
import { expectInt, expectU64 } from "./expect.ts";
import { lowerExpression } from "./expression.ts";
import type { Lowering } from "./lowering.ts";
import { stackReference } from "./make.ts";
import { expectLayout, expectRef, storeInt } from "./memory.ts";

/** What stands before the dot of the call. */
export interface Receiver {
  readonly context: ContextEntity | null;
  readonly map: { readonly declaration: MapDeclaration; readonly pointer: Value } | null;
}

const SOCKET_MAPS: ReadonlySet<string> = new Set(["sockMap", "sockHash"]);

interface Argument {
  readonly entity: Entity;
  readonly at: Span;
}

/**
 * The arguments of one call. All are evaluated before the first is looked at, as JavaScript does: one that moves the packet makes
 * references in the others stale.
 */
export class HelperArguments {
  readonly #l: Lowering;
  readonly #helper: Helper;
  readonly #call: ExpressionOf<"call">;
  readonly #handed: readonly Argument[];
  #used = 0;
  /** The map that a `key` belongs to: the receiver, or a map of sockets that was handed in. */
  #map: Receiver["map"];
  readonly #context: ContextEntity | null;

  constructor(l: Lowering, helper: Helper, receiver: Receiver, call: ExpressionOf<"call">) {
    this.#l = l;
    this.#helper = helper;
    this.#call = call;
    this.#handed = call.args.map((tree) => ({ entity: lowerExpression(l, tree), at: tree.at }));
    this.#map = receiver.map;
    this.#context = receiver.context;
  }

  /** The registers for one argument of the kernel's function. */
  take(argument: HelperArgument): readonly Value[] {
    const l = this.#l;
    const { at } = this.#call;
    switch (argument) {
      case "context":
        return [
          this.#context?.pointer ?? refuse("E604", at, `${this.#helper.name} needs the context`, "call it as ctx.…"),
        ];
      case "map":
        return [this.#map?.pointer ?? refuse("E604", at, `${this.#helper.name} needs a map`, "call it as map.…")];
      case "zero":
        return [l.u64(0n, at)];
      case "flags":
        return [this.#used < this.#handed.length ? this.#word() : l.u64(0n, at)];
      case "word":
        return [this.#word()];
      case "u32":
        return [this.#int({ low: 0n, high: 2n ** 32n - 1n, write: "make it unsigned with >>> 0" })];
      case "i32":
        return [this.#int({ low: -(2n ** 31n), high: 2n ** 31n - 1n, write: "make it an int32 with | 0" })];
      case "be16":
        return [this.#networkOrder()];
      case "u64":
        return [this.#u64(this.#next())];
      case "key":
        return [this.#element(this.#map?.declaration.key ?? null, "the key")];
      case "value":
        return [this.#element(this.#map?.declaration.value ?? null, "the value")];
      case "into":
        return [this.#place()];
      case "ref+size":
      case "into+size":
        return this.#bytes();
      case "socketMap":
        return [this.#socketMap()];
      case "callback":
        return this.#callbackAndState();
      case "state":
        // Went with the callback, which must know whose memory its state is.
        return [];
    }
  }

  expectEnd(): void {
    if (this.#used >= this.#handed.length) return;
    const { name } = this.#helper;
    refuse(
      "E502",
      this.#call.at,
      `${name} takes ${this.#used} arguments, got ${this.#handed.length}`,
      "leave out the rest",
    );
  }

  get #subject(): string {
    return `an argument of ${this.#helper.name}`;
  }

  #next(): Argument {
    const argument = this.#handed[this.#used++];
    if (argument !== undefined) return argument;
    const got = `${this.#helper.name} needs more than ${this.#handed.length} arguments`;
    return refuse("E502", this.#call.at, got, "give each parameter one argument");
  }

  #int({ low, high, write }: Pick<Fit, "low" | "high" | "write">): Value {
    const { entity, at } = this.#next();
    const subject = this.#subject;
    return this.#l.fit(expectInt(entity, subject, at), { low, high, rule: "E302", subject, write }, at);
  }

  #networkOrder(): Value {
    const { entity, at } = this.#next();
    return this.#l.emit({ kind: "swap", bits: 16, value: expectInt(entity, this.#subject, at) }, "int", at);
  }

  /** A number that fills a 64-bit register as it is. */
  #word(): Value {
    const argument = this.#next();
    const { entity, at } = argument;
    if (entity.kind === "u64") return this.#u64(argument);
    const fit = {
      low: 0n,
      high: U64_MAX,
      rule: "E302",
      subject: this.#subject,
      write: "make it unsigned with >>> 0",
    } as const;
    return this.#l.fit(expectInt(entity, this.#subject, at), fit, at);
  }

  #u64({ entity, at }: Argument): Value {
    return wrapped(this.#l, expectU64(entity, this.#subject, at), this.#subject, at);
  }

  /** A pointer to a key or value; an integer goes through the stack. */
  #element(layout: MapDeclaration["key"], subject: string): Value {
    const { entity, at } = this.#next();
    if (layout === null)
      return refuse("E601", at, "this kind of map has no keys", "see the table of maps in docs/language.md");
    if (entity.kind === "ref") return this.#address(expectLayout(this.#l, entity, layout, subject, at), at);
    const { scalar } = layout;
    if (scalar === null || (entity.kind !== "int" && entity.kind !== "u64")) {
      const write = "pass a reference to the layout that the map was declared with";
      return refuse("E603", at, `${subject} is ${describe(entity)}`, write);
    }
    const ref = stackReference(this.#l, layout, "key", at);
    storeInt(this.#l, { ...ref, name: subject }, scalar.bits, false, entity, at);
    return ref.base;
  }

  /** Where a helper puts a value. */
  #place(): Value {
    const { entity, at } = this.#next();
    const layout = this.#map?.declaration.value;
    if (layout === undefined || layout === null)
      throw new Error(`${this.#helper.name} belongs to a map without values`);
    return this.#address(expectLayout(this.#l, entity, layout, "the place for the value", at), at);
  }

  #bytes(): readonly Value[] {
    const { entity, at } = this.#next();
    const ref = expectRef(this.#l, entity, this.#subject, at);
    return [this.#address(ref, at), this.#l.int(ref.layout.size, at)];
  }

  #socketMap(): Value {
    const { entity, at } = this.#next();
    if (entity.kind !== "map" || !SOCKET_MAPS.has(entity.declaration.kind)) {
      return refuse(
        "E604",
        at,
        `${this.#subject} is ${describe(entity)}, not a map of sockets`,
        "pass a sockMap or sockHash",
      );
    }
    const { declaration } = entity;
    this.#map = { declaration, pointer: this.#l.mapAddress(declaration, at) };
    return this.#map.pointer;
  }

  #callbackAndState(): readonly Value[] {
    const callback = this.#next();
    const { entity, at } = this.#next();
    const state = expectRef(this.#l, entity, "the state", at);
    if (state.region.place !== "stack") {
      refuse(
        "E604",
        at,
        "the state of a callback lies in other memory than the stack",
        "make it: State.make({ … }), and copy what is wanted",
      );
    }
    const map = this.#map?.declaration ?? null;
    const address = callbackAddress(this.#l, this.#helper, map, state, callback.entity, callback.at);
    return [address, this.#address(state, at)];
  }

  #address(ref: RefEntity, at: Span): Value {
    if (ref.region.place === "context") {
      const write = "make an instance, copy it there, and pass that";
      refuse("E604", at, `${this.#subject} lies in the context, where helpers do not look`, write);
    }
    return this.#l.offset(ref.base, ref.offset, at);
  }
}
