/**
 * Names in function bodies: each is declared, has a value where it is used, and is assigned only if it is a variable.
 *
 * Branches that configuration will drop are checked too: a slip in a name is a slip in every configuration.
 */
import { CompileError, type Diagnostic } from "../diagnostic.ts";
import type { RuleId } from "../rules/catalogue.ts";
import type { Expression, FunctionTree, Span, Statement, TypeName } from "../tree.ts";
import type { Scope } from "./scope.ts";

/** The names of a block; those that are declared further down are "later". */
type Block = Map<string, "later" | "constant" | "variable">;

interface Checking {
  readonly scope: Scope;
  readonly refusals: Diagnostic[];
  /** Innermost block last. */
  readonly blocks: readonly Block[];
}

export function checkNames(scope: Scope, refusals: Diagnostic[]): void {
  for (const fn of functionsOf(scope)) {
    const params: Block = new Map(fn.params.map(({ name }) => [name, "variable"]));
    const checking = { scope, refusals, blocks: [params] };
    for (const { type } of fn.params) checkType(checking, type);
    checkType(checking, fn.result);
    checkBlock(checking, fn.body);
  }
}

/** Declared functions and the arrows of `noinline`, each once. */
function functionsOf({ tree }: Scope): readonly FunctionTree[] {
  const arrows = tree.constants.flatMap(({ value }) => (value.kind === "call" ? value.args : []));
  return [...tree.functions, ...arrows.flatMap((argument) => (argument.kind === "arrow" ? [argument.fn] : []))];
}

function checkBlock(outer: Checking, statements: readonly Statement[], after: readonly Statement[] = []): void {
  const block: Block = new Map();
  for (const statement of statements) if (statement.kind === "declare") block.set(statement.name, "later");
  const checking = { ...outer, blocks: [...outer.blocks, block] };
  for (const statement of statements) checkStatement(checking, statement);
  // The update of a loop sees the names of its head, and runs after the body.
  for (const statement of after) checkStatement(checking, statement);
}

function checkStatement(checking: Checking, statement: Statement): void {
  switch (statement.kind) {
    case "declare":
      checkExpression(checking, statement.value);
      checkType(checking, statement.type);
      checking.blocks.at(-1)?.set(statement.name, statement.mutable ? "variable" : "constant");
      return;
    case "assign":
      if (statement.target.kind === "name") checkAssigned(checking, statement.target.name, statement.target.at);
      else checkExpression(checking, statement.target);
      checkExpression(checking, statement.value);
      return;
    case "expression":
      checkExpression(checking, statement.expression);
      return;
    case "if":
      checkExpression(checking, statement.test);
      checkBlock(checking, statement.whenTrue);
      checkBlock(checking, statement.whenFalse);
      return;
    case "for": {
      const { at, test, body, update } = statement;
      const rest: Statement[] = test === null ? [] : [{ kind: "expression", expression: test, at }];
      checkBlock(checking, statement.init, [...rest, { kind: "block", body, at }, ...update]);
      return;
    }
    case "switch":
      checkExpression(checking, statement.subject);
      for (const { tests, body } of statement.cases) {
        for (const test of tests) checkExpression(checking, test);
        checkBlock(checking, body);
      }
      return;
    case "return":
      if (statement.value !== null) checkExpression(checking, statement.value);
      return;
    case "block":
      checkBlock(checking, statement.body);
      return;
    case "break":
    case "continue":
      return;
  }
}

function checkExpression(checking: Checking, expression: Expression): void {
  switch (expression.kind) {
    case "name":
      checkUsed(checking, expression.name, expression.at);
      return;
    case "unary":
      checkExpression(checking, expression.operand);
      return;
    case "binary":
    case "compare":
    case "logical":
      checkExpression(checking, expression.left);
      checkExpression(checking, expression.right);
      return;
    case "conditional":
      checkExpression(checking, expression.test);
      checkExpression(checking, expression.whenTrue);
      checkExpression(checking, expression.whenFalse);
      return;
    case "member":
      checkExpression(checking, expression.object);
      return;
    case "call":
      checkExpression(checking, expression.callee);
      for (const argument of expression.args) checkExpression(checking, argument);
      return;
    case "object":
      for (const { value } of expression.properties) checkExpression(checking, value);
      return;
    case "array":
      for (const element of expression.elements) checkExpression(checking, element);
      return;
    case "integer":
    case "bigint":
    case "boolean":
    case "null":
    case "string":
    case "arrow":
      return;
  }
}

function find({ blocks, scope }: Checking, name: string): "later" | "constant" | "variable" | null {
  for (let depth = blocks.length - 1; depth >= 0; depth--) {
    const local = blocks[depth]?.get(name);
    if (local !== undefined) return local;
  }
  return scope.names.has(name) ? "constant" : null;
}

function checkUsed(checking: Checking, name: string, at: Span): void {
  const found = find(checking, name);
  if (found === null) add(checking, "E204", at, `${name} is not declared here`, "an import or a declaration of it");
  if (found === "later") add(checking, "E205", at, `${name} has no value yet`, "its declaration before its use");
}

function checkAssigned(checking: Checking, name: string, at: Span): void {
  checkUsed(checking, name, at);
  if (find(checking, name) !== "constant") return;
  add(checking, "E206", at, `${name} is a constant`, `let ${name}, or a cell or map for state that lasts`);
}

function checkType(checking: Checking, type: TypeName | null): void {
  if (type === null) return;
  try {
    checking.scope.resolveType(type);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    checking.refusals.push(...error.diagnostics);
  }
}

function add({ refusals }: Checking, rule: RuleId, at: Span, got: string, write: string): void {
  refusals.push({ rule, at, got, write });
}
