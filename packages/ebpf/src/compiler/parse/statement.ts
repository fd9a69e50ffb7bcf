/** Statements: declarations, assignments, branches, loops and calls. */
import type * as es from "oxc-parser";
import type { AssignTarget, BinaryOperator, Expression, Statement } from "../tree.ts";
import { isBinaryOperator, readExpression } from "./expression.ts";
import type { Reader } from "./reader.ts";
import { refusedExpressions, refusedStatements } from "./refused-constructs.ts";
import { readSwitch } from "./switch.ts";
import { readAnnotation } from "./type-name.ts";

/** The statements of a block or a function body. */
export function readStatements(reader: Reader, nodes: readonly (es.Statement | es.Directive)[]): readonly Statement[] {
  const statements: Statement[] = [];
  for (const node of nodes) {
    if (!reader.enter(node)) break;
    statements.push(...readStatement(reader, node));
    reader.leave();
  }
  return statements;
}

/** One statement of the source: none for `;` and for what was refused, several for `let a = 1, b = 2`. */
function readStatement(reader: Reader, node: es.Statement | es.Directive): readonly Statement[] {
  const at = reader.span(node);
  switch (node.type) {
    case "VariableDeclaration":
      return readVariables(reader, node);
    case "ExpressionStatement":
      if (!node.directive) return readEffect(reader, node.expression, at);
      reader.refuse(node, refusedStatements.DebuggerStatement);
      return [];
    case "IfStatement":
      return [
        {
          kind: "if",
          test: readExpression(reader, node.test),
          whenTrue: readBody(reader, node.consequent),
          whenFalse: node.alternate === null ? [] : readBody(reader, node.alternate),
          at,
        },
      ];
    case "WhileStatement":
      return [
        {
          kind: "for",
          init: [],
          test: readLoopTest(reader, node.test),
          update: [],
          body: readBody(reader, node.body),
          at,
        },
      ];
    case "ForStatement":
      return [
        {
          kind: "for",
          init: readForInit(reader, node.init),
          test: readLoopTest(reader, node.test),
          update: node.update === null ? [] : readEffect(reader, node.update, reader.span(node.update)),
          body: readBody(reader, node.body),
          at,
        },
      ];
    case "SwitchStatement":
      return [readSwitch(reader, node, readStatements)];
    case "BreakStatement":
    case "ContinueStatement":
      if (node.label !== null) reader.refuse(node.label, refusedStatements.LabeledStatement);
      return [{ kind: node.type === "BreakStatement" ? "break" : "continue", at }];
    case "ReturnStatement":
      return [{ kind: "return", value: node.argument === null ? null : readExpression(reader, node.argument), at }];
    case "BlockStatement":
      return [{ kind: "block", body: readStatements(reader, node.body), at }];
    case "EmptyStatement":
      return [];
    default:
      reader.refuse(node, refusedStatements[node.type]);
      return [];
  }
}

/** The body of a branch or a loop, without the braces around it. */
function readBody(reader: Reader, node: es.Statement): readonly Statement[] {
  return readStatements(reader, node.type === "BlockStatement" ? node.body : [node]);
}

/** `while (true)` and `for (;;)` are the same loop. */
function readLoopTest(reader: Reader, node: es.Expression | null): Expression | null {
  if (node === null) return null;
  const test = readExpression(reader, node);
  return test.kind === "boolean" && test.value ? null : test;
}

function readForInit(reader: Reader, node: es.ForStatementInit | null): readonly Statement[] {
  if (node === null) return [];
  return node.type === "VariableDeclaration"
    ? readVariables(reader, node)
    : readEffect(reader, node, reader.span(node));
}

function readVariables(reader: Reader, node: es.VariableDeclaration): readonly Statement[] {
  if (node.kind === "var") reader.refuse(node, { rule: "E120", got: "var", write: "const or let" });
  if (node.kind === "using" || node.kind === "await using")
    reader.refuse(node, { ...refusedStatements.DebuggerStatement, write: "const" });
  return node.declarations.flatMap((declarator) => readVariable(reader, declarator, node.kind !== "const"));
}

function readVariable(
  reader: Reader,
  { id, init, start, end }: es.VariableDeclarator,
  mutable: boolean,
): readonly Statement[] {
  if (id.type !== "Identifier") {
    reader.refuse(id, { rule: "E112", got: "destructuring", write: "const field = ref.field" });
    return [];
  }
  const type = readAnnotation(reader, id.typeAnnotation);
  if (init === null) {
    reader.refuse(id, { rule: "E121", got: `${id.name} has no value`, write: `let ${id.name}: … = 0` });
    return [];
  }
  return [
    {
      kind: "declare",
      mutable,
      name: id.name,
      type,
      value: readExpression(reader, init),
      at: reader.span({ start, end }),
    },
  ];
}

/** An expression that stands as a statement, and therefore must do something: assign, step or call. */
function readEffect(reader: Reader, node: es.Expression, at: Statement["at"]): readonly Statement[] {
  switch (node.type) {
    case "ParenthesizedExpression":
      return readEffect(reader, node.expression, at);
    case "AssignmentExpression":
      return readAssignment(reader, node, at);
    case "UpdateExpression": {
      const target = readTarget(reader, node.argument);
      const one: Expression = { kind: "integer", value: 1, at };
      return target === null
        ? []
        : [{ kind: "assign", target, operator: node.operator === "++" ? "+" : "-", value: one, at }];
    }
    case "Literal":
    case "Identifier":
    case "UnaryExpression":
    case "BinaryExpression":
    case "LogicalExpression":
    case "ConditionalExpression":
    case "MemberExpression":
      reader.refuse(node, {
        rule: "E127",
        got: "a value that nobody uses",
        write: "a call or an assignment, or nothing",
      });
      return [];
    default:
      return [{ kind: "expression", expression: readExpression(reader, node), at }];
  }
}

function readAssignment(reader: Reader, node: es.AssignmentExpression, at: Statement["at"]): readonly Statement[] {
  const operator = readAssignmentOperator(reader, node);
  const target = readTarget(reader, node.left);
  const value = readExpression(reader, node.right);
  return target === null || operator === undefined ? [] : [{ kind: "assign", target, operator, value, at }];
}

/** The operator of `op=`, `null` for `=`, `undefined` when it was refused. */
function readAssignmentOperator(reader: Reader, node: es.AssignmentExpression): BinaryOperator | null | undefined {
  if (node.operator === "=") return null;
  const operator = node.operator.slice(0, -1);
  if (isBinaryOperator(operator)) return operator;
  reader.refuse(node, { rule: "E138", got: `the operator ${node.operator}`, write: "if (…) and a plain assignment" });
  return undefined;
}

function readTarget(reader: Reader, node: es.AssignmentTarget): AssignTarget | null {
  if (node.type === "ArrayPattern" || node.type === "ObjectPattern") {
    reader.refuse(node, { rule: "E112", got: "destructuring", write: "one assignment for each variable" });
    return null;
  }
  const target = readExpression(reader, node);
  if (target.kind === "name" || target.kind === "member") return target;
  // `(x as const) = 1`; everything else was refused when it was read.
  if (target.kind !== "null") reader.refuse(node, refusedExpressions.TSTypeAssertion);
  return null;
}
