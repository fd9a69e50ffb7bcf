/**
 * Constant expressions agree with JavaScript: whatever resolution accepts has the value that V8 computes for the same text.
 */
import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { CompileError } from "../diagnostic.ts";
import { resolve } from "./resolve.ts";

const EDGES = [0, 1, 2, 3, 7, 31, 32, 255, 65535, 2147483647, 2147483648, 4294967295, 4294967296, 9007199254740991];

const { number, bigint } = fc.letrec<{ number: string; bigint: string; condition: string }>((tie) => ({
  number: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(...EDGES).map(String),
    fc
      .tuple(tie("number"), fc.constantFrom("+", "-", "*", "%", "&", "|", "^", "<<", ">>", ">>>"), tie("number"))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc.tuple(tie("number"), tie("number")).map(([left, right]) => `Math.floor(${left} / ${right})`),
    fc
      .tuple(fc.constantFrom("min", "max", "imul"), tie("number"), tie("number"))
      .map(([name, a, b]) => `Math.${name}(${a}, ${b})`),
    tie("number").map((operand) => `-(${operand})`),
    tie("number").map((operand) => `~(${operand})`),
    tie("bigint").map((operand) => `Number(${operand})`),
    fc.tuple(tie("condition"), tie("number"), tie("number")).map(([test, a, b]) => `(${test} ? ${a} : ${b})`),
  ),
  bigint: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("0n", "1n", "63n", "4294967296n", "18446744073709551615n"),
    fc
      .tuple(tie("bigint"), fc.constantFrom("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"), tie("bigint"))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    tie("bigint").map((operand) => `u64wrap(${operand})`),
    tie("number").map((operand) => `BigInt(${operand})`),
  ),
  condition: fc.oneof(
    { maxDepth: 4 },
    fc
      .tuple(tie("number"), fc.constantFrom("===", "!==", "<", "<=", ">", ">="), tie("number"))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(tie("condition"), fc.constantFrom("&&", "||"), tie("condition"))
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    tie("condition").map((operand) => `!${operand}`),
  ),
}));

/** The constant's value, or `null` when it was refused. */
function compiled(expression: string): number | bigint | null {
  const text = `import { u64wrap, type Xdp } from "@weir/ebpf";\nconst value = ${expression};\nexport function program(ctx: Xdp): number { return 0; }`;
  try {
    const scope = resolve("main.ts", () => text).modules.at(-1);
    const binding = scope?.lookup("value", { source: scope.tree.source, start: 0, end: 0 });
    assert.ok(binding?.kind === "integer" || binding?.kind === "bigint");
    return binding.value;
  } catch (error) {
    if (error instanceof CompileError) return null;
    throw error;
  }
}

// A refusal proves nothing, so the share of accepted expressions is looked at too.
it("a constant that is accepted has the value that V8 computes", () => {
  let accepted = 0;
  const agrees = (expression: string): void => {
    const value = compiled(expression);
    if (value === null) return;
    accepted += 1;
    const run = new Function("u64wrap", `return ${expression};`);
    const expected: unknown = run((wrapped: bigint) => BigInt.asUintN(64, wrapped));
    // V8 knows -0; nothing in the language can tell it from 0.
    assert.ok(
      Object.is(value, typeof expected === "number" ? expected + 0 : expected),
      `${expression}: ${value}, in V8 ${String(expected)}`,
    );
  };
  fc.assert(fc.property(fc.oneof(number, bigint), agrees), { numRuns: 2000 });
  assert.ok(accepted > 400, `only ${accepted} of 2000 expressions were accepted`);
});
