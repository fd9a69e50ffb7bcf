/**
 * Queues and stacks: values without keys.
 */
import type { AnyLayout } from "../layout.ts";
import type { AnyRef, Ref } from "../reference.ts";
import { current } from "../runtime.ts";
import { declareMap, type MapDeclaration } from "./declaration.ts";
import { BPF_ANY } from "./flag.ts";

export interface QueueMap<L extends AnyLayout = AnyLayout> extends MapDeclaration {
  readonly kind: "queue" | "stack";
  readonly value: AnyLayout;
  /** 0, or -7 (E2BIG) when full; with `BPF_EXIST` the oldest value makes room. -22 (EINVAL) for other flags. */
  push(value: Ref<L>, flags?: number): number;
  /** Takes the next value: a queue's oldest, a stack's newest. 0, or -2 (ENOENT) when empty, and `into` is zeroed. */
  pop(into: Ref<L>): number;
  /** As `pop`, but the value stays. */
  peek(into: Ref<L>): number;
}

export interface QueueOptions<L extends AnyLayout> {
  readonly value: L;
  readonly maxEntries: number;
}

/** First in, first out. */
export function queue<L extends AnyLayout>(name: string, options: QueueOptions<L>): QueueMap<L> {
  return declare("queue", name, options);
}

/** Last in, first out. */
export function stack<L extends AnyLayout>(name: string, options: QueueOptions<L>): QueueMap<L> {
  return declare("stack", name, options);
}

function declare<L extends AnyLayout>(kind: "queue" | "stack", name: string, options: QueueOptions<L>): QueueMap<L> {
  const { value, maxEntries } = options;
  const facts = { ...declareMap({ kind, name, value, maxEntries }), kind, value };
  const table = () => current.machine.queues[facts.id] ?? current.machine.openQueue(facts);
  return {
    ...facts,
    push: (from: AnyRef, flags = BPF_ANY) => table().push(from, flags),
    pop: (into: AnyRef) => table().pop(into),
    peek: (into: AnyRef) => table().peek(into),
  };
}
