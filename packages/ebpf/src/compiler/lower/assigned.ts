/**
 * What a piece of the tree does, found before it is lowered: which names it assigns, and whether it may move the packet.
 *
 * A loop needs both before its body is lowered, because its head is where the changed variables meet.
 */
import { HELPERS } from "../../language/helper.ts";
import type { ModuleScope } from "../resolve/program.ts";
import type { Expression, ExpressionOf, FunctionTree, Statement } from "../tree.ts";

const MOVING: ReadonlySet<string> = new Set(
  HELPERS.filter((helper) => helper.movesPacket).map((helper) => helper.name),
);

/** Calls `visit` with every statement and expression in the list, inner ones included. */
export function walk(
  statements: readonly Statement[],
  visit: {
    readonly statement?: (statement: Statement) => void;
    readonly expression?: (expression: Expression) => void;
  },
): void {
  const expression = (node: Expression): void => {
    visit.expression?.(node);
    for (const child of childrenOf(node)) expression(child);
  };
  const list = (nodes: readonly Statement[]): void => {
    for (const node of nodes) statement(node);
  };
  const statement = (node: Statement): void => {
    visit.statement?.(node);
    switch (node.kind) {
      case "declare":
        expression(node.value);
        break;
      case "assign":
        expression(node.target);
        expression(node.value);
        break;
      case "expression":
        expression(node.expression);
        break;
      case "if":
        expression(node.test);
        list(node.whenTrue);
        list(node.whenFalse);
        break;
      case "for":
        list(node.init);
        if (node.test !== null) expression(node.test);
        list(node.update);
        list(node.body);
        break;
      case "switch":
        expression(node.subject);
        for (const branch of node.cases) {
          for (const test of branch.tests) expression(test);
          list(branch.body);
        }
        break;
      case "return":
        if (node.value !== null) expression(node.value);
        break;
      case "block":
        list(node.body);
        break;
      case "break":
      case "continue":
        break;
    }
  };
  list(statements);
}

function childrenOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case "unary":
      return [node.operand];
    case "binary":
    case "compare":
    case "logical":
      return [node.left, node.right];
    case "conditional":
      return [node.test, node.whenTrue, node.whenFalse];
    case "member":
      return [node.object];
    case "call":
      return [node.callee, ...node.args];
    case "object":
      return node.properties.map((property) => property.value);
    case "array":
      return node.elements;
    default:
      return [];
  }
}

/** Names that are assigned anywhere in the statements. */
export function assignedNames(statements: readonly Statement[]): ReadonlySet<string> {
  const names = new Set<string>();
  walk(statements, {
    statement(node) {
      if (node.kind === "assign" && node.target.kind === "name") names.add(node.target.name);
    },
  });
  return names;
}

const movingFunctions = new WeakMap<FunctionTree, boolean>();

/** True when the statements call, directly or through a function, a helper after which packet references are stale. */
export function mayMovePacket(statements: readonly Statement[], scope: ModuleScope): boolean {
  let moves = false;
  walk(statements, {
    expression(node) {
      if (moves || node.kind !== "call") return;
      const { callee } = node;
      if (callee.kind === "member") moves = MOVING.has(callee.property);
      if (callee.kind === "name") moves = functionMoves(scope, callee);
    },
  });
  return moves;
}

function functionMoves(scope: ModuleScope, { name, at }: ExpressionOf<"name">): boolean {
  const binding = scope.lookup(name, at);
  if (binding.kind !== "function") return false;
  const known = movingFunctions.get(binding.tree);
  if (known !== undefined) return known;
  // Set first, so that a recursive program, which is refused later, ends here.
  movingFunctions.set(binding.tree, false);
  const moves = mayMovePacket(binding.tree.body, binding.scope);
  movingFunctions.set(binding.tree, moves);
  return moves;
}
