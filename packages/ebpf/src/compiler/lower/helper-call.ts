/**
 * Calls into the kernel: one row of the language's table of helpers becomes one call.
 */
import { HELPERS, type Helper } from "../../language/helper.ts";
import { refuse } from "../diagnostic.ts";
import type { Range, Value } from "../ir/ir.ts";
import type { ExpressionOf, Span } from "../tree.ts";
import { assignSocket } from "./assign-socket.ts";
import { U64_MAX } from "./builder.ts";
import { loadPacketBounds } from "./context.ts";
import type { Entity } from "./entity.ts";
import { HelperArguments, type Receiver } from "./helper-argument.ts";
import type { Lowering } from "./lowering.ts";
import { nullTest } from "./reference.ts";
import { valueRegion } from "./region.ts";

/** Lowers a call by its row: arguments in the kernel's order, then the result. */
export function callHelper(l: Lowering, helper: Helper, receiver: Receiver, call: ExpressionOf<"call">): Entity {
  checkProgram(l, helper, call.at);
  const handed = new HelperArguments(l, helper, receiver, call);
  const args = helper.args.flatMap((argument) => handed.take(argument));
  handed.expectEnd();
  if (helper.around !== null) return assignSocket(l, helper, helper.around, args, call.at);
  const result = emitCall(l, helper, args, receiver, call.at);
  if (helper.movesPacket && receiver.context !== null) loadPacketBounds(l, receiver.context, call.at);
  return result;
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

function checkProgram(l: Lowering, helper: Helper, at: Span): void {
  const { kind } = l.shared;
  if (helper.programs === null || helper.programs.includes(kind)) return;
  const got = `${helper.name} cannot be called in a program of kind ${kind}`;
  refuse("E602", at, got, `it works in ${helper.programs.join(", ")}`);
}

function emitCall(l: Lowering, helper: Helper, args: readonly Value[], receiver: Receiver, at: Span): Entity {
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
      const layout = declaration.value;
      if (layout === null) throw new Error(`map ${declaration.name} has no values to look up`);
      const region = valueRegion(declaration);
      return { kind: "ref", layout, base, offset: 0, region, isNull: nullTest(l, base, at) };
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
