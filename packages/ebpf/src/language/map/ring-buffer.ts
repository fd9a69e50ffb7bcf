/**
 * Ring buffers: records on their way to user space.
 */
import type { AnyLayout } from "../layout.ts";
import type { AnyRef, Ref } from "../reference.ts";
import { current } from "../runtime.ts";
import { declareMap, type MapDeclaration } from "./declaration.ts";

export interface RingBuffer<L extends AnyLayout = AnyLayout> extends MapDeclaration {
  readonly kind: "ringBuffer";
  readonly value: AnyLayout;
  /**
   * Copies a record into the ring. 0, or -11 (EAGAIN) when there is no room; -22 (EINVAL) for flags other than
   * `BPF_RB_NO_WAKEUP` and `BPF_RB_FORCE_WAKEUP`.
   */
  output(record: Ref<L>, flags?: number): number;
}

const PAGE = 4096;

/**
 * Declares a ring buffer of `size` bytes.
 *
 * @throws when `size` is not a power of two and a multiple of the page
 */
export function ringBuffer<L extends AnyLayout>(
  name: string,
  options: { readonly value: L; readonly size: number },
): RingBuffer<L> {
  const { value, size } = options;
  if (!Number.isInteger(size) || size < PAGE || !Number.isInteger(Math.log2(size))) {
    throw new RangeError(
      `Cannot declare ring buffer ${name} of ${size} bytes: the size is a power of two and at least one page of ${PAGE}. Round it up.`,
    );
  }
  const facts = { ...declareMap({ kind: "ringBuffer", name, value, maxEntries: size }), value };
  return {
    ...facts,
    kind: "ringBuffer",
    output: (record: AnyRef, flags = 0) =>
      (current.machine.rings[facts.id] ?? current.machine.openRing(facts)).output(record, flags),
  };
}
