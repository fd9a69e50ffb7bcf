/**
 * Generated statements on maps.
 */
import type { Body, RefVariable } from "./body.ts";
import { narrowed, typeNamed } from "./expression.ts";
import { addVisit } from "./function.ts";
import { integer, small } from "./integer.ts";
import type { LayoutModel } from "./layout.ts";
import { canForget, isMapOfMaps, isQueue, isShared, KEY_BITS, type MapModel } from "./map.ts";
import { instanceOf, makeText } from "./memory-statement.ts";
import { useTested } from "./packet-statement.ts";
import { quad } from "./quad.ts";
import { mix, mixIn, someStatements } from "./statement.ts";
import { braces } from "./text.ts";

function keyed(b: Body): readonly MapModel[] {
  return b.module.maps.filter((map) => !isQueue(map) && !isMapOfMaps(map));
}

/** A value by its key, or a cell's value. */
export function lookUp(b: Body): void {
  const maps = keyed(b);
  if (maps.length === 0) {
    mix(b);
    return;
  }
  lookUpIn(b, b.random.pick(maps), null);
}

function lookUpIn(b: Body, map: MapModel, object: string | null): void {
  const text = b.fresh("e");
  const element = canForget(map) ? { map, version: b.version(map) } : null;
  const ref: RefVariable = { text, layout: map.value, place: "map", shared: isShared(map), moves: 0, element };
  if (map.isCell) {
    b.add(`const ${text} = ${map.name}.ref();`);
    b.refs.push(ref);
    return;
  }
  const key = keyText(b, map);
  if (key === null) {
    mix(b);
    return;
  }
  b.add(`const ${text} = ${object ?? map.name}.lookup(${key});`);
  useTested(b, ref);
}

/** An integer, an instance made on the spot, or a reference that is there. */
function keyText(b: Body, map: MapModel): string | null {
  const { key } = map;
  if (key === null) return null;
  const [field] = key.fields;
  if (key.name === null) {
    if (field?.kind === "int" && field.bits === 64) return `BigInt(${small(b, KEY_BITS).text})`;
    return b.random.chance(0.1) ? narrowed(integer(b, 1), typeNamed("u16")).text : small(b, KEY_BITS).text;
  }
  const known = b.liveRefs.filter((ref) => ref.layout === key && ref.place !== "args");
  if (known.length > 0 && b.random.chance(0.5)) return b.random.pick(known).text;
  if (b.random.chance(0.4)) return instanceOf(b, key)?.text ?? null;
  return freshKey(b, key);
}

function freshKey(b: Body, key: LayoutModel): string {
  const fields = key.fields.flatMap((field) => {
    if (field.kind !== "int" || b.random.chance(0.3)) return [];
    if (field.name === "prefixLength") return [`prefixLength: ${b.random.pick([0, 1, 7, 8, 16, 31, 32, 33])}`];
    const value = small(b, 1).text;
    return [`${field.name}: ${field.bits === 64 ? `BigInt(${value})` : value}`];
  });
  return `${key.name}.make({ ${fields.join(", ")} })`;
}

function valueText(b: Body, { value }: MapModel): string | null {
  const [field] = value.fields;
  if (value.name === null) return field?.kind === "int" && field.bits === 64 ? quad(b, 2).text : integer(b, 2).text;
  const known = b.liveRefs.filter((ref) => ref.layout === value && ref.place !== "args");
  if (known.length > 0 && b.random.chance(0.6)) return b.random.pick(known).text;
  return b.random.chance(0.5) ? makeText(b, value) : (instanceOf(b, value)?.text ?? null);
}

/** Update or delete, with its status used. */
export function changeMap(b: Body): void {
  const maps = keyed(b).filter((map) => !map.isCell);
  if (maps.length === 0) {
    mix(b);
    return;
  }
  changeIn(b, b.random.pick(maps), null);
}

function changeIn(b: Body, map: MapModel, object: string | null): void {
  const key = keyText(b, map);
  const isUpdate = b.random.chance(0.7);
  const value = isUpdate ? valueText(b, map) : "";
  if (key === null || value === null) {
    mix(b);
    return;
  }
  const { mapChanges } = b.module;
  b.module.mapChanges = mapChanges + 1;
  const target = object ?? map.name;
  // Replacing leaves the old value where it was; what else becomes of an element is for the kernel to say.
  const staysReadable = isUpdate && map.kind === "hash" && map.preallocate && b.random.chance(0.3);
  if (canForget(map) && !staysReadable) b.forgetElements(map);
  report(b, isUpdate ? `${target}.update(${key}, ${value}${flagsText(b)})` : `${target}.delete(${key})`);
}

function flagsText(b: Body): string {
  if (b.random.chance(0.5)) return "";
  if (b.random.chance(0.2)) return `, ${small(b, 2).text}`;
  return `, ${b.random.pick(["BPF_ANY", "BPF_NOEXIST", "BPF_EXIST", "0", "3"])}`;
}

/** A call whose result is 0 or a negative errno. */
function report(b: Body, call: string): void {
  const status = { low: -4095n, high: 0n, tainted: false };
  switch (b.random.below(4)) {
    case 0:
      b.add(`${call};`);
      return;
    case 1: {
      const name = b.fresh("s");
      b.add(`const ${name} = ${call};`);
      b.declareInt({ ...status, text: name, type: null });
      return;
    }
    case 2: {
      const body = b.block(() => someStatements(b, 2));
      b.add(braces(`if (${call} ${b.random.pick(["=== 0", "!== 0", "< -2", "=== -17"])}) {`, body));
      return;
    }
    default: {
      const name = b.fresh("s");
      b.add(`const ${name} = ${call};`);
      mixIn(b, { ...status, text: name });
    }
  }
}

export function useQueue(b: Body): void {
  const queues = b.module.maps.filter(isQueue);
  if (queues.length === 0) {
    changeMap(b);
    return;
  }
  const map = b.random.pick(queues);
  b.module.mapChanges++;
  const method = b.random.pick(["push", "push", "pop", "peek"]);
  if (method === "push") {
    const value = valueText(b, map);
    if (value === null) {
      mix(b);
      return;
    }
    report(b, `${map.name}.push(${value}${b.random.pick(["", "", ", BPF_EXIST", ", 0", ", 1"])})`);
    return;
  }
  const into = instanceOf(b, map.value);
  if (into === null) {
    mix(b);
    return;
  }
  report(b, `${map.name}.${method}(${into.text})`);
}

/** What is done to a map in a map. */
export function useInner(b: Body): void {
  const outers = b.module.maps.filter(isMapOfMaps);
  const outer = outers.length === 0 ? undefined : b.random.pick(outers);
  const key = outer === undefined ? null : keyText(b, outer);
  if (outer?.inner === undefined || outer.inner === null || key === null) {
    changeMap(b);
    return;
  }
  const { inner } = outer;
  const name = b.fresh("inner");
  b.add(`const ${name} = ${outer.name}.lookup(${key});`);
  const body = b.block(() => {
    changeIn(b, inner, name);
    lookUpIn(b, inner, name);
  });
  b.add(braces(`if (${name} !== null) {`, body));
}

const VISITED = ["array", "percpuArray", "hash", "lruHash", "percpuHash"] as const;

/** Sums over all elements. */
export function visitAll(b: Body): void {
  const maps = keyed(b).filter(({ kind, isCell }) => !isCell && VISITED.some((visited) => visited === kind));
  if (maps.length === 0) {
    lookUp(b);
    return;
  }
  const map = b.random.pick(maps);
  const state = instanceOf(b, b.module.state, true);
  if (state === null) {
    mix(b);
    return;
  }
  b.module.repetitions++;
  const visit = addVisit(b.module, map, b.module.state);
  // The verifier follows a counter that begins at a known number value by value: this 0 may be any u16 as far as it knows.
  b.add(`${state.text}.count = Number(ktimeNs() >> 60n) * 4369;`);
  const name = b.fresh("v");
  b.add(`const ${name} = ${map.name}.forEach(${visit}, ${state.text});`);
  b.declareInt({ text: name, type: null, low: -4095n, high: 0xffffffffn, tainted: false });
  mixIn(b, { text: `${state.text}.mix`, low: 0n, high: 0xffffffffn, tainted: false });
}
