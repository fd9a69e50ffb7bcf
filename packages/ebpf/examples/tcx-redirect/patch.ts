/**
 * A patch cable in the kernel: whatever arrives at one of two interfaces leaves by the other, addresses untouched.
 *
 * A packet's way: it is received by the interface at one end and sent out of the interface at the other, before the
 * network stack has looked at it. While the cable is not plugged in at both ends, and for any other interface, the packet
 * goes on as if there were no cable.
 */
import { atomicAdd, cell, redirect, type Skb, struct, TCX_NEXT, u32, u64 } from "@weir/ebpf";

/** The ends are interface indexes, 0 for none; the rest counts packets, one counter for each outcome. */
const Cable = struct({ size: 32, fields: { left: u32, right: u32, toRight: u64, toLeft: u64, elsewhere: u64 } });
export const cable = cell("cable", Cable);

export function patch(ctx: Skb): number {
  const plugged = cable.ref();
  const left = plugged.left;
  const right = plugged.right;
  if (left !== 0 && right !== 0) {
    if (ctx.ifindex === left) {
      atomicAdd(plugged, "toRight", 1n);
      return redirect(right, 0);
    }
    if (ctx.ifindex === right) {
      atomicAdd(plugged, "toLeft", 1n);
      return redirect(left, 0);
    }
  }
  atomicAdd(plugged, "elsewhere", 1n);
  return TCX_NEXT;
}
