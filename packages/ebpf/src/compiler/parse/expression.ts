/** Expressions: operators, field access, calls, and the literals that declarations and intrinsics take. */
import type * as es from "oxc-parser";
import type { BinaryOperator, CompareOperator, Expression, Property } from "../tree.ts";
import { readLiteral } from "./literal.ts";
import type { Reader } from "./reader.ts";
import { refusedExpressions } from "./refused-constructs.ts";

/**
 * Where an expression stands. A "value" is computed at run time; a "constant" is computed by the compiler and may be a
 * string; an "argument" is handed to a declaration or an intrinsic, which may take objects and arrays too.
 */
export type Place = "value" | "constant" | "argument";

const BINARY: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", ">>>"]);
const COMPARE: ReadonlySet<string> = new Set(["===", "!==", "<", "<=", ">", ">="]);

export function isBinaryOperator(operator: string): operator is BinaryOperator {
  return BINARY.has(operator);
}

function isCompareOperator(operator: string): operator is CompareOperator {
  return COMPARE.has(operator);
}

export function readExpression(reader: Reader, node: es.Expression, place: Place = "value"): Expression {
  if (!reader.enter(node)) return { kind: "null", at: reader.span(node) };
  const expression = readUnbounded(reader, node, place);
  reader.leave();
  return expression;
}

function readUnbounded(reader: Reader, node: es.Expression, place: Place): Expression {
  const at = reader.span(node);
  switch (node.type) {
    case "Literal":
      return readLiteral(reader, node, place !== "value");
    case "Identifier":
      if (node.name !== "undefined") return { kind: "name", name: node.name, at };
      return reader.refuseExpression(node, {
        rule: "E133",
        got: "undefined",
        write: "null, or an integer that means nothing",
      });
    case "ParenthesizedExpression":
      return readExpression(reader, node.expression, place);
    case "UnaryExpression":
      return readUnary(reader, node);
    case "BinaryExpression":
      return readBinary(reader, node);
    case "LogicalExpression": {
      const { operator } = node;
      if (operator === "??") {
        return reader.refuseExpression(node, { rule: "E133", got: "the operator ??", write: "x === null ? … : …" });
      }
      return {
        kind: "logical",
        operator,
        left: readExpression(reader, node.left),
        right: readExpression(reader, node.right),
        at,
      };
    }
    case "ConditionalExpression":
      return {
        kind: "conditional",
        test: readExpression(reader, node.test),
        whenTrue: readExpression(reader, node.consequent),
        whenFalse: readExpression(reader, node.alternate),
        at,
      };
    case "MemberExpression":
      return readMember(reader, node);
    case "CallExpression":
      return readCall(reader, node);
    case "ObjectExpression":
      if (place === "argument") return { kind: "object", properties: readProperties(reader, node), at };
      return reader.refuseExpression(node, { rule: "E135", got: "an object as a value", write: "Layout.make({ … })" });
    case "ArrayExpression":
      if (place === "argument") return { kind: "array", elements: readElements(reader, node, node.elements), at };
      return reader.refuseExpression(node, {
        rule: "E135",
        got: "an array as a value",
        write: "table(kind, [ … ]) at module level",
      });
    case "TSAsExpression":
      if (isConstAssertion(node)) return readExpression(reader, node.expression, place);
      return reader.refuseExpression(node, {
        rule: "E111",
        got: "a cast",
        write: "narrow the value with &, >>> 0 or a comparison",
      });
    default:
      return reader.refuseExpression(node, refusedExpressions[node.type]);
  }
}

/** `as const` says nothing about a value, so it may stand anywhere and leaves no trace. */
function isConstAssertion({ typeAnnotation }: es.TSAsExpression): boolean {
  return (
    typeAnnotation.type === "TSTypeReference" &&
    typeAnnotation.typeName.type === "Identifier" &&
    typeAnnotation.typeName.name === "const"
  );
}

function readUnary(reader: Reader, node: es.UnaryExpression): Expression {
  const { operator } = node;
  if (operator !== "-" && operator !== "~" && operator !== "!") {
    return reader.refuseExpression(node, {
      rule: "E138",
      got: `the operator ${operator}`,
      write: operator === "+" ? "the number itself" : "a comparison of integers",
    });
  }
  return { kind: "unary", operator, operand: readExpression(reader, node.argument), at: reader.span(node) };
}

function readBinary(reader: Reader, node: es.BinaryExpression | es.PrivateInExpression): Expression {
  const at = reader.span(node);
  const { operator } = node;
  if (operator === "==" || operator === "!=") {
    return reader.refuseExpression(node, { rule: "E130", got: `the operator ${operator}`, write: `${operator}=` });
  }
  if (node.left.type !== "PrivateIdentifier") {
    if (isBinaryOperator(operator)) {
      return {
        kind: "binary",
        operator,
        left: readExpression(reader, node.left),
        right: readExpression(reader, node.right),
        at,
      };
    }
    if (isCompareOperator(operator)) {
      return {
        kind: "compare",
        operator,
        left: readExpression(reader, node.left),
        right: readExpression(reader, node.right),
        at,
      };
    }
  }
  return reader.refuseExpression(node, {
    rule: "E138",
    got: `the operator ${operator}`,
    write: operator === "**" ? "a product, or a shift for powers of two" : "a comparison of integers",
  });
}

function readMember(reader: Reader, node: es.MemberExpression): Expression {
  if (node.computed) {
    return reader.refuseExpression(node, {
      rule: "E134",
      got: "an index in brackets",
      write: ".get(i) for an array field, .at(i) for a table",
    });
  }
  if (node.optional) return reader.refuseExpression(node, refusedExpressions.ChainExpression);
  if (node.property.type === "PrivateIdentifier")
    return reader.refuseExpression(node, refusedExpressions.ClassExpression);
  return {
    kind: "member",
    object: readExpression(reader, node.object),
    property: node.property.name,
    at: reader.span(node),
  };
}

function readCall(reader: Reader, node: es.CallExpression): Expression {
  if (node.optional) return reader.refuseExpression(node, refusedExpressions.ChainExpression);
  if (node.typeArguments) reader.refuse(node.typeArguments, refusedExpressions.TSInstantiationExpression);
  const callee = readExpression(reader, node.callee);
  const isNamed = node.callee.type === "Identifier" || node.callee.type === "MemberExpression";
  // A callee that was refused itself, such as super, has its own diagnostic and needs no second one.
  if (!isNamed && callee.kind !== "null") {
    reader.refuse(node.callee, { rule: "E143", got: "a call of a computed function", write: "if (…) a(x) else b(x)" });
  }
  return { kind: "call", callee, args: readElements(reader, node, node.arguments), at: reader.span(node) };
}

/** Arguments of a call, elements of an array. */
function readElements(
  reader: Reader,
  list: es.Expression,
  nodes: readonly es.ArrayExpressionElement[],
): readonly Expression[] {
  const elements: Expression[] = [];
  for (const node of nodes) {
    if (node === null) reader.refuse(list, { rule: "E135", got: "an array with a hole", write: "0 in its place" });
    else if (node.type === "SpreadElement") refuseSpread(reader, node);
    else elements.push(readExpression(reader, node, "argument"));
  }
  return elements;
}

function refuseSpread(reader: Reader, node: es.SpreadElement): void {
  reader.refuse(node, { rule: "E137", got: "a spread", write: "each value by itself" });
}

/** Properties of `Layout.make({ … })`, `struct({ … })`, `config({ … })`: plain names, each once. */
function readProperties(reader: Reader, node: es.ObjectExpression): readonly Property[] {
  const properties: Property[] = [];
  const names = new Set<string>();
  for (const property of node.properties) {
    if (property.type === "SpreadElement") {
      refuseSpread(reader, property);
      continue;
    }
    const { key } = property;
    // __proto__ in a literal would set the prototype of the twin's object instead of a field.
    const isPlain =
      property.kind === "init" &&
      !property.method &&
      !property.computed &&
      key.type === "Identifier" &&
      key.name !== "__proto__";
    if (!isPlain || names.has(key.name)) {
      reader.refuse(property, {
        rule: "E135",
        got: isPlain ? `a second property ${key.name}` : "a property that is not name: value",
        write: "name: value, each name once",
      });
      continue;
    }
    names.add(key.name);
    properties.push({
      name: key.name,
      value: readExpression(reader, property.value, "argument"),
      at: reader.span(property),
    });
  }
  return properties;
}
