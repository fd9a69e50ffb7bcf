/**
 * The context: fields the kernel keeps beside the packet, `ctx.at`, and helpers called on it.
 */
import { CONTEXT_FIELDS, type ContextField, PACKET_BOUNDS } from "../../language/context-field.ts";
import { refuse } from "../diagnostic.ts";
import type { Value } from "../ir/ir.ts";
import type { ExpressionOf, Span } from "../tree.ts";
import { constantOf } from "./builder.ts";
import { expectArgs } from "./call.ts";
import { type ContextEntity, describe, type Entity } from "./entity.ts";
import type { PacketBounds } from "./environment.ts";
import { expectInt } from "./expect.ts";
import { callHelper, findHelper } from "./helper-call.ts";
import type { Lowering } from "./lowering.ts";
import { contextRegion, packetRegion } from "./region.ts";

type Call = ExpressionOf<"call">;

/** The farthest that a layout may reach into a packet: the verifier forgets what it knows of a pointer beyond it. */
const MAX_PACKET_OFFSET = 65535n;

/** The farthest that a load or store reaches from its base: 16 bits with a sign. */
const MAX_DISTANCE = 32767;

/** Loads where the packet begins and ends; again after every helper that may move it. Unused loads vanish. */
export function loadPacketBounds(l: Lowering, context: ContextEntity, at: Span): PacketBounds | null {
  const bounds = PACKET_BOUNDS[context.program];
  if (bounds === null) return null;
  const load = (offset: number): Value =>
    l.emit(
      { kind: "load", base: context.pointer, offset, size: bounds.size, signed: false, swap: false },
      "pointer",
      at,
    );
  l.env.packet = { data: load(bounds.data), end: load(bounds.dataEnd) };
  return l.env.packet;
}

function packetOf(l: Lowering, context: ContextEntity, at: Span): PacketBounds {
  return (
    l.env.packet ??
    loadPacketBounds(l, context, at) ??
    refuse("E605", at, `a program of kind ${context.program} sees no packet`, "use the fields of its context")
  );
}

export function readContextField(l: Lowering, context: ContextEntity, name: string, at: Span): Entity {
  if (name === "args" && context.args !== null) {
    const region = contextRegion(8);
    return { kind: "ref", layout: context.args, base: context.pointer, offset: 0, region, isNull: null };
  }
  const field = findField(context, name);
  if (field === undefined) return name === "length" ? packetLength(l, context, at) : unknownField(context, name, at);
  const place = {
    base: context.pointer,
    offset: field.offset,
    region: contextRegion(4),
  };
  if (field.words > 1) {
    const element = { kind: "int", bits: 32, signed: false, raw: true } as const;
    return { kind: "vector", element, length: field.words, swapped: false, ...place };
  }
  const { base, offset } = place;
  const value = l.emit({ kind: "load", base, offset, size: field.size, signed: false, swap: false }, "int", at);
  if (field.convert === "none") return { kind: "int", value };
  return { kind: "int", value: l.emit({ kind: "swap", bits: 16, value }, "int", at) };
}

function findField(context: ContextEntity, name: string): ContextField | undefined {
  return CONTEXT_FIELDS[context.program].find((field) => field.name === name);
}

function unknownField(context: ContextEntity, name: string, at: Span): never {
  const names = CONTEXT_FIELDS[context.program].map((field) => field.name);
  return refuse(
    "E406",
    at,
    `the context of a program of kind ${context.program} has no field "${name}"`,
    `one of: ${names.join(", ")}`,
  );
}

/** `data_end - data`: the verifier lets two packet pointers be subtracted and knows nothing of the result but that it is a number. */
function packetLength(l: Lowering, context: ContextEntity, at: Span): Entity {
  const { data, end } = packetOf(l, context, at);
  return { kind: "int", value: l.emit({ kind: "distance", from: data, to: end }, "int", at) };
}

export function writeContextField(l: Lowering, context: ContextEntity, name: string, value: Entity, at: Span): void {
  const field = findField(context, name);
  if (field === undefined) unknownField(context, name, at);
  if (!field.writable)
    refuse("E411", at, `ctx.${name} is read-only`, "the kernel lets programs write mark and priority only");
  const number = expectInt(value, `ctx.${name}`, at);
  l.emit(
    { kind: "store", base: context.pointer, offset: field.offset, size: 4, swap: false, value: number },
    "none",
    at,
  );
}

export function callContextMethod(l: Lowering, context: ContextEntity, method: string, call: Call): Entity {
  if (method === "at") return packetReference(l, context, call);
  const helper = findHelper("context", method, (row) => row.programs?.includes(context.program) ?? true);
  if (helper === undefined)
    return refuse(
      "E505",
      call.at,
      `the context has no method "${method}"`,
      "see the table of helpers in docs/language.md",
    );
  return callHelper(l, helper, { context, map: null }, call);
}

/** `ctx.at(offset, Layout)`: one comparison with the packet's end covers the whole layout. */
function packetReference(l: Lowering, context: ContextEntity, call: Call): Entity {
  const { at } = call;
  const [where, what] = expectArgs(l, call, 2);
  if (what?.kind !== "static" || what.binding.kind !== "layout") {
    return refuse(
      "E604",
      at,
      `ctx.at takes a layout, got ${what === undefined ? "nothing" : describe(what)}`,
      "ctx.at(offset, Layout)",
    );
  }
  const { layout } = what.binding;
  const fit = {
    low: 0n,
    high: MAX_PACKET_OFFSET - BigInt(layout.size),
    rule: "E405",
    subject: "the packet offset",
    write: "narrow it with & or test it first",
  } as const;
  const offset = l.fit(expectInt(where ?? { kind: "void" }, "the packet offset", at), fit, at);
  const { data, end } = packetOf(l, context, at);
  const constant = constantOf(offset);
  const isNear = constant !== null && Number(constant) + layout.size <= MAX_DISTANCE;
  const base = isNear ? data : l.emit({ kind: "offset", base: data, amount: offset }, "pointer", at);
  const distance = isNear ? Number(constant) : 0;
  const last = l.offset(base, distance + layout.size, at);
  return {
    kind: "ref",
    layout,
    base,
    offset: distance,
    region: packetRegion(data),
    isNull: l.emit({ kind: "compare", operator: ">", left: last, right: end }, "bool", at),
  };
}
