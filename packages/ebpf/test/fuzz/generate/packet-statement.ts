/**
 * Generated statements on the packet and its context.
 */
import type { Body, RefVariable } from "./body.ts";
import { exitText } from "./branch.ts";
import { condition } from "./condition.ts";
import { constant, type Integer, operation } from "./expression.ts";
import { integer, integerIn, small } from "./integer.ts";
import type { LayoutModel } from "./layout.ts";
import { instanceOf } from "./memory-statement.ts";
import { mixIn, someStatements } from "./statement.ts";
import { braces } from "./text.ts";

/** A reference at a constant or variable offset, tested before it is used. */
export function packetReference(b: Body): void {
  const name = b.fresh("r");
  const layout = b.random.pick(b.random.chance(0.3) ? b.module.keys : b.module.layouts);
  b.add(`const ${name} = ctx.at(${offset(b).text}, ${layout.name});`);
  useTested(b, packetRef(b, name, layout));
}

export function packetRef(b: Body, text: string, layout: LayoutModel): RefVariable {
  return { text, layout, place: "packet", shared: false, moves: b.moves, element: null };
}

/** Leaves when the reference is null, or goes into braces when it is not. */
export function useTested(b: Body, ref: RefVariable): void {
  if (b.random.chance(b.depth < 2 ? 0.35 : 0.2)) {
    const test = b.random.chance(0.2) ? ` || ${withRef(b, ref, () => condition(b, 0))}` : "";
    b.add(`if (${ref.text} === null${test}) ${exitText(b)}`);
    b.refs.push(ref);
    return;
  }
  const test = b.random.chance(0.3) ? ` && ${withRef(b, ref, () => condition(b, 1))}` : "";
  const body = b.block(() => {
    b.refs.push(ref);
    someStatements(b, b.random.between(2, 5));
  });
  b.add(braces(`if (${ref.text} !== null${test}) {`, body));
}

function withRef(b: Body, ref: RefVariable, make: () => string): string {
  b.refs.push(ref);
  const text = make();
  b.refs.pop();
  return text;
}

/** Of a place in the packet; most packets have bytes there. */
export function offset(b: Body): Integer {
  switch (b.random.below(5)) {
    case 0:
      return small(b, b.random.between(2, 6));
    case 1: {
      const part = small(b, 4);
      const more = BigInt(b.random.below(20));
      return operation(`(${part.text} + ${more})`, part.low + more, part.high + more, [part]);
    }
    case 2: {
      if (b.random.chance(0.7)) break;
      return b.random.chance(0.5) ? integerIn(b, "u8", 1) : small(b, 15);
    }
    default:
      break;
  }
  return constant(BigInt(b.random.chance(0.7) ? b.random.below(20) : b.random.below(120)));
}

/** Moves one end of an XDP packet, or makes a tcx packet's bytes reachable. References are taken again after that. */
export function movePacket(b: Body): void {
  const status = b.fresh("s");
  b.add(`const ${status} = ${moveCall(b)};`);
  b.moves++;
  b.declareInt({ text: status, type: null, low: -4095n, high: 0n, tainted: false });
  if (b.random.chance(0.3)) b.add(`if (${status} !== 0) ${exitText(b)}`);
  else mixIn(b, { text: status, low: -4095n, high: 0n, tainted: false });
  packetReference(b);
}

function moveCall(b: Body): string {
  if (b.context === "Skb") return `ctx.pullData(${small(b, 7).text})`;
  const method = b.random.pick(["adjustHead", "adjustTail"]);
  return `ctx.${method}(${delta(b).text})`;
}

function delta(b: Body): Integer {
  if (b.random.chance(0.6))
    return constant(BigInt(b.random.pick([-8, -4, -20, -1, 0, 1, 2, 4, 8, 14, -250, -400, 300])));
  if (b.random.chance(0.1)) return integerIn(b, "i32", 1);
  const part = small(b, 4);
  return operation(`(${part.text} - 8)`, part.low - 8n, part.high - 8n, [part]);
}

/** What only tcx programs do. */
export function contextStatement(b: Body): void {
  switch (b.random.below(4)) {
    case 0:
      b.add(`ctx.mark = ${integer(b, 2).text};`);
      return;
    case 1:
      b.add(`ctx.priority = ${integer(b, 2).text};`);
      return;
    case 2: {
      if (b.loops > 0) break;
      const from = instanceOf(b, b.random.pick(b.module.layouts));
      if (from === null) break;
      const status = b.fresh("s");
      b.add(`const ${status} = ctx.storeBytes(${small(b, 6).text}, ${from.text});`);
      b.moves++;
      b.declareInt({ text: status, type: null, low: -4095n, high: 0n, tainted: false });
      return;
    }
    default: {
      const into = instanceOf(b, b.random.pick(b.module.layouts));
      if (into === null) break;
      const status = b.fresh("s");
      b.add(`const ${status} = ctx.loadBytes(${small(b, 7).text}, ${into.text});`);
      b.declareInt({ text: status, type: null, low: -4095n, high: 0n, tainted: false });
      return;
    }
  }
  b.add(`ctx.mark = ${small(b, 8).text};`);
}
