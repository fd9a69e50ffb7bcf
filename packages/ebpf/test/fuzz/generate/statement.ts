/**
 * Generated statements: the choice between them, variables, and returns.
 */
import type { Body } from "./body.ts";
import { branch, chooseCase, countedLoop, dataLoop, earlyExit } from "./branch.ts";
import { callText, pickCallable } from "./call.ts";
import { condition } from "./condition.ts";
import { EXACT, type Integer, narrowed, operation, TYPES, U64_HIGH } from "./expression.ts";
import { integer, integerIn } from "./integer.ts";
import { changeMap, lookUp, useInner, useQueue, visitAll } from "./map-statement.ts";
import { atomic, copyBytes, makeInstance, writeInteger } from "./memory-statement.ts";
import { contextStatement, movePacket, packetReference } from "./packet-statement.ts";
import { quad, wrappedQuad } from "./quad.ts";
import { callLoop, chooseReference, pressure } from "./template.ts";

/** Adds statements until the body's budget is spent. */
export function statements(b: Body): void {
  while (b.budget > 0) statement(b);
}

/** Adds up to `count` statements. */
export function someStatements(b: Body, count: number): void {
  for (let left = count; left > 0 && b.budget > 0; left--) statement(b);
}

function statement(b: Body): void {
  b.budget--;
  const isDeep = b.depth > 4;
  const { maps } = b.module;
  const canLoop = b.loops < 2 && !isDeep;
  const shape = b.random.weighted([
    [6, declareConstant],
    [5, declareVariable],
    [8, assign],
    [4, mix],
    [8, writeInteger],
    [isDeep ? 0 : 7, branch],
    [isDeep ? 0 : 2, chooseCase],
    [canLoop ? 3 : 0, countedLoop],
    [canLoop ? 1 : 0, dataLoop],
    [2, earlyExit],
    [b.hasPacket ? 8 : 0, packetReference],
    [b.hasPacket && b.loops === 0 ? 2 : 0, movePacket],
    [b.context === "Skb" ? 3 : 0, contextStatement],
    [4, makeInstance],
    [3, copyBytes],
    [3, atomic],
    [maps.length > 0 ? 7 : 0, lookUp],
    [b.changesMaps ? 6 : 0, changeMap],
    [b.changesMaps ? 3 : 0, useQueue],
    [b.changesMaps ? 3 : 0, useInner],
    [b.calls && b.loops === 0 ? 2 : 0, visitAll],
    [b.calls && b.loops === 0 ? 2 : 0, callLoop],
    [2, chooseReference],
    [isDeep || !b.calls ? 0 : 1, pressure],
    [b.calls ? 4 : 0, callStatement],
  ]);
  shape(b);
}

/** The statement that ends the function. */
export function finish(b: Body): void {
  if (b.result.kind !== "void") b.add(returnText(b, true));
}

/** A return of the kind that the function has. */
export function returnText(b: Body, isLast = false): string {
  const { result, random } = b;
  switch (result.kind) {
    case "int": {
      if (result.type !== null) return `return ${integerIn(b, result.type.name, 2).text};`;
      if (b.hasPacket && random.chance(0.03)) return `return redirect(${random.between(1, 9)}, 0);`;
      const acc = b.ints.some(({ text }) => text === "acc");
      return acc && (isLast || random.chance(0.6)) ? "return acc;" : `return ${integer(b, 2).text};`;
    }
    case "u64":
      return `return ${wrappedQuad(b, 2).text};`;
    case "boolean":
      return `return ${condition(b, 1)};`;
    case "stop":
      return isLast || random.chance(0.6) ? "return 0;" : "return 1;";
    case "void":
      return "return;";
    case "ref": {
      const refs = b.liveRefs.filter(({ layout, place }) => layout === result.layout && place !== "args");
      if (refs.length > 0 && random.chance(0.5)) return `return ${random.pick(refs).text};`;
      if (b.hasPacket && random.chance(0.7)) return `return ctx.at(${random.below(30)}, ${result.layout.name});`;
      return "return null;";
    }
  }
}

function declareConstant(b: Body): void {
  const name = b.fresh("v");
  switch (b.random.below(4)) {
    case 0: {
      const value = quad(b, 2);
      b.add(`const ${name} = ${value.text};`);
      b.quads.push({ ...value, text: name, type: null });
      break;
    }
    case 1:
      b.add(`const ${name} = ${condition(b, 1)};`);
      b.booleans.push(name);
      break;
    default: {
      const value = integer(b, 3);
      b.add(`const ${name} = ${value.text};`);
      b.declareInt({ ...value, text: name, type: null });
    }
  }
}

/** Booleans are kept apart by their names: constants cannot be assigned. */
const LET_BOOLEAN = "flag";
const WILD = 2n ** 90n;

function declareVariable(b: Body): void {
  const name = b.fresh("v");
  const tainted = b.random.chance(0.5);
  switch (b.random.below(5)) {
    case 0: {
      const value = wrappedQuad(b, 2, !tainted);
      b.add(`let ${name}: u64 = ${value.text};`);
      b.quads.push({ text: name, type: { name: "u64", low: 0n, high: U64_HIGH }, low: 0n, high: U64_HIGH, tainted });
      break;
    }
    case 1: {
      const flag = b.fresh(LET_BOOLEAN);
      b.add(`let ${flag} = ${condition(b, 1)};`);
      b.booleans.push(flag);
      break;
    }
    case 2: {
      if (b.random.chance(0.4)) {
        // Without a type it may leave 64 bits: whoever reads it wraps it.
        b.add(`let ${name} = ${quad(b, 2, !tainted).text};`);
        b.quads.push({ text: name, type: { name: "", low: -WILD, high: WILD }, low: -WILD, high: WILD, tainted });
        break;
      }
      if (b.loops > 0) {
        declareConstant(b);
        return;
      }
      const value = integer(b, 2, !tainted);
      b.add(`let ${name}: int = ${value.text};`);
      b.declareInt({ text: name, type: { name: "int", low: -EXACT, high: EXACT }, low: -EXACT, high: EXACT, tainted });
      break;
    }
    default: {
      const type = b.random.pick(TYPES);
      b.add(`let ${name}: ${type.name} = ${integerIn(b, type.name, 2, !tainted).text};`);
      b.declareInt({ text: name, type, low: type.low, high: type.high, tainted });
    }
  }
}

function assign(b: Body): void {
  const ints = b.ints.filter((variable) => variable.type !== null && variable.text !== "acc");
  const quads = b.quads.filter((variable) => variable.type !== null);
  const booleans = b.booleans.filter((name) => name.startsWith(LET_BOOLEAN));
  if (booleans.length > 0 && b.random.chance(0.2)) {
    b.add(`${b.random.pick(booleans)} = ${condition(b, 1)};`);
  } else if (quads.length > 0 && b.random.chance(0.3)) assignQuad(b, b.random.pick(quads));
  else if (ints.length > 0) assignInt(b, b.random.pick(ints));
  else declareVariable(b);
}

function assignInt(b: Body, { text: name, type, tainted }: Body["ints"][number]): void {
  if (type === null) return;
  const clean = !tainted;
  const isInt32 = type.name === "i32" || type.name === "int";
  const operand = (): string => integer(b, 2, clean).text;
  const choices: string[] = [];
  switch (b.random.below(4)) {
    case 0:
      if (type.name !== "int") {
        choices.push(`if (${name} < ${type.high}) ${name}++;`, `if (${name} > ${type.low}) ${name}--;`);
      }
      break;
    case 1:
      if (isInt32) {
        choices.push(`${name} ^= ${operand()};`, `${name} |= ${operand()};`, `${name} &= ${operand()};`);
        choices.push(`${name} <<= ${operand()};`, `${name} >>= ${operand()};`);
      } else if (type.name === "u32") choices.push(`${name} >>>= ${operand()};`);
      if (type.low === 0n) choices.push(`${name} &= ${type.high < 0x7fffffffn ? type.high : 0x7fffffffn};`);
      break;
    default:
      break;
  }
  if (choices.length > 0) {
    b.add(b.random.pick(choices));
    return;
  }
  const value = integer(b, 3, clean);
  b.add(`${name} = ${(type.name === "int" ? value : narrowed(value, type)).text};`);
}

function assignQuad(b: Body, { text: name, type, tainted }: Body["quads"][number]): void {
  const clean = !tainted;
  if (type?.name === "") {
    const value = quad(b, 2, clean).text;
    const wrapped = `u64wrap(${name})`;
    b.add(
      b.random.pick([`${name} += ${value};`, `${name} -= ${value};`, `${name} = ${wrapped} * ${value};`, `${name}++;`]),
    );
    return;
  }
  const value = wrappedQuad(b, 2, clean).text;
  b.add(
    b.random.pick([
      `${name} = ${value};`,
      `${name} ^= ${value};`,
      `${name} |= ${value};`,
      `${name} &= ${value};`,
      `${name} >>= (${value} & 63n);`,
      `${name} = u64wrap(${name} + ${value});`,
      `${name} = u64wrap(${name} * ${value});`,
      `${name} %= (${value} | 1n);`,
      `${name} /= (${value} | 1n);`,
    ]),
  );
}

/** Folds something into `acc`, which the program returns. */
export function mix(b: Body): void {
  if (!b.ints.some(({ text }) => text === "acc")) {
    assign(b);
    return;
  }
  const value = b.random.chance(0.3) ? lowWord(wrappedQuad(b, 2)) : integer(b, 2);
  mixIn(b, value);
}

export function mixIn(b: Body, value: Integer): void {
  if (!b.ints.some(({ text }) => text === "acc")) return;
  b.add(
    b.random.pick([
      `acc = (Math.imul(acc, 31) + (${value.text} | 0)) >>> 0;`,
      `acc = (acc * 3 ^ ${value.text}) >>> 0;`,
    ]),
  );
}

function lowWord(value: Integer): Integer {
  return operation(`Number(${value.text} & 0xffffffffn)`, 0n, 0xffffffffn, [value]);
}

function callStatement(b: Body): void {
  const fn = pickCallable(b, b.module.functions);
  const text = fn === null ? null : callText(b, fn, 1);
  if (fn === null || text === null) {
    mix(b);
    return;
  }
  if (fn.changesMaps) {
    b.module.mapChanges++;
    b.forgetElements(null);
  }
  if (fn.moves) b.moves++;
  const name = b.fresh("v");
  switch (fn.result.kind) {
    case "int":
      b.add(`const ${name} = ${text};`);
      b.declareInt({ text: name, type: null, low: fn.low, high: fn.high, tainted: true });
      return;
    case "u64":
      b.add(`const ${name} = ${text};`);
      b.quads.push({ text: name, type: null, low: 0n, high: U64_HIGH, tainted: true });
      return;
    case "boolean":
      b.add(`const ${name} = ${text};`);
      b.booleans.push(name);
      return;
    case "ref": {
      b.add(`const ${name} = ${text};`);
      // What a function may give back are its arguments and the packet; of maps it knows nothing that is forgotten.
      const ref = { text: name, layout: fn.result.layout, place: "unknown", shared: true, moves: b.moves } as const;
      const body = b.block(() => {
        b.refs.push({ ...ref, element: null });
        someStatements(b, 3);
      });
      b.add({ sections: [{ open: `if (${name} !== null) {`, body }], close: "}" });
      return;
    }
    default:
      b.add(`${text};`);
  }
}
