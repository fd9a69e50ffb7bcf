/**
 * Kernel helpers that are plain functions: clocks, chance, and where a packet goes when its program has returned.
 */
import type { u32, u64 } from "./integer.ts";
import { current } from "./runtime.ts";

/** Nanoseconds since boot without suspension. */
export function ktimeNs(): u64 {
  return current.machine.ktimeNs();
}

/** Nanoseconds since boot, suspension included. */
export function ktimeBootNs(): u64 {
  return current.machine.ktimeBootNs();
}

/** Nanoseconds since boot as of the last timer tick: cheaper, and 1 to 10 ms behind. */
export function ktimeCoarseNs(): u64 {
  return current.machine.ktimeCoarseNs();
}

/** A pseudo-random number, 0..2^32-1. */
export function randomU32(): u32 {
  return current.machine.randomU32();
}

/** The number of the CPU that runs the program. */
export function cpuId(): u32 {
  return current.machine.cpuId();
}

/**
 * Sends the packet out of another interface after the program has returned this verdict.
 *
 * @param flags XDP: 0. tcx: 0, or `BPF_F_INGRESS` to let the packet arrive there
 * @returns XDP_REDIRECT or XDP_ABORTED; in tcx programs TCX_REDIRECT or TCX_DROP
 */
export function redirect(ifindex: number, flags: number): number {
  return current.machine.redirect(ifindex, flags);
}

/** Lets the packet arrive at the peer of a veth or netkit device, in the peer's namespace. tcx at ingress only. */
export function redirectPeer(ifindex: number, flags: number): number {
  return current.machine.redirectPeer(ifindex, flags);
}

/** Sends the packet out of another interface with link-layer addresses from the kernel's neighbour table. tcx only. */
export function redirectNeigh(ifindex: number, flags: number): number {
  return current.machine.redirectNeigh(ifindex, flags);
}
