/**
 * Time on the packet path: ticks of 2^20 ns, about 1.05 ms, that wrap around after 52 days. Differences are taken modulo 2^32.
 */
import { ktimeCoarseNs, ktimeNs, type u16, type u32 } from "@weir/ebpf";

const NANOSECONDS_PER_TICK_LOG2 = 20n;

export function nowTicks(): u32 {
  return Number(ktimeCoarseNs() >> NANOSECONDS_PER_TICK_LOG2) >>> 0;
}

/** The same clock read exactly: the cheap one is not for programs that run on demand. */
export function exactTicks(): u32 {
  return Number(ktimeNs() >> NANOSECONDS_PER_TICK_LOG2) >>> 0;
}

/** True when `moment` lies before `now`, as far as 26 days. */
export function isPast(moment: u32, now: u32): boolean {
  return ((moment - now) | 0) < 0;
}

/** 10^9 / 2^20 is 1953125 / 2^11 exactly. */
export function secondsToTicks(seconds: u16): u32 {
  return Math.floor((seconds * 1_953_125) / 2048);
}
