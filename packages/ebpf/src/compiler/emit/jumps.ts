/**
 * Lays out the blocks of a function with as few jumps as possible.
 *
 * - A block without code is skipped by everybody who would jump to it.
 * - What follows in the layout needs no jump; a condition is inverted where that makes its other side follow.
 * - A jump to a bare `exit` becomes an `exit`.
 *
 * Blocks that nobody reaches are left out: the kernel refuses unreachable instructions.
 */
import type { AllocatedBlock, AllocatedEnd, AllocatedInstruction, Source } from "../allocate/allocated.ts";
import { item } from "../machine/item.ts";
import type { Condition, Width } from "../machine/machine.ts";

/** What stands at the end of a laid out block, in this order; targets are places in the layout. */
export type Leave =
  | { readonly op: "exit" }
  | { readonly op: "jump"; readonly target: number }
  | {
      readonly op: "jumpIf";
      readonly condition: Condition;
      readonly width: Width;
      readonly left: number;
      readonly right: Source;
      readonly target: number;
    };

export interface LaidOutBlock {
  readonly body: readonly AllocatedInstruction[];
  /** Empty where the block runs into the next one; two where neither side of a condition follows. */
  readonly leave: readonly Leave[];
  /** Where the block's end comes from. */
  readonly at: AllocatedEnd["at"];
}

export function layOutBlocks(blocks: readonly AllocatedBlock[]): readonly LaidOutBlock[] {
  const ends = blocks.map(({ end }) =>
    exitAtOnce(
      blocks,
      retarget(end, (target) => skipEmpty(blocks, target)),
    ),
  );
  const order = reachable(ends);
  const places = new Map(order.map((block, place) => [block, place]));
  return order.map((number, place) => {
    const { body } = item(blocks, number);
    const end = retarget(item(ends, number), (target) => places.get(target) ?? -1);
    return { body, leave: leaveBy(end, place + 1), at: end.at };
  });
}

export function isCode(instruction: AllocatedInstruction): boolean {
  return instruction.op !== "slotStart";
}

function retarget(end: AllocatedEnd, map: (target: number) => number): AllocatedEnd {
  switch (end.op) {
    case "return":
      return end;
    case "jump":
      return { ...end, target: map(end.target) };
    case "branch": {
      const ifTrue = map(end.ifTrue);
      const ifFalse = map(end.ifFalse);
      return ifTrue === ifFalse ? { op: "jump", target: ifTrue, at: end.at } : { ...end, ifTrue, ifFalse };
    }
  }
}

/** A jump to a block that only returns is a return. Done before reachability: the block may have no other way in. */
function exitAtOnce(blocks: readonly AllocatedBlock[], end: AllocatedEnd): AllocatedEnd {
  if (end.op !== "jump") return end;
  const target = item(blocks, end.target);
  return target.end.op === "return" && !target.body.some(isCode) ? { op: "return", at: end.at } : end;
}

/** Where a jump to `block` ends up. A loop of empty blocks stays where it is. */
function skipEmpty(blocks: readonly AllocatedBlock[], block: number): number {
  let at = block;
  // More steps than blocks would be a loop.
  for (let steps = 0; steps < blocks.length; steps++) {
    const { body, end } = item(blocks, at);
    if (end.op !== "jump" || body.some(isCode)) return at;
    at = end.target;
  }
  return block;
}

function reachable(ends: readonly AllocatedEnd[]): readonly number[] {
  const reached = new Set([0]);
  const pending = [0];
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    const end = item(ends, block);
    const targets = end.op === "jump" ? [end.target] : end.op === "branch" ? [end.ifTrue, end.ifFalse] : [];
    for (const target of targets) {
      if (reached.has(target)) continue;
      reached.add(target);
      pending.push(target);
    }
  }
  return ends.flatMap((_, block) => (reached.has(block) ? [block] : []));
}

/** Every condition that has an opposite. "Any of these bits" has none in eBPF. */
const OPPOSITES: Readonly<Record<Condition, Condition | null>> = {
  "==": "!=",
  "!=": "==",
  "u<": "u>=",
  "u>=": "u<",
  "u>": "u<=",
  "u<=": "u>",
  "s<": "s>=",
  "s>=": "s<",
  "s>": "s<=",
  "s<=": "s>",
  "&": null,
};

function leaveBy(end: AllocatedEnd, next: number): readonly Leave[] {
  const go = (target: number): readonly Leave[] => (target === next ? [] : [{ op: "jump", target }]);
  if (end.op === "return") return [{ op: "exit" }];
  if (end.op === "jump") return go(end.target);
  const { condition, width, left, right } = end;
  const opposite = OPPOSITES[condition];
  if (end.ifTrue === next && opposite !== null) {
    return [{ op: "jumpIf", condition: opposite, width, left, right, target: end.ifFalse }];
  }
  return [{ op: "jumpIf", condition, width, left, right, target: end.ifTrue }, ...go(end.ifFalse)];
}
