/** Functions: declared ones, and the arrow that `noinline` takes. */
import type * as es from "oxc-parser";
import type { FunctionTree, Parameter, Statement } from "../tree.ts";
import { readExpression } from "./expression.ts";
import type { Reader } from "./reader.ts";
import { refusedExpressions } from "./refused-constructs.ts";
import { readStatements } from "./statement.ts";
import { readAnnotation } from "./type-name.ts";

/** @param name the declared name, for an arrow that of its constant */
export function readFunction(
  reader: Reader,
  node: es.Function | es.ArrowFunctionExpression,
  name: string,
): FunctionTree {
  if (node.async || node.generator) reader.refuse(node, refusedExpressions.AwaitExpression);
  if (node.typeParameters) {
    reader.refuse(node.typeParameters, { rule: "E108", got: "type parameters", write: "one function for each type" });
  }
  return {
    name,
    params: node.params.flatMap((param) => readParameter(reader, param)),
    result: readAnnotation(reader, node.returnType),
    body: node.body === null ? [] : readFunctionBody(reader, node.body),
    at: reader.span(node),
  };
}

/** `(n: u8): u8 => n + 1` is a function whose body is one `return`. */
function readFunctionBody(reader: Reader, body: es.FunctionBody | es.Expression): readonly Statement[] {
  if (body.type === "BlockStatement") return readStatements(reader, body.body);
  return [{ kind: "return", value: readExpression(reader, body), at: reader.span(body) }];
}

function readParameter(reader: Reader, node: es.ParamPattern): readonly Parameter[] {
  if (node.type === "ObjectPattern" || node.type === "ArrayPattern") {
    reader.refuse(node, {
      rule: "E112",
      got: "destructuring",
      write: "a parameter for the reference, and its fields in the body",
    });
    return [];
  }
  if (node.type !== "Identifier" || node.optional || node.name === "this") {
    reader.refuse(node, {
      rule: "E109",
      got: "a parameter that is not name: type",
      write: "name: type, and pass every argument",
    });
    return [];
  }
  return [{ name: node.name, type: readAnnotation(reader, node.typeAnnotation), at: reader.span(node) }];
}
