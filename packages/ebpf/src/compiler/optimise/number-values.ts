/**
 * Global value numbering over the dominator tree: what has been computed on every way here is not computed again.
 *
 * It holds for pure operations only, and expects that constants have been pooled. Two loads of one place may differ, because another CPU writes in between. An `offset` must be
 * shared, not merely may: the verifier's proof of a bound belongs to the one pointer that was compared. Equality looks through `fit`
 * and `refine`, which are their operand. A comparison that a branch on the way has decided is the constant it was decided to be.
 */
import type { Dominators } from "../ir/dominators.ts";
import { findDominators } from "../ir/dominators.ts";
import type { Block, IrFunction, Operation, Value } from "../ir/ir.ts";
import { single } from "../ranges/interval.ts";
import { follow, inputsOf, newValue, replaceUses } from "./graph-edit.ts";
import { restate, rootOf, saysAsMuch } from "./same-value.ts";

interface Leader {
  readonly value: Value;
  readonly block: Block;
}

interface Numbering {
  readonly fn: IrFunction;
  readonly dominators: Dominators;
  /** `false` and `true`, once a branch has decided something. They stand at the start of the entry. */
  readonly outcomes: Value[];
  readonly leaders: Map<string, Leader>;
  /** What branches have decided: the constant holds in blocks that `block` dominates. */
  readonly decided: Map<string, Leader>;
  readonly replacements: Map<Value, Value>;
}

export function numberValues(fn: IrFunction): void {
  const [entry] = fn.blocks;
  if (entry === undefined) return;
  const numbering: Numbering = {
    fn,
    dominators: findDominators(fn),
    outcomes: [],
    leaders: new Map(),
    decided: new Map(),
    replacements: new Map(),
  };
  const waiting = [entry];
  for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
    numberBlock(numbering, block);
    waiting.push(...numbering.dominators.children(block));
  }
  entry.body.unshift(...numbering.outcomes);
  replaceUses(fn, numbering.replacements);
}

function numberBlock(numbering: Numbering, block: Block): void {
  learnFromBranch(numbering, block);
  block.phis = block.phis.filter((phi) => !hasLeader(numbering, block, phi));
  block.body = block.body.filter((value) => !hasLeader(numbering, block, value));
  const end = block.end;
  if (end?.kind !== "branch") return;
  const known = decision(numbering, block, conditionKey(numbering, end.condition));
  if (known !== null) block.end = { ...end, condition: known };
}

/** The only way into this block was one side of a branch: below, its condition is known. */
function learnFromBranch(numbering: Numbering, block: Block): void {
  const [pred, second] = block.preds;
  if (pred?.end?.kind !== "branch" || second !== undefined) return;
  const { condition, ifTrue } = pred.end;
  const key = conditionKey(numbering, condition);
  numbering.decided.set(key, { value: outcomeValue(numbering, ifTrue === block), block });
}

function outcomeValue(numbering: Numbering, outcome: boolean): Value {
  const { fn, outcomes } = numbering;
  if (outcomes.length === 0) {
    for (const value of [0n, 1n]) outcomes.push(newValue(fn, "bool", fn.at, { kind: "const", value }, single(value)));
  }
  const value = outcomes[outcome ? 1 : 0];
  if (value === undefined) throw new Error("true and false are constants");
  return value;
}

const COMMUTATIVE: ReadonlySet<string> = new Set(["add", "mul", "and", "or", "xor", "==", "!="]);

/** True when the value is replaced by an earlier one, or is left as a restatement of it. */
function hasLeader(numbering: Numbering, block: Block, value: Value): boolean {
  const { op } = value;
  if (op.kind === "fit" || op.kind === "refine") return false;
  const key = keyOf(numbering, block, value);
  if (key === null) return false;
  const leader = decision(numbering, block, key) ?? dominating(numbering, block, numbering.leaders.get(key));
  if (leader === null) {
    numbering.leaders.set(key, { value, block });
    return false;
  }
  if (saysAsMuch(leader, value) || op.kind === "phi") {
    numbering.replacements.set(value, leader);
    return true;
  }
  restate(value, leader);
  return false;
}

function decision(numbering: Numbering, block: Block, key: string): Value | null {
  return dominating(numbering, block, numbering.decided.get(key));
}

function dominating(numbering: Numbering, block: Block, leader: Leader | undefined): Value | null {
  return leader !== undefined && numbering.dominators.dominates(leader.block, block) ? leader.value : null;
}

/** A comparison is known again where it is computed again, any other condition where it is read again. */
function conditionKey(numbering: Numbering, condition: Value): string {
  const root = rootThrough(numbering.replacements, condition);
  const key = root.op.kind === "compare" || root.op.kind === "not" ? operationKey(numbering, root) : null;
  return key ?? `value ${root.id}`;
}

/** Equal for values that are certainly equal; `null` for what is never compared. `block` is where the value is computed. */
function keyOf(numbering: Numbering, block: Block, value: Value): string | null {
  if (value.op.kind !== "phi") return operationKey(numbering, value);
  // Inputs that the walk has not reached yet are equal only if they are the very same.
  const inputs = inputsOf(value).map((input) => follow(numbering.replacements, input).id);
  return `phi b${block.id} ${inputs.join(" ")}`;
}

function operationKey(numbering: Numbering, { op, type }: Value): string | null {
  switch (op.kind) {
    case "arith":
    case "bits":
    case "bits64":
      return pairKey(numbering, `${op.kind} ${type} ${op.operator}`, op.left, op.right, COMMUTATIVE.has(op.operator));
    case "compare":
      return pairKey(numbering, `compare ${op.operator}`, op.left, op.right, COMMUTATIVE.has(op.operator));
    case "imul":
      return pairKey(numbering, "imul", op.left, op.right, true);
    case "offset":
      return pairKey(numbering, "offset", op.base, op.amount, false);
    case "distance":
      return pairKey(numbering, "distance", op.from, op.to, false);
    case "unsigned32":
    case "wrap64":
    case "not":
    case "convert":
      return `${op.kind} ${type} ${rootId(numbering, op.value)}`;
    case "swap":
      return `swap${op.bits} ${rootId(numbering, op.value)}`;
    default:
      return addressKey(op);
  }
}

function addressKey(op: Operation): string | null {
  switch (op.kind) {
    case "slotAddress":
      return `slotAddress ${op.slot}`;
    case "mapAddress":
    case "mapValueAddress":
      return `${op.kind} ${op.map}`;
    case "functionAddress":
      return `functionAddress ${op.name}`;
    case "param":
      return `param ${op.index}`;
    default:
      return null;
  }
}

function pairKey(numbering: Numbering, name: string, left: Value, right: Value, isCommutative: boolean): string {
  const [first, second] = [rootId(numbering, left), rootId(numbering, right)];
  return isCommutative && first > second ? `${name} ${second} ${first}` : `${name} ${first} ${second}`;
}

function rootId(numbering: Numbering, operand: Value): number {
  return rootThrough(numbering.replacements, operand).id;
}

/** The computed value behind an operand, in a graph whose replacements are not carried out yet. */
function rootThrough(replacements: ReadonlyMap<Value, Value>, operand: Value): Value {
  let root = rootOf(follow(replacements, operand));
  for (let next = follow(replacements, root); next !== root; next = follow(replacements, root)) root = rootOf(next);
  return root;
}
