/**
 * `ctx.assignFrom(map, key, flags)`: the socket under a key is looked up, chosen and let go. Three helpers, because a socket is no value
 * of the language.
 */
import type { Helper } from "../../language/helper.ts";
import type { Range, Value } from "../ir/ir.ts";
import type { Span } from "../tree.ts";
import type { Entity } from "./entity.ts";
import type { Lowering } from "./lowering.ts";
import { mergeResults, nullTest } from "./reference.ts";

const ENOENT = -2;
const STATUS: Range = { low: -4095n, high: 0n };

/** @param args as the row has them: context, map, key, flags */
export function assignSocket(
  l: Lowering,
  helper: Helper,
  around: NonNullable<Helper["around"]>,
  args: readonly Value[],
  at: Span,
): Entity {
  const [context, map, key, flags] = args;
  if (context === undefined || map === undefined || key === undefined || flags === undefined)
    throw new Error("sk_assign without its arguments");
  const call = { kind: "helper", pure: false } as const;
  const lookup = { ...call, id: around.before, name: "map_lookup_elem", args: [map, key], bounds: null };
  const socket = l.emit(lookup, "pointer", at);
  const { whenTrue, whenFalse } = l.branch(nullTest(l, socket, at), at);
  if (whenTrue === null || whenFalse === null) throw new Error("a lookup is null or not, and nobody knows before");
  whenTrue.block.cold = true;
  l.cursor = whenTrue;
  const missing = { edge: l.here, entity: { kind: "int", value: l.int(ENOENT, at) } as const };
  l.cursor = whenFalse;
  const { id, kernelName: name } = helper;
  const value = l.emit({ ...call, id, name, args: [context, socket, flags], bounds: STATUS }, "int", at);
  l.emit({ ...call, id: around.after, name: "sk_release", args: [socket], bounds: STATUS }, "int", at);
  return mergeResults(l, [missing, { edge: l.here, entity: { kind: "int", value } }], at);
}
