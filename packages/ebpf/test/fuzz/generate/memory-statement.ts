/**
 * Generated statements on memory: instances on the stack, fields, copies, atomics.
 */
import type { Body, RefVariable } from "./body.ts";
import { narrowed, typeNamed, wrapped64 } from "./expression.ts";
import { type IntegerPlace, integer, integerPlace } from "./integer.ts";
import type { FieldModel, LayoutModel } from "./layout.ts";
import { quad } from "./quad.ts";
import { mix } from "./statement.ts";

/** Of instances in one function: with what inlining adds, the compiler's limit of 512 bytes is rarely met. */
const STACK_LIMIT = 130;

export function makeInstance(b: Body): void {
  if (instanceOf(b, b.random.pick(b.random.chance(0.2) ? b.module.keys : b.module.layouts), true) === null) mix(b);
}

/** A stack instance of the layout: one that is there, or a new one; `null` when the stack is full. */
export function instanceOf(b: Body, layout: LayoutModel, isNew = false): RefVariable | null {
  const known = b.liveRefs.filter((ref) => ref.place === "stack" && ref.layout === layout);
  if (known.length > 0 && !isNew && b.random.chance(0.7)) return b.random.pick(known);
  if (b.stack + layout.size > STACK_LIMIT) return known.length > 0 ? b.random.pick(known) : null;
  b.stack += (layout.size + 7) & ~7;
  const text = b.fresh("o");
  b.add(`const ${text} = ${makeText(b, layout)};`);
  const ref: RefVariable = { text, layout, place: "stack", shared: false, moves: 0, element: null };
  b.refs.push(ref);
  return ref;
}

/** `Layout.make({ … })` with some of the fields. */
export function makeText(b: Body, layout: LayoutModel): string {
  const properties = layout.fields.flatMap((field) => {
    if (b.random.chance(0.4)) return [];
    const value = initial(b, field);
    return value === null ? [] : [`${field.name}: ${value}`];
  });
  return `${layout.name}.make({${properties.length === 0 ? "" : ` ${properties.join(", ")} `}})`;
}

function initial(b: Body, field: FieldModel): string | null {
  switch (field.kind) {
    case "int":
      return field.bits === 64 ? quad(b, 1).text : integer(b, 1).text;
    case "struct": {
      const like = b.liveRefs.filter((ref) => ref.layout === field.layout);
      return like.length === 0 ? null : b.random.pick(like).text;
    }
    case "vector":
      return null;
  }
}

/** Stores into a field or an element, plainly or by an operator. */
export function writeInteger(b: Body): void {
  const refs = b.liveRefs;
  const ref = refs.length === 0 ? null : b.random.pick(refs);
  const place = ref === null ? null : integerPlace(b, ref, () => true);
  if (ref === null || place === null) {
    mix(b);
    return;
  }
  if (place.isField && !ref.shared && b.random.chance(0.35)) b.add(compound(b, place));
  else b.add(place.write((place.field.bits === 64 ? quad(b, 3, ref.shared) : integer(b, 3, ref.shared)).text));
}

function compound(b: Body, { field, read }: IntegerPlace): string {
  if (b.random.chance(0.2)) return `${read}${b.random.pick(["++", "--"])};`;
  if (field.bits === 64) {
    const value = wrapped64(quad(b, 2)).text;
    const operator = b.random.pick(["+=", "-=", "*=", "^=", "|=", "&=", ">>=", "<<=", "/=", "%="]);
    if (operator === ">>=" || operator === "<<=") return `${read} ${operator} (${value} & 63n);`;
    if (operator === "/=" || operator === "%=") return `${read} ${operator} (${value} | 1n);`;
    return `${read} ${operator} ${value};`;
  }
  const operator = b.random.pick(["+=", "-=", "*=", "^=", "|=", "&=", "<<=", ">>=", ">>>="]);
  const value = integer(b, 2);
  const isNarrow = operator === "+=" || operator === "-=" || operator === "*=";
  const operand = isNarrow ? narrowed(value, typeNamed(b.random.pick(["u16", "i16"]))) : value;
  return `${read} ${operator} ${operand.text};`;
}

/** Whole layouts, inner layouts and vectors; not within the packet, where the two might overlap in part. */
export function copyBytes(b: Body): void {
  const refs = b.liveRefs;
  if (refs.length < 2) {
    makeInstance(b);
    return;
  }
  const to = b.random.pick(refs);
  const from = b.random.pick(refs.filter((ref) => !mayOverlap(to, ref)));
  if (from === undefined) {
    mix(b);
    return;
  }
  if (from.layout === to.layout && b.random.chance(0.6)) {
    b.add(`copy(${to.text}, ${from.text});`);
    return;
  }
  for (const field of b.random.shuffled(to.layout.fields)) {
    const like = from.layout.fields.filter((other) => haveOneShape(field, other));
    if (like.length === 0) continue;
    b.add(`${to.text}.${field.name} = ${from.text}.${b.random.pick(like).name};`);
    return;
  }
  mix(b);
}

function mayOverlap(a: RefVariable, b: RefVariable): boolean {
  if (a === b) return false;
  const isLoose = (ref: RefVariable): boolean => ref.place === "packet" || ref.place === "unknown";
  return isLoose(a) && isLoose(b);
}

function haveOneShape(a: FieldModel, b: FieldModel): boolean {
  if (a.kind === "struct" && b.kind === "struct") return a.layout === b.layout;
  if (a.kind !== "vector" || b.kind !== "vector") return false;
  return a.length === b.length && a.element.type === b.element.type && a.element.bits === 8;
}

const PLAIN = ["atomicAdd", "atomicOr", "atomicAnd", "atomicXor"] as const;
const FETCHING = ["atomicFetchAdd", "atomicExchange"] as const;

/** An atomic on a value of a map or on the stack. */
export function atomic(b: Body): void {
  const places = b.liveRefs.filter(({ place }) => place === "map" || place === "stack").flatMap(wordsOf);
  if (places.length === 0) {
    writeInteger(b);
    return;
  }
  const { ref, field, isQuad } = b.random.pick(places);
  const operand = (): string => (isQuad ? wrapped64(quad(b, 2)).text : word(b));
  const target = `${ref.text}, "${field}"`;
  const style = b.random.below(4);
  if (style < 2) {
    b.add(`${b.random.pick(PLAIN)}(${target}, ${operand()});`);
    return;
  }
  const name = b.fresh("v");
  b.add(
    style === 2
      ? `const ${name} = ${b.random.pick(FETCHING)}(${target}, ${operand()});`
      : `const ${name} = atomicCompareExchange(${target}, ${b.random.chance(0.5) ? (isQuad ? "0n" : "0") : operand()}, ${operand()});`,
  );
  const bounds = { text: name, type: null, low: 0n, tainted: false };
  if (isQuad) b.quads.push({ ...bounds, high: 2n ** 64n - 1n });
  else b.declareInt({ ...bounds, high: 0xffffffffn });
}

function word(b: Body): string {
  return narrowed(integer(b, 2), typeNamed("u32")).text;
}

function wordsOf(
  ref: RefVariable,
): readonly { readonly ref: RefVariable; readonly field: string; readonly isQuad: boolean }[] {
  if (ref.layout.order === "network") return [];
  return ref.layout.fields.flatMap((field) => {
    if (field.kind !== "int" || field.signed || field.raw || field.bits < 32) return [];
    return [{ ref, field: field.name, isQuad: field.bits === 64 }];
  });
}
