/**
 * Constructs of TypeScript that are refused wherever they stand, by the type of their node.
 *
 * The tables are total: a node type that `expression.ts` or `statement.ts` does not read must have its refusal here.
 */
import type * as es from "oxc-parser";
import type { Refusal } from "./reader.ts";

const CLOSURE: Refusal = {
  rule: "E106",
  got: "a function as a value",
  write: "declare it at module level; const f = noinline((…) => …) is the one place for an arrow",
};
const CLASS: Refusal = { rule: "E105", got: "a class", write: "a struct and functions" };
const ASYNC: Refusal = { rule: "E107", got: "asynchronous or suspended code", write: "an ordinary function" };
const CAST: Refusal = { rule: "E111", got: "a cast", write: "narrow the value with &, >>> 0 or a comparison" };
const STRING: Refusal = { rule: "E136", got: "a template string", write: 'a plain string "…"' };
const OBJECT: Refusal = { rule: "E139", got: "an object of the engine", write: "Layout.make({ … }) for an instance" };
const ASSIGNMENT: Refusal = {
  rule: "E131",
  got: "an assignment as a value",
  write: "a statement of its own before it",
};
const MARKUP: Refusal = { rule: "E100", got: "markup", write: "TypeScript" };

type ReadExpression =
  | "Literal"
  | "Identifier"
  | "UnaryExpression"
  | "BinaryExpression"
  | "LogicalExpression"
  | "ConditionalExpression"
  | "MemberExpression"
  | "CallExpression"
  | "ObjectExpression"
  | "ArrayExpression"
  | "ParenthesizedExpression"
  | "TSAsExpression";

export const refusedExpressions: Readonly<Record<Exclude<es.Expression["type"], ReadExpression>, Refusal>> = {
  ArrowFunctionExpression: CLOSURE,
  FunctionDeclaration: CLOSURE,
  FunctionExpression: CLOSURE,
  TSDeclareFunction: CLOSURE,
  TSEmptyBodyFunctionExpression: CLOSURE,
  ClassDeclaration: CLASS,
  ClassExpression: CLASS,
  AwaitExpression: ASYNC,
  YieldExpression: ASYNC,
  AssignmentExpression: ASSIGNMENT,
  UpdateExpression: ASSIGNMENT,
  SequenceExpression: { rule: "E132", got: "the comma operator", write: "one statement for each" },
  ChainExpression: { rule: "E133", got: "optional chaining", write: "if (x !== null) and then x.field" },
  TemplateLiteral: STRING,
  TaggedTemplateExpression: STRING,
  TSSatisfiesExpression: CAST,
  TSTypeAssertion: CAST,
  TSNonNullExpression: { rule: "E111", got: "! asserts that a value is not null", write: "if (x === null) return …" },
  TSInstantiationExpression: { rule: "E108", got: "type arguments", write: "the plain name" },
  NewExpression: OBJECT,
  ThisExpression: OBJECT,
  Super: OBJECT,
  MetaProperty: OBJECT,
  ImportExpression: OBJECT,
  V8IntrinsicExpression: OBJECT,
  JSXElement: MARKUP,
  JSXFragment: MARKUP,
};

const LOOP: Refusal = {
  rule: "E122",
  got: "a loop that is neither for (;;) nor while",
  write: "for (let i = 0; i < n; i++)",
};
const EXCEPTION: Refusal = { rule: "E123", got: "an exception", write: "return a value that says what failed" };
const ENGINE: Refusal = { rule: "E128", got: "a statement for a JavaScript engine", write: "nothing: leave it out" };
const MODULE_LEVEL: Refusal = {
  rule: "E104",
  got: "a module-level statement inside a function",
  write: "the declaration at module level",
};
const RUN_TIME_TYPE: Refusal = { rule: "E105", got: "an enum or a namespace", write: "constants: const KIND_DATA = 1" };

type ReadStatement =
  | "VariableDeclaration"
  | "ExpressionStatement"
  | "IfStatement"
  | "ForStatement"
  | "WhileStatement"
  | "SwitchStatement"
  | "BreakStatement"
  | "ContinueStatement"
  | "ReturnStatement"
  | "BlockStatement"
  | "EmptyStatement";

export const refusedStatements: Readonly<Record<Exclude<es.Statement["type"], ReadStatement>, Refusal>> = {
  DoWhileStatement: LOOP,
  ForInStatement: LOOP,
  ForOfStatement: LOOP,
  ThrowStatement: EXCEPTION,
  TryStatement: EXCEPTION,
  LabeledStatement: { rule: "E124", got: "a label", write: "a function that returns out of both loops" },
  DebuggerStatement: ENGINE,
  WithStatement: ENGINE,
  FunctionDeclaration: CLOSURE,
  FunctionExpression: CLOSURE,
  TSDeclareFunction: CLOSURE,
  TSEmptyBodyFunctionExpression: CLOSURE,
  ClassDeclaration: CLASS,
  ClassExpression: CLASS,
  TSEnumDeclaration: RUN_TIME_TYPE,
  TSModuleDeclaration: RUN_TIME_TYPE,
  TSTypeAliasDeclaration: MODULE_LEVEL,
  TSInterfaceDeclaration: MODULE_LEVEL,
  TSImportEqualsDeclaration: { rule: "E102", got: "import … = …", write: 'import { name } from "./module.ts"' },
  ImportDeclaration: MODULE_LEVEL,
  ExportAllDeclaration: { rule: "E103", got: "export *", write: "an import of each name where it is used" },
  ExportDefaultDeclaration: { rule: "E103", got: "a default export", write: "export in front of the declaration" },
  ExportNamedDeclaration: MODULE_LEVEL,
  TSExportAssignment: { rule: "E103", got: "export = …", write: "export in front of the declaration" },
  TSNamespaceExportDeclaration: {
    rule: "E103",
    got: "export as namespace",
    write: "export in front of the declaration",
  },
};
