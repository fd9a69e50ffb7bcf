/** Module level: imports, exports, constants, functions and types. */
import type * as es from "oxc-parser";
import type {
  AliasTree,
  ConstantTree,
  Expression,
  FunctionTree,
  ImportedName,
  ImportTree,
  ModuleTree,
} from "../tree.ts";
import { readExpression } from "./expression.ts";
import { readFunction } from "./function.ts";
import type { Reader } from "./reader.ts";
import { refusedExpressions, refusedStatements } from "./refused-constructs.ts";
import { readTypeName } from "./type-name.ts";

type ExportableFunction = FunctionTree & { readonly exported: boolean };

/** The module under construction; `readModule` freezes it into a `ModuleTree`. */
interface Draft {
  readonly imports: ImportTree[];
  readonly constants: ConstantTree[];
  readonly functions: ExportableFunction[];
  readonly aliases: AliasTree[];
  /** Names of types and interfaces, which may be exported by name although most leave no trace. */
  readonly types: Set<string>;
  readonly exports: es.ExportSpecifier[];
}

export function readModule(reader: Reader, nodes: readonly (es.Statement | es.Directive)[]): ModuleTree {
  const draft: Draft = { imports: [], constants: [], functions: [], aliases: [], types: new Set(), exports: [] };
  for (const node of nodes) readTopLevel(reader, draft, node);
  const exported = readExportedNames(reader, draft);
  const mark = <Tree extends { readonly name: string; readonly exported: boolean }>(tree: Tree): Tree => ({
    ...tree,
    exported: tree.exported || exported.has(tree.name),
  });
  const { imports, aliases } = draft;
  const constants = draft.constants.map(mark);
  return { source: reader.source, imports, constants, functions: draft.functions.map(mark), aliases };
}

function readTopLevel(reader: Reader, draft: Draft, node: es.Statement | es.Directive): void {
  switch (node.type) {
    case "ImportDeclaration":
      readImport(reader, draft, node);
      return;
    case "ExportNamedDeclaration":
      readExport(reader, draft, node);
      return;
    case "EmptyStatement":
      return;
    case "VariableDeclaration":
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "TSTypeAliasDeclaration":
    case "TSInterfaceDeclaration":
    case "FunctionExpression":
    case "TSEmptyBodyFunctionExpression":
    case "ClassDeclaration":
    case "ClassExpression":
    case "TSEnumDeclaration":
    case "TSModuleDeclaration":
    case "TSImportEqualsDeclaration":
      readDeclaration(reader, draft, node, false);
      return;
    case "ExportAllDeclaration":
    case "ExportDefaultDeclaration":
    case "TSExportAssignment":
    case "TSNamespaceExportDeclaration":
      reader.refuse(node, refusedStatements[node.type]);
      return;
    default:
      reader.refuse(node, {
        rule: "E104",
        got: "a statement at module level",
        write: "the statement inside a function",
      });
  }
}

function readDeclaration(reader: Reader, draft: Draft, node: es.Declaration, exported: boolean): void {
  switch (node.type) {
    case "VariableDeclaration":
      readConstants(reader, draft, node, exported);
      return;
    case "FunctionDeclaration":
      if (node.id !== null) draft.functions.push({ ...readFunction(reader, node, node.id.name), exported });
      return;
    case "TSTypeAliasDeclaration": {
      draft.types.add(node.id.name);
      const type = node.typeParameters === null ? readTypeName(reader, node.typeAnnotation) : null;
      if (type !== null) draft.aliases.push({ name: node.id.name, type, at: reader.span(node) });
      return;
    }
    case "TSInterfaceDeclaration":
      draft.types.add(node.id.name);
      return;
    case "TSDeclareFunction":
      reader.refuse(node, { rule: "E104", got: "a function without a body", write: "its body, once" });
      return;
    default:
      reader.refuse(node, refusedStatements[node.type]);
  }
}

function readConstants(reader: Reader, draft: Draft, node: es.VariableDeclaration, exported: boolean): void {
  if (node.kind === "var") {
    reader.refuse(node, { rule: "E120", got: "var", write: "const" });
    return;
  }
  if (node.kind !== "const" || node.declare) {
    reader.refuse(node, {
      rule: "E104",
      got: `${node.declare ? "declare" : node.kind} at module level`,
      write: "const, or a cell or map for state",
    });
    return;
  }
  for (const { id, init, start, end } of node.declarations) {
    if (id.type !== "Identifier") {
      reader.refuse(id, { rule: "E112", got: "destructuring", write: "one constant for each value" });
    } else if (init !== null) {
      draft.constants.push({
        name: id.name,
        exported,
        value: readConstantValue(reader, init, id.name),
        at: reader.span({ start, end }),
      });
    }
  }
}

/** The value of a module constant; here, and nowhere else, an arrow may stand: as the argument of `noinline`. */
function readConstantValue(reader: Reader, node: es.Expression, name: string): Expression {
  const isNoinline =
    node.type === "CallExpression" && node.callee.type === "Identifier" && node.callee.name === "noinline";
  const arrow = isNoinline ? node.arguments[0] : undefined;
  if (!isNoinline || arrow?.type !== "ArrowFunctionExpression" || node.arguments.length !== 1) {
    return readExpression(reader, node, "constant");
  }
  if (node.typeArguments) reader.refuse(node.typeArguments, refusedExpressions.TSInstantiationExpression);
  return {
    kind: "call",
    callee: { kind: "name", name: "noinline", at: reader.span(node.callee) },
    args: [{ kind: "arrow", fn: readFunction(reader, arrow, name), at: reader.span(arrow) }],
    at: reader.span(node),
  };
}

function readImport(reader: Reader, draft: Draft, node: es.ImportDeclaration): void {
  const from = node.source.value;
  if (from !== "@weir/ebpf" && !from.startsWith("./") && !from.startsWith("../")) {
    reader.refuse(node, {
      rule: "E101",
      got: `"${from}" is not a packet module`,
      write: '"@weir/ebpf" or a relative path',
    });
    return;
  }
  if (node.attributes.length > 0 || node.phase !== null || node.specifiers.length === 0) {
    reader.refuse(node, {
      rule: "E102",
      got: "an import without names, or with attributes",
      write: `import { … } from "${from}"`,
    });
    return;
  }
  const names: ImportedName[] = [];
  for (const specifier of node.specifiers) {
    if (specifier.type !== "ImportSpecifier" || specifier.imported.type !== "Identifier") {
      reader.refuse(specifier, {
        rule: "E102",
        got: "a namespace or default import",
        write: `import { … } from "${from}"`,
      });
      continue;
    }
    const isType = node.importKind === "type" || specifier.importKind === "type";
    names.push({ imported: specifier.imported.name, local: specifier.local.name, isType, at: reader.span(specifier) });
  }
  draft.imports.push({ from, names, at: reader.span(node) });
}

function readExport(reader: Reader, draft: Draft, node: es.ExportNamedDeclaration): void {
  if (node.declaration !== null) readDeclaration(reader, draft, node.declaration, true);
  else if (node.source !== null) {
    reader.refuse(node, {
      rule: "E103",
      got: "an export of another module's names",
      write: "an import of each name where it is used",
    });
  } else draft.exports.push(...node.specifiers);
}

/** The names of `export { a, b }`. */
function readExportedNames(reader: Reader, draft: Draft): ReadonlySet<string> {
  const declared = new Set([...draft.constants, ...draft.functions].map(({ name }) => name));
  const exported = new Set<string>();
  for (const specifier of draft.exports) {
    const name = specifier.local.type === "Identifier" ? specifier.local.name : specifier.local.value;
    const outside = specifier.exported.type === "Identifier" ? specifier.exported.name : specifier.exported.value;
    if (name !== outside || !(declared.has(name) || draft.types.has(name))) {
      reader.refuse(specifier, {
        rule: "E103",
        got: `${name} is not declared here under the name ${outside}`,
        write: "export in front of the declaration",
      });
    }
    exported.add(name);
  }
  return exported;
}
