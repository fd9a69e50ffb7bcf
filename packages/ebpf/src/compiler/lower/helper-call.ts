/**
 * Calls into the kernel: one row of the language's table of helpers becomes one call.
 */
import { HELPERS, type Helper, type HelperArgument } from "../../language/helper.ts";
import type { MapDeclaration } from "../../language/map/declaration.ts";
import { refuse } from "../diagnostic.ts";
import type { Range, Value } from "../ir/ir.ts";
import type { Expression, ExpressionOf, Span } from "../tree.ts";
import { U64_MAX } from "./builder.ts";
import { callbackAddress } from "./callback.ts";
import { loadPacketBounds } from "./context.ts";
import { type ContextEntity, describe, type Entity, type RefEntity } from "./entity.ts";
import { expectInt, expectU64 } from "./expect.ts";
import { lowerExpression } from "./expression.ts";
import { stackReference } from "./layout-call.ts";
import type { Lowering } from "./lowering.ts";
import { expectLayout, expectRef, storeInt } from "./memory.ts";
import { mergeResults, nullTest } from "./reference.ts";

type Call = ExpressionOf<"call">;

/** What stands before the dot of the call. */
export interface Receiver {
  readonly context: ContextEntity | null;
  readonly map: { readonly declaration: MapDeclaration; readonly pointer: Value } | null;
}

const U32 = { low: -(2n ** 31n), high: 2n ** 32n - 1n };

/** Lowers a call by its row: arguments in the kernel's order, then the result. */
export function callHelper(l: Lowering, helper: Helper, receiver: Receiver, call: Call): Entity {
  checkProgram(l, helper, call.at);
  const callArgs = new Arguments(l, helper, call);
  if (helper.around !== null) return callAssignFrom(l, helper, receiver, callArgs, call.at);
  const args = helper.args.flatMap((argument) => lowerArgument(l, argument, helper, receiver, callArgs));
  callArgs.expectEnd();
  const result = finishCall(l, helper, args, receiver, call.at);
  if (helper.movesPacket) l.env.packet = null;
  const moved = receiver.context ?? null;
  if (helper.movesPacket && moved !== null) loadPacketBounds(l, moved, call.at);
  return result;
}

/** The arguments of a call, lowered one after another as the row asks for them. */
class Arguments {
  readonly #l: Lowering;
  readonly #helper: Helper;
  readonly #call: Call;
  #used = 0;

  constructor(l: Lowering, helper: Helper, call: Call) {
    this.#l = l;
    this.#helper = helper;
    this.#call = call;
  }

  get at(): Span {
    return this.#call.at;
  }

  get isAtEnd(): boolean {
    return this.#used >= this.#call.args.length;
  }

  nextTree(): Expression {
    const tree = this.#call.args[this.#used++];
    return (
      tree ??
      refuse("E502", this.#call.at, `${this.#helper.name} needs more arguments`, "give each parameter one argument")
    );
  }

  next(): Entity {
    return lowerExpression(this.#l, this.nextTree());
  }

  expectEnd(): void {
    if (!this.isAtEnd)
      refuse("E502", this.#call.at, `${this.#helper.name} takes ${this.#used} arguments`, "leave out the rest");
  }
}

function checkProgram(l: Lowering, helper: Helper, at: Span): void {
  const { kind } = l.shared;
  if (helper.programs === null || helper.programs.includes(kind)) return;
  refuse(
    "E602",
    at,
    `${helper.name} cannot be called in a program of kind ${kind}`,
    `it works in ${helper.programs.join(", ")}`,
  );
}

function lowerArgument(
  l: Lowering,
  argument: HelperArgument,
  helper: Helper,
  receiver: Receiver,
  args: Arguments,
): Value | readonly Value[] {
  const { at } = args;
  const name = `an argument of ${helper.name}`;
  switch (argument) {
    case "context":
      return receiver.context?.pointer ?? refuse("E604", at, `${helper.name} needs the context`, "call it as ctx.…");
    case "map":
      return receiver.map?.pointer ?? refuse("E604", at, `${helper.name} needs a map`, "call it as map.…");
    case "zero":
      return l.u64(0n, at);
    case "flags":
      return args.isAtEnd ? l.u64(0n, at) : word(l, args.next(), name, at);
    case "word":
      return word(l, args.next(), name, at);
    case "u32":
    case "i32":
      return l.fit(
        expectInt(args.next(), name, at),
        { ...U32, rule: "E302", subject: name, write: "the kernel takes 32 bits: narrow it with & or >>> 0" },
        at,
      );
    case "u64":
      return expectU64(args.next(), name, at);
    case "be16":
      return l.emit({ kind: "swap", bits: 16, value: expectInt(args.next(), name, at) }, "int", at);
    case "key":
      return element(l, receiver.map?.declaration.key ?? null, args.next(), "the key", at);
    case "value":
      return element(l, receiver.map?.declaration.value ?? null, args.next(), "the value", at);
    case "into":
      return element(l, receiver.map?.declaration.value ?? null, args.next(), "the place for the value", at);
    case "ref":
      return address(l, expectRef(l, args.next(), name, at), at);
    case "ref+size":
    case "into+size": {
      const ref = expectRef(l, args.next(), name, at);
      return [address(l, ref, at), l.int(ref.layout.size, at)];
    }
    case "socketMap": {
      const map = args.next();
      if (map.kind !== "map" || (map.declaration.kind !== "sockMap" && map.declaration.kind !== "sockHash")) {
        return refuse("E604", at, `${name} is ${describe(map)}, not a map of sockets`, "pass a sockMap or sockHash");
      }
      receiver = { ...receiver, map: { declaration: map.declaration, pointer: l.mapAddress(map.declaration, at) } };
      return receiver.map?.pointer ?? [];
    }
    case "callback":
      return callbackAndState(l, helper, receiver, args);
    case "state":
      // Went with the callback, which must know whose memory its state is.
      return [];
  }
}

function callbackAndState(l: Lowering, helper: Helper, receiver: Receiver, args: Arguments): readonly Value[] {
  const { at } = args;
  const tree = args.nextTree();
  const state = expectRef(l, args.next(), "the state", at);
  const map = receiver.map?.declaration ?? null;
  const { shared } = state.region;
  const sharedParams = map === null ? [false, shared] : [false, isShared(map), shared];
  return [callbackAddress(l, helper, map, sharedParams, tree), address(l, state, at)];
}

/** A number that fills a 64-bit register as it is. */
function word(l: Lowering, entity: Entity, name: string, at: Span): Value {
  if (entity.kind === "u64") return entity.value;
  return l.fit(
    expectInt(entity, name, at),
    { low: 0n, high: U64_MAX, rule: "E302", subject: name, write: "make it unsigned with >>> 0" },
    at,
  );
}

function address(l: Lowering, ref: RefEntity, at: Span): Value {
  return l.offset(ref.base, ref.offset, at);
}

/** A pointer to a key or value; an integer goes through the stack. */
export function element(l: Lowering, layout: MapDeclaration["key"], entity: Entity, subject: string, at: Span): Value {
  if (layout === null)
    return refuse("E601", at, "this kind of map has no keys", "see the table of maps in docs/language.md");
  if (entity.kind === "ref") return address(l, expectLayout(l, entity, layout, subject, at), at);
  const { scalar } = layout;
  if (scalar === null || (entity.kind !== "int" && entity.kind !== "u64")) {
    return refuse(
      "E603",
      at,
      `${subject} is ${describe(entity)}`,
      "pass a reference to the layout that the map was declared with",
    );
  }
  const ref = stackReference(l, layout, "key", at);
  storeInt(l, { ...ref, name: subject }, scalar.bits, false, entity, at);
  return ref.base;
}

function finishCall(l: Lowering, helper: Helper, args: readonly Value[], receiver: Receiver, at: Span): Entity {
  const { result, id, kernelName } = helper;
  const op = { kind: "helper", id, name: kernelName, args, pure: false } as const;
  switch (result.kind) {
    case "int": {
      const bounds: Range = { low: BigInt(result.min), high: BigInt(result.max) };
      return { kind: "int", value: l.emit({ ...op, bounds }, "int", at) };
    }
    case "u64":
      return { kind: "u64", value: l.emit({ ...op, bounds: { low: 0n, high: U64_MAX } }, "u64", at) };
    case "value": {
      const { declaration } = receiver.map ?? missingMap();
      const base = l.emit({ ...op, bounds: null }, "pointer", at);
      if (declaration.value === null) throw new Error(`map ${declaration.name} has no values to look up`);
      return {
        kind: "ref",
        layout: declaration.value,
        base,
        offset: 0,
        region: { generation: null, shared: isShared(declaration), align: 8, place: "map" },
        isNull: nullTest(l, base, at),
      };
    }
    case "innerMap": {
      const { declaration } = receiver.map ?? missingMap();
      const pointer = l.emit({ ...op, bounds: null }, "pointer", at);
      if (declaration.inner === null) throw new Error(`map ${declaration.name} has no inner maps`);
      return { kind: "map", declaration: declaration.inner, pointer, isNull: nullTest(l, pointer, at) };
    }
  }
}

function missingMap(): never {
  throw new Error("a helper of a map without the map");
}

/** True when other CPUs see the same value. */
export function isShared(declaration: MapDeclaration): boolean {
  return !declaration.kind.startsWith("percpu") && declaration.kind !== "lruPercpuHash";
}

/** The socket under a key is looked up, chosen and let go: three helpers, because a socket is no value of the language. */
function callAssignFrom(l: Lowering, helper: Helper, receiver: Receiver, args: Arguments, at: Span): Entity {
  const { around } = helper;
  const map = args.next();
  if (map.kind !== "map" || around === null || receiver.context === null) {
    return refuse("E604", at, `${helper.name} takes a map of sockets`, "ctx.assignFrom(map, key, flags)");
  }
  const table = l.mapAddress(map.declaration, at);
  const key = element(l, map.declaration.key, args.next(), "the key", at);
  const flags = args.isAtEnd ? l.u64(0n, at) : word(l, args.next(), "the flags", at);
  args.expectEnd();
  const lookup = {
    kind: "helper",
    id: around.before,
    name: "map_lookup_elem",
    args: [table, key],
    pure: false,
    bounds: null,
  } as const;
  const socket = l.emit(lookup, "pointer", at);
  const { whenTrue, whenFalse } = l.branch(nullTest(l, socket, at), at);
  const results = [whenTrue, whenFalse].flatMap((edge, index) => {
    if (edge === null) return [];
    l.cursor = edge;
    const value =
      index === 0
        ? l.int(-2, at)
        : assign(l, helper, around.after, [receiver.context?.pointer ?? socket, socket, flags], at);
    return [{ edge: l.here, entity: { kind: "int", value } as const }];
  });
  return mergeResults(l, results, at);
}

function assign(l: Lowering, helper: Helper, release: number, args: readonly Value[], at: Span): Value {
  const bounds: Range = { low: -4095n, high: 0n };
  const status = l.emit(
    { kind: "helper", id: helper.id, name: helper.kernelName, args, pure: false, bounds },
    "int",
    at,
  );
  const [, socket] = args;
  if (socket === undefined) throw new Error("sk_assign without a socket");
  l.emit({ kind: "helper", id: release, name: "sk_release", args: [socket], pure: false, bounds }, "int", at);
  return status;
}

/** Finds the row for a name; several rows may share one, for different programs or maps. */
export function findHelper(
  receiver: Helper["receiver"],
  name: string,
  fits: (helper: Helper) => boolean,
): Helper | undefined {
  const rows = HELPERS.filter((helper) => helper.receiver === receiver && helper.name === name);
  return rows.find(fits) ?? rows[0];
}
