/**
 * `switch`: cases that share a body become one case, and the `break` that ends a body is dropped, so that later phases
 * see a choice between bodies and no falling through.
 */
import type * as es from "oxc-parser";
import type { Statement, StatementOf, SwitchCase } from "../tree.ts";
import { readExpression } from "./expression.ts";
import type { Reader } from "./reader.ts";

type ReadStatements = (reader: Reader, nodes: readonly es.Statement[]) => readonly Statement[];

export function readSwitch(
  reader: Reader,
  node: es.SwitchStatement,
  readStatements: ReadStatements,
): StatementOf<"switch"> {
  const subject = readExpression(reader, node.discriminant);
  const cases: SwitchCase[] = [];
  let waiting: es.SwitchCase[] = [];
  for (const [index, next] of node.cases.entries()) {
    waiting.push(next);
    const isLast = index === node.cases.length - 1;
    if (next.consequent.length === 0 && !isLast) continue;
    refuseDeclarations(reader, next);
    const body = readStatements(reader, next.consequent);
    if (!isLast && !endsControl(body)) {
      reader.refuse(next, {
        rule: "E125",
        got: "a case that runs on into the next",
        write: "break, return or continue at its end",
      });
    }
    const tests = waiting.flatMap(({ test }) => (test === null ? [] : [readExpression(reader, test)]));
    const first = waiting[0] ?? next;
    cases.push({
      tests,
      isDefault: waiting.some(({ test }) => test === null),
      body: withoutFinalBreak(body),
      at: reader.span({ start: first.start, end: next.end }),
    });
    waiting = [];
  }
  return { kind: "switch", subject, cases, at: reader.span(node) };
}

function refuseDeclarations(reader: Reader, { consequent }: es.SwitchCase): void {
  for (const node of consequent) {
    if (node.type !== "VariableDeclaration") continue;
    reader.refuse(node, {
      rule: "E126",
      got: "a declaration shared by all cases",
      write: "{ … } around the body of the case",
    });
  }
}

/** True when control never reaches what follows the statements. */
function endsControl(body: readonly Statement[]): boolean {
  const last = body.at(-1);
  if (last === undefined) return false;
  switch (last.kind) {
    case "break":
    case "continue":
    case "return":
      return true;
    case "block":
      return endsControl(last.body);
    case "if":
      return endsControl(last.whenTrue) && endsControl(last.whenFalse);
    default:
      return false;
  }
}

function withoutFinalBreak(body: readonly Statement[]): readonly Statement[] {
  const last = body.at(-1);
  if (last?.kind === "break") return body.slice(0, -1);
  if (last?.kind === "block") return [...body.slice(0, -1), { ...last, body: withoutFinalBreak(last.body) }];
  return body;
}
