/**
 * Generated statements that belong together: what chance alone would seldom put side by side.
 */
import type { Body, RefVariable } from "./body.ts";
import { condition } from "./condition.ts";
import type { Integer } from "./expression.ts";
import { addStep } from "./function.ts";
import { integer, small } from "./integer.ts";
import { changeMap, lookUp } from "./map-statement.ts";
import { instanceOf } from "./memory-statement.ts";
import { offset, packetRef } from "./packet-statement.ts";
import { mix, mixIn, someStatements } from "./statement.ts";
import { braces } from "./text.ts";

/** `loop(count, step, state)`. */
export function callLoop(b: Body): void {
  const { state } = b.module;
  const instance = instanceOf(b, state);
  if (instance === null) {
    mix(b);
    return;
  }
  b.module.repetitions++;
  const step = addStep(b.module, state);
  const name = b.fresh("v");
  // Linux 6.18 fails to load a program with a loop whose count it knows to be 0, so most counts are at least 1.
  const some = small(b, b.random.between(1, 3));
  const words = b.random.weighted([
    [16, `(${some.text} + 1)`],
    [2, some.text],
    [1, `((${integer(b, 1).text} | 0x1000000) >>> 0)`],
  ]);
  b.add(`const ${name} = loop(${words}, ${step}, ${instance.text});`);
  b.declareInt({ text: name, type: null, low: -4095n, high: 2n ** 23n, tainted: false });
  mixIn(b, { text: `${instance.text}.sum`, low: 0n, high: 0xffffffffn, tainted: false });
}

/** A variable that is one of several references or null, depending on the way taken. */
export function chooseReference(b: Body): void {
  const { random } = b;
  const candidates = b.liveRefs.filter((ref) => ref.place !== "args" && ref.layout.name !== null);
  const some = candidates.length > 0 ? random.pick(candidates) : null;
  const layout = some?.layout ?? random.pick(b.module.layouts);
  const like = candidates.filter((ref) => ref.layout === layout);
  if (like.length === 0 && !b.hasPacket) {
    mix(b);
    return;
  }
  const name = b.fresh("c");
  b.add(`let ${name}: Ref<typeof ${layout.name}> | null = ${start(b, like)};`);
  const sources = [false, true].map((isElse) => {
    const open = isElse ? "} else {" : `if (${condition(b, 1)}) {`;
    const body = b.block(() => {
      if (like.length > 0 && (!b.hasPacket || random.chance(0.6))) b.add(`${name} = ${random.pick(like).text};`);
      else if (random.chance(0.5)) b.add(`${name} = ctx.at(${offset(b).text}, ${layout.name});`);
      else {
        const taken = b.fresh("r");
        b.add(`const ${taken} = ctx.at(${offset(b).text}, ${layout.name});`);
        b.add(`if (${taken} !== null) ${name} = ${taken};`);
      }
    });
    return { open, body };
  });
  b.add({ sections: random.chance(0.5) ? sources : sources.slice(0, 1), close: "}" });
  const elements = like.flatMap(({ element }) => (element === null ? [] : [element]));
  const chosen: RefVariable = {
    ...packetRef(b, name, layout),
    ...{ place: "unknown", shared: true, element: elements[0] ?? null },
  };
  // One version can be watched; with two the reference is dropped at once.
  if (new Set(elements.map(({ map }) => map)).size > 1) return;
  const body = b.block(() => {
    b.refs.push(chosen);
    someStatements(b, 3);
  });
  b.add(braces(`if (${name} !== null) {`, body));
}

function start(b: Body, like: readonly RefVariable[]): string {
  return like.length > 0 && b.random.chance(0.3) ? b.random.pick(like).text : "null";
}

/** More values alive across a call than there are registers. */
export function pressure(b: Body): void {
  const values: Integer[] = [];
  for (let count = b.random.between(6, 12); count > 0; count--) {
    const name = b.fresh("w");
    const value = integer(b, 2);
    b.add(`const ${name} = ${value.text};`);
    values.push({ ...value, text: name });
  }
  if (b.changesMaps) changeMap(b);
  else lookUp(b);
  const name = b.fresh("v");
  b.add(`const ${name} = ${condition(b, 0)};`);
  b.booleans.push(name);
  const sum = values.map(({ text }) => `(${text} | 0)`).join(b.random.pick([" ^ ", " + ", " ^ "]));
  b.declareInt({ text: `(${sum})`, type: null, low: -(2n ** 40n), high: 2n ** 40n, tainted: true });
  mixIn(b, { text: `(${sum})`, low: 0n, high: 0n, tainted: true });
  for (const value of b.random.shuffled(values).slice(0, 4)) mixIn(b, value);
}
