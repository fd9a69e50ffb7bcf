/** Types as written: a name with arguments, `typeof X`, `X | null`, and `0 | 1`, the result of a callback. */
import type * as es from "oxc-parser";
import type { TypeName } from "../tree.ts";
import type { Reader } from "./reader.ts";

const KEYWORDS: Partial<Record<es.TSType["type"], string>> = {
  TSNumberKeyword: "number",
  TSBooleanKeyword: "boolean",
  TSBigIntKeyword: "bigint",
  TSVoidKeyword: "void",
  TSNullKeyword: "null",
};

/** The type of an annotation; refuses what has no name. `null` where nothing is written, or was refused. */
export function readAnnotation(reader: Reader, annotation: es.TSTypeAnnotation | null | undefined): TypeName | null {
  if (!annotation) return null;
  const type = readTypeName(reader, annotation.typeAnnotation);
  if (type !== null) return type;
  const node = annotation.typeAnnotation;
  const text = reader.source.text.slice(node.start, node.end);
  reader.refuse(node, {
    rule: "E110",
    got: node.type === "TSAnyKeyword" ? "any switches type checks off" : `${text} is not a type of the packet language`,
    write: "u8 … u32, int, u64, boolean, void, Ref<typeof Layout>, perhaps with | null",
  });
  return null;
}

/** The type under its name, or `null` when it has none: object, function, tuple and other types of TypeScript. */
export function readTypeName(reader: Reader, node: es.TSType): TypeName | null {
  const name = (text: string, args: readonly TypeName[] = []): TypeName => ({
    name: text,
    args,
    nullable: false,
    at: reader.span(node),
  });
  const keyword = KEYWORDS[node.type];
  if (keyword !== undefined) return name(keyword);
  switch (node.type) {
    case "TSTypeReference": {
      if (node.typeName.type !== "Identifier") return null;
      const args = (node.typeArguments?.params ?? []).map((argument) => readTypeName(reader, argument));
      return args.every((argument) => argument !== null) ? name(node.typeName.name, args) : null;
    }
    case "TSTypeQuery":
      return node.exprName.type === "Identifier" && !node.typeArguments ? name(node.exprName.name) : null;
    case "TSUnionType":
      return readUnion(reader, node);
    default:
      return null;
  }
}

function readUnion(reader: Reader, node: es.TSUnionType): TypeName | null {
  const [first, second, ...others] = node.types;
  if (first === undefined || second === undefined || others.length > 0) return null;
  if (isBit(first, 0) ? isBit(second, 1) : isBit(first, 1) && isBit(second, 0)) {
    return { name: "0 | 1", args: [], nullable: false, at: reader.span(node) };
  }
  const other = first.type === "TSNullKeyword" ? second : second.type === "TSNullKeyword" ? first : null;
  const type = other === null ? null : readTypeName(reader, other);
  return type === null ? null : { ...type, nullable: true, at: reader.span(node) };
}

function isBit(node: es.TSType, value: number): boolean {
  return node.type === "TSLiteralType" && node.literal.type === "Literal" && node.literal.value === value;
}
