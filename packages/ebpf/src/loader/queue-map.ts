/**
 * The typed view of queues and stacks.
 */
import type { AnyLayout } from "../language/layout.ts";
import type { QueueMap } from "../language/map/queue.ts";
import type { Codec } from "./codec.ts";
import { assertDeclared } from "./declared.ts";
import type { KernelMap } from "./kernel-map.ts";
import type { Plain, PlainInit } from "./plain.ts";
import { valueCodec } from "./typed-map.ts";

export class TypedQueue<Value, ValueInit> {
  readonly map: KernelMap;
  readonly #value: Codec<Value, ValueInit>;

  constructor(map: KernelMap, value: Codec<Value, ValueInit>) {
    this.map = map;
    this.#value = value;
  }

  /** Throws a LoaderError "map-full"; with `dropsOldest` the oldest value makes room instead. */
  push(value: ValueInit, { dropsOldest = false }: { readonly dropsOldest?: boolean } = {}): void {
    this.map.update(NO_KEY, this.#value.encode(value), dropsOldest ? "replace" : "any");
  }

  /** Takes the next value: a queue's oldest, a stack's newest; undefined when there is none. */
  pop(): Value | undefined {
    const value = this.map.take(NO_KEY);
    return value && this.#value.decode(value);
  }

  /** As pop, but the value stays. */
  peek(): Value | undefined {
    const value = this.map.lookup(NO_KEY);
    return value && this.#value.decode(value);
  }
}

const NO_KEY = new Uint8Array(0);

export function typedQueue<L extends AnyLayout>(
  map: KernelMap,
  declaration: QueueMap<L>,
): TypedQueue<Plain<L>, PlainInit<L>> {
  assertDeclared(map, declaration, ["queue", "stack"]);
  return new TypedQueue(map, valueCodec<L>(declaration));
}
