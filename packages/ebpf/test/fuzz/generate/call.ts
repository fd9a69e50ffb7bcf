/**
 * Generated calls of the module's functions.
 */
import type { Body, RefVariable } from "./body.ts";
import { condition } from "./condition.ts";
import type { Integer } from "./expression.ts";
import type { FunctionModel, Parameter } from "./function.ts";
import { integerIn } from "./integer.ts";
import { wrappedQuad } from "./quad.ts";

/** A call inside of an expression: of a function that leaves packet and maps where they are. `null` when there is none. */
export function callFor(b: Body, result: "int" | "u64" | "boolean", depth: number): Integer | null {
  const candidates = b.module.functions.filter((fn) => fn.result.kind === result && !fn.moves && !fn.changesMaps);
  const fn = pickCallable(b, candidates);
  const text = fn === null ? null : callText(b, fn, depth);
  if (fn === null || text === null) return null;
  return { text, low: fn.low, high: fn.high, tainted: true };
}

/** One of the functions that can be called here, within what inlining may cost. */
export function pickCallable(b: Body, candidates: readonly FunctionModel[]): FunctionModel | null {
  if (!b.calls) return null;
  const callable = candidates.filter((fn) => {
    if (fn.cost > b.module.inlineBudget) return false;
    if ((fn.moves || fn.repeats) && b.loops > 0) return false;
    if (fn.changesMaps && !b.changesMaps) return false;
    return fn.parameters.every((parameter) => isAvailable(b, parameter));
  });
  return callable.length === 0 ? null : b.random.pick(callable);
}

/** The call with its arguments. `null` when an argument is not to be had after all. */
export function callText(b: Body, fn: FunctionModel, depth: number): string | null {
  b.module.inlineBudget -= fn.cost;
  if (fn.repeats) b.module.repetitions++;
  const args: string[] = [];
  for (const parameter of fn.parameters) {
    const arg = argument(b, parameter, depth);
    if (arg === null) return null;
    args.push(arg);
  }
  return `${fn.name}(${args.join(", ")})`;
}

function isAvailable(b: Body, parameter: Parameter): boolean {
  if (parameter.kind === "context") return b.context === parameter.context;
  return parameter.kind !== "ref" || refsFor(b, parameter).length > 0;
}

function refsFor(b: Body, { layout }: Extract<Parameter, { kind: "ref" }>): readonly RefVariable[] {
  return b.liveRefs.filter((ref) => ref.layout === layout && ref.place !== "args");
}

function argument(b: Body, parameter: Parameter, depth: number): string | null {
  switch (parameter.kind) {
    case "int":
      return integerIn(b, parameter.type.name, Math.min(depth, 1)).text;
    case "u64":
      return wrappedQuad(b, Math.min(depth, 1)).text;
    case "boolean":
      return condition(b, 0);
    case "context":
      return "ctx";
    case "ref": {
      const refs = refsFor(b, parameter);
      return refs.length === 0 ? null : b.random.pick(refs).text;
    }
  }
}
