/**
 * Calls: who is called decides how.
 *
 * A module-level function is inlined; one marked `noinline` is called; methods of layouts, maps, vectors, tables, cells and the context,
 * and the functions of the language itself, each have a file that lowers them.
 */
import { refuse } from "../diagnostic.ts";
import type { Expression, ExpressionOf } from "../tree.ts";
import { callCell } from "./cell-call.ts";
import { callContextMethod } from "./context.ts";
import { toInt, toU64 } from "./conversion.ts";
import { describe, type Entity } from "./entity.ts";
import { expectInt, expectU64 } from "./expect.ts";
import { lowerExpression } from "./expression.ts";
import { inline } from "./inline.ts";
import { callIntrinsic, callMath } from "./intrinsic.ts";
import { invoke } from "./invoke.ts";
import type { Lowering } from "./lowering.ts";
import { callLayout } from "./make.ts";
import { callMap } from "./map-call.ts";
import { callTable } from "./table-call.ts";
import { callVector } from "./vector-call.ts";

type Call = ExpressionOf<"call">;

export function lowerCall(l: Lowering, call: Call): Entity {
  const { callee } = call;
  if (callee.kind === "name") return callName(l, callee, call);
  if (callee.kind !== "member")
    return refuse("E505", callee.at, "this cannot be called", "call a function or a method by its name");
  if (isMath(l, callee.object)) return callMath(l, callee.property, call);
  const object = lowerExpression(l, callee.object);
  const method = callee.property;
  switch (object.kind) {
    case "context":
      return callContextMethod(l, object, method, call);
    case "map":
      return object.declaration.isCell
        ? callCell(l, object.declaration, method, call)
        : callMap(l, object, method, call);
    case "vector":
      return callVector(l, object, method, call);
    case "static":
      if (object.binding.kind === "layout") return callLayout(l, object.binding, method, call);
      if (object.binding.kind === "table") return callTable(l, object.binding, method, call);
      break;
    default:
      break;
  }
  return refuse(
    "E505",
    callee.at,
    `${describe(object)} has no method "${method}"`,
    "methods belong to layouts, maps, vectors, tables and the context",
  );
}

/** `Math` is a name like any other: a variable or a constant may take it. */
function isMath(l: Lowering, object: Expression): boolean {
  if (object.kind !== "name" || l.findVariable(object.name) !== null) return false;
  const binding = l.frame.scope.lookup(object.name, object.at);
  return binding.kind === "intrinsic" && binding.name === "Math";
}

function callName(l: Lowering, callee: ExpressionOf<"name">, call: Call): Entity {
  const { name, at } = callee;
  const binding = l.findVariable(name) === null ? l.frame.scope.lookup(name, at) : null;
  switch (binding?.kind) {
    case "function":
      return binding.noinline ? invoke(l, binding, call) : inline(l, binding, call);
    case "intrinsic":
      if (binding.name === "Number" || binding.name === "BigInt") return convert(l, binding.name, call);
      return callIntrinsic(l, binding.name, call);
    default:
      return refuse("E505", at, `"${name}" is not a function`, "call a function declared at module level");
  }
}

function convert(l: Lowering, name: "Number" | "BigInt", call: Call): Entity {
  const [argument] = expectArgs(l, call, 1);
  if (argument === undefined) throw new Error("one argument was expected");
  if (name === "BigInt")
    return { kind: "u64", value: toU64(l, expectInt(argument, "the argument of BigInt", call.at), call.at) };
  return { kind: "int", value: toInt(l, expectU64(argument, "the argument of Number", call.at), call.at) };
}

/** Lowers the arguments, of which there must be between `least` and `most`. */
export function expectArgs(l: Lowering, call: Call, least: number, most = least): readonly Entity[] {
  const { length } = call.args;
  if (length < least || length > most) {
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    refuse("E502", call.at, `${length} arguments, ${wanted} wanted`, "give each parameter one argument");
  }
  return call.args.map((arg) => lowerExpression(l, arg));
}
