/**
 * Functions of the language that are not kernel helpers: `Math`, byte swaps, wrapping, copying, comparing.
 */
import { refuse } from "../diagnostic.ts";
import type { Value } from "../ir/ir.ts";
import type { ExpressionOf } from "../tree.ts";
import { callAtomic, findAtomic } from "./atomic-call.ts";
import { constantOf } from "./builder.ts";
import { copyBytes, equalBytes } from "./bytes.ts";
import { expectArgs } from "./call.ts";
import { compareValues } from "./comparison.ts";
import { branchOn } from "./condition.ts";
import type { Entity, RefEntity } from "./entity.ts";
import { expectInt, expectU64 } from "./expect.ts";
import { asDivision, lowerDivision } from "./expression.ts";
import { callHelper, findHelper } from "./helper-call.ts";
import type { Lowering } from "./lowering.ts";
import { expectRef } from "./memory.ts";
import { mergeResults } from "./reference.ts";

type Call = ExpressionOf<"call">;

export function callIntrinsic(l: Lowering, name: string, call: Call): Entity {
  const { at } = call;
  const atomic = findAtomic(name);
  if (atomic !== undefined) return callAtomic(l, atomic, call);
  switch (name) {
    case "u64wrap": {
      const [value] = expectArgs(l, call, 1);
      return {
        kind: "u64",
        value: l.emit({ kind: "wrap64", value: expectU64(value ?? NOTHING, "the argument", at) }, "u64", at),
      };
    }
    case "swap16":
    case "swap32": {
      const [argument] = expectArgs(l, call, 1);
      const value = expectInt(argument ?? NOTHING, "the argument", at);
      return { kind: "int", value: l.emit({ kind: "swap", bits: name === "swap16" ? 16 : 32, value }, "int", at) };
    }
    case "isXdp":
    case "isSkb": {
      const [context] = expectArgs(l, call, 1);
      if (context?.kind !== "context") return refuse("E604", at, `${name} takes the context`, `${name}(ctx)`);
      return { kind: "bool", value: l.constant(context.program === (name === "isXdp" ? "Xdp" : "Skb"), "bool", at) };
    }
    case "copy": {
      const [to, from] = expectPair(l, call);
      copyBytes(l, to, from, to.layout.size, at);
      return NOTHING;
    }
    case "equal": {
      const [a, b] = expectPair(l, call);
      return { kind: "bool", value: equalBytes(l, a, b, a.layout.size, at) };
    }
    default: {
      const helper = findHelper("none", name, () => true);
      if (helper !== undefined) return callHelper(l, helper, { context: null, map: null }, call);
      return refuse(
        "E505",
        at,
        `"${name}" declares something and belongs at module level`,
        "const x = … outside of functions",
      );
    }
  }
}

const NOTHING: Entity = { kind: "void" };

/** `copy(to, from)` and `equal(a, b)` need two references of one layout. */
function expectPair(l: Lowering, call: Call): readonly [RefEntity, RefEntity] {
  const [first, second] = expectArgs(l, call, 2);
  const a = expectRef(l, first ?? { kind: "void" }, "the first argument", call.at);
  const b = expectRef(l, second ?? { kind: "void" }, "the second argument", call.at);
  if (a.layout !== b.layout)
    refuse("E409", call.at, "the two references have different layouts", "copy field by field");
  return [a, b];
}

export function callMath(l: Lowering, name: string, call: Call): Entity {
  const { at } = call;
  switch (name) {
    case "floor": {
      const [argument] = call.args;
      const quotient = argument === undefined ? null : asDivision(argument);
      if (quotient !== null && call.args.length === 1) return { kind: "int", value: lowerDivision(l, quotient) };
      return refuse(
        "E303",
        at,
        "Math.floor of something that is no division",
        "every number is whole already: write Math.floor(a / b)",
      );
    }
    case "imul": {
      const [left, right] = expectNumbers(l, call);
      return { kind: "int", value: l.emit({ kind: "imul", left, right }, "int", at) };
    }
    case "min":
    case "max":
      return chooseExtreme(l, name, call);
    default:
      return refuse("E505", at, `Math.${name} is not in the subset`, "floor, imul, min, max");
  }
}

function expectNumbers(l: Lowering, call: Call): readonly [Value, Value] {
  const [left, right] = expectArgs(l, call, 2);
  return [
    expectInt(left ?? NOTHING, "the first argument", call.at),
    expectInt(right ?? NOTHING, "the second argument", call.at),
  ];
}

/** A branch and a join; the facts of the branch make the interval of the result tight. */
function chooseExtreme(l: Lowering, name: "min" | "max", call: Call): Entity {
  const { at } = call;
  const [left, right] = expectNumbers(l, call);
  const outcomes = branchOn(l, compareValues(l, name === "min" ? "<=" : ">=", left, right, at), at);
  const comparison = name === "min" ? "<=" : ">=";
  const strict = name === "min" ? "<" : ">";
  const ways = [
    { edges: outcomes.whenTrue, value: left, other: right, comparison },
    { edges: outcomes.whenFalse, value: right, other: left, comparison: strict },
  ] as const;
  const results = ways.flatMap((way) => {
    l.join(way.edges, at);
    if (l.cursor === null) return [];
    const known = constantOf(way.value) !== null;
    const value = known
      ? way.value
      : l.emit({ kind: "refine", value: way.value, comparison: way.comparison, other: way.other }, "int", at);
    return [{ edge: l.here, entity: { kind: "int", value } as const }];
  });
  return mergeResults(l, results, at);
}
