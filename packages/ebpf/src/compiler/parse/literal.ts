/** Literals: exact integers, 64-bit integers, booleans, null, and strings where a declaration takes them. */
import type * as es from "oxc-parser";
import type { Expression } from "../tree.ts";
import type { Reader } from "./reader.ts";

type Literal = Extract<es.Expression, { readonly type: "Literal" }>;

const U64_MAX = 2n ** 64n - 1n;

/** @param takesString true in an argument, a property or a module constant, the only places where a string has a use */
export function readLiteral(reader: Reader, node: Literal, takesString: boolean): Expression {
  if ("bigint" in node) return readBigint(reader, node);
  if ("regex" in node) {
    return reader.refuseExpression(node, {
      rule: "E136",
      got: "a regular expression",
      write: "compare bytes one by one",
    });
  }
  // JSON cannot carry a number that is too large for a double; oxc then sends null and the text.
  if (node.value === null && node.raw !== "null") return readNumber(reader, node, Number.POSITIVE_INFINITY);
  if (node.value === null) return { kind: "null", at: reader.span(node) };
  if (typeof node.value === "boolean") return { kind: "boolean", value: node.value, at: reader.span(node) };
  if (typeof node.value === "number") return readNumber(reader, node, node.value);
  if (typeof node.value === "string") {
    if (takesString) return { kind: "string", value: node.value, at: reader.span(node) };
    return reader.refuseExpression(node, {
      rule: "E136",
      got: "a string as a value",
      write: "use an integer; strings stand only in declarations and calls",
    });
  }
  return reader.refuseExpression(node, {
    rule: "E136",
    got: "a regular expression",
    write: "compare bytes one by one",
  });
}

function readNumber(reader: Reader, node: Literal, value: number): Expression {
  const text = node.raw ?? String(value);
  if (text.includes(".") || (Number.isFinite(value) && !Number.isInteger(value))) {
    return reader.refuseExpression(node, {
      rule: "E140",
      got: `${text} is not an integer`,
      write: "scale it to an integer unit",
    });
  }
  if (!Number.isSafeInteger(value)) {
    return reader.refuseExpression(node, {
      rule: "E141",
      got: `${text} is 2^53 or more, where numbers are not exact`,
      write: "write a u64 literal, with n at its end",
    });
  }
  return { kind: "integer", value, at: reader.span(node) };
}

function readBigint(reader: Reader, node: es.BigIntLiteral): Expression {
  if (node.value > U64_MAX) {
    return reader.refuseExpression(node, {
      rule: "E142",
      got: `${node.raw} needs more than 64 bits`,
      write: "at most 2^64 - 1",
    });
  }
  return { kind: "bigint", value: node.value, at: reader.span(node) };
}
