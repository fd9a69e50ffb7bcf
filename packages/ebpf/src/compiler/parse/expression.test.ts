import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Expression } from "../tree.ts";
import { statements } from "./testing/texts.ts";

describe("parse: expressions", () => {
  /** Fully bracketed text of a tree, so that precedence can be read. */
  function show(tree: Expression): string {
    switch (tree.kind) {
      case "integer":
      case "boolean":
        return String(tree.value);
      case "bigint":
        return `${tree.value}n`;
      case "string":
        return JSON.stringify(tree.value);
      case "null":
        return "null";
      case "name":
        return tree.name;
      case "unary":
        return `(${tree.operator}${show(tree.operand)})`;
      case "binary":
      case "compare":
      case "logical":
        return `(${show(tree.left)} ${tree.operator} ${show(tree.right)})`;
      case "conditional":
        return `(${show(tree.test)} ? ${show(tree.whenTrue)} : ${show(tree.whenFalse)})`;
      case "member":
        return `${show(tree.object)}.${tree.property}`;
      case "call":
        return `${show(tree.callee)}(${tree.args.map(show).join(", ")})`;
      case "object":
        return `{${tree.properties.map((property) => `${property.name}: ${show(property.value)}`).join(", ")}}`;
      case "array":
        return `[${tree.elements.map(show).join(", ")}]`;
      case "arrow":
        return "=>";
    }
  }

  // The right column is worked by hand from the precedence table of ECMA-262.
  const cases: readonly (readonly [string, string])[] = [
    ["a + b * 2 - 1", "((a + (b * 2)) - 1)"],
    ["a & 1 === b", "(a & (1 === b))"],
    ["a << 2 + 1 >>> 0", "((a << (2 + 1)) >>> 0)"],
    ["a < b && !b || a !== -1", "(((a < b) && (!b)) || (a !== (-1)))"],
    ["a ? b : a ? 1 : 2", "(a ? b : (a ? 1 : 2))"],
    ["~a | b ^ a & 3", "((~a) | (b ^ (a & 3)))"],
    ["0xff_ff + 0b11 + 0o17 + 1e3", "(((65535 + 3) + 15) + 1000)"],
    ["0xffff_ffff_ffff_ffffn", "18446744073709551615n"],
    ["9007199254740991", "9007199254740991"],
    [
      'Math.floor(x.y.get(1)) === f({ a, b: [1, "s"] }, null, true)',
      '(Math.floor(x.y.get(1)) === f({a: a, b: [1, "s"]}, null, true))',
    ],
  ];
  for (const [text, expected] of cases) {
    it(`reads ${text} as ${expected}`, () => {
      const [statement] = statements(`return ${text};`);
      const value = statement?.kind === "return" ? statement.value : null;
      assert.ok(value !== null);
      assert.equal(show(value), expected);
    });
  }
});
