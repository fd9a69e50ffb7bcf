/**
 * What contexts with packet bytes have in common.
 */
import type { AnyLayout } from "../layout.ts";
import type { Ref } from "../reference.ts";

export interface Packet {
  /** Bytes in the packet. For `Skb` those that lie in fragments count too, though `at` does not reach them. */
  readonly length: number;
  /**
   * A reference to the bytes at `offset`, or `null` when the packet ends before the layout does.
   *
   * The reference goes stale when a helper that may move the packet is called (`movesPacket` in the table of helpers).
   *
   * @param offset 0..65535, which the compiler wants proven
   */
  at<L extends AnyLayout>(offset: number, layout: L): Ref<L> | null;
}
