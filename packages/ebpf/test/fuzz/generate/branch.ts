/**
 * Generated control flow: if, switch, loops, and the ways out of them.
 */
import type { Body } from "./body.ts";
import { condition } from "./condition.ts";
import { typeNamed } from "./expression.ts";
import { integer, small } from "./integer.ts";
import { returnText, someStatements } from "./statement.ts";
import { braces, type Section, type Text } from "./text.ts";

export function branch(b: Body): void {
  const sections: Section[] = [section(b, `if (${condition(b, 2)}) {`)];
  if (b.random.chance(0.2)) sections.push(section(b, `} else if (${condition(b, 1)}) {`));
  if (b.random.chance(0.5)) sections.push(section(b, "} else {"));
  b.add({ sections, close: "}" });
}

function section(b: Body, open: string): Section {
  const body = b.block(() => {
    someStatements(b, b.random.between(1, 3));
    if (b.random.chance(0.08)) b.add(exitText(b));
  });
  return { open, body };
}

export function chooseCase(b: Body): void {
  const bits = b.random.between(1, 3);
  const subject = b.random.chance(0.6) ? small(b, bits) : integer(b, 2);
  const labels = b.random.shuffled([0, 1, 2, 3, 5, -1, 255]).slice(0, b.random.between(1, 4));
  const wasInLoop = b.inLoop;
  b.inLoop = false;
  const cases: Text[] = [];
  for (const label of labels) {
    if (b.random.chance(0.25)) cases.push(`case ${label + 10}:`);
    cases.push(caseOf(b, `case ${label}: {`));
  }
  if (b.random.chance(0.6)) cases.push(caseOf(b, "default: {"));
  b.inLoop = wasInLoop;
  b.add(braces(`switch (${subject.text}) {`, cases));
}

/** A `break` inside of braces leaves the switch; every case ends with one, or with a return. */
function caseOf(b: Body, open: string): Text {
  const body = b.block(() => {
    someStatements(b, b.random.between(1, 2));
    b.add(b.random.chance(0.1) ? returnText(b) : "break;");
  });
  return braces(open, body);
}

export function countedLoop(b: Body): void {
  const name = b.fresh("i");
  b.module.repetitions++;
  const rounds = b.loops > 0 ? b.random.between(1, 2) : b.random.between(1, 5);
  const limit = b.random.chance(0.3) ? small(b, 2).text : `${rounds}`;
  const high = BigInt(Math.max(rounds, 3)) - 1n;
  const body = b.loopBody(() => {
    b.declareInt({ text: name, type: null, low: 0n, high, tainted: true });
    someStatements(b, b.random.between(1, 4));
    if (b.random.chance(0.3)) b.add(`if (${condition(b, 1)}) ${b.random.pick(["break", "continue"])};`);
    someStatements(b, 1);
  });
  b.add(braces(`for (let ${name} = 0; ${name} < ${limit}; ${b.random.pick([`${name}++`, `${name} += 1`])}) {`, body));
}

/** Goes round as long as the data wants, a few times at most. */
export function dataLoop(b: Body): void {
  const name = b.fresh("n");
  b.module.repetitions++;
  b.add(`let ${name}: u8 = ${small(b, b.random.between(1, 2)).text};`);
  const body = b.loopBody(() => {
    b.add(`${name} -= 1;`);
    b.declareInt({ text: name, type: null, ...typeNamed("u8"), tainted: true });
    someStatements(b, b.random.between(1, 3));
    if (b.random.chance(0.3)) b.add(`if (${condition(b, 1)}) break;`);
  });
  b.add(braces(`while (${name} > 0${b.random.chance(0.3) ? ` && ${condition(b, 1)}` : ""}) {`, body));
}

export function earlyExit(b: Body): void {
  // Too many of them, and nothing behind them is ever run.
  if (b.depth < 2 && b.random.chance(0.7)) {
    branch(b);
    return;
  }
  b.add(`if (${condition(b, 2)}) ${exitText(b)}`);
}

/** Return, or out of the loop. */
export function exitText(b: Body): string {
  if (b.inLoop && b.random.chance(0.6)) return b.random.pick(["break;", "continue;"]);
  return returnText(b);
}
