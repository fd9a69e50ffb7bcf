/** A token bucket: u64 arithmetic that wraps, shifts, divides and is compared. */
import { hash, ktimeNs, struct, u32, u64, u64wrap, XDP_DROP, XDP_PASS, type Xdp } from "@weir/ebpf";

const Source = struct({ order: "network", size: 4, fields: { address: u32 } });
const Bucket = struct({ size: 16, fields: { tokens: u64, filledAt: u64 } });
const buckets = hash("buckets", { key: u32, value: Bucket, maxEntries: 1024 });

/** Nanoseconds a byte, and the most that a bucket holds. */
const COST = 80n;
const BURST = 1n << 24n;

export function shape(ctx: Xdp): number {
  const source = ctx.at(26, Source);
  if (source === null) return XDP_PASS;
  const now = ktimeNs();
  const bucket = buckets.lookup(source.address);
  if (bucket === null) {
    const full = buckets.update(source.address, Bucket.make({ tokens: BURST, filledAt: now }));
    return full === 0 ? XDP_PASS : XDP_DROP;
  }
  const gained = u64wrap(now - bucket.filledAt) / COST;
  let tokens: u64 = u64wrap((bucket.tokens & 0xffffffn) + gained);
  if (tokens > BURST) tokens = BURST;
  const length = BigInt(ctx.length);
  if (tokens < length) return XDP_DROP;
  const left = u64wrap(tokens - length);
  buckets.update(source.address, Bucket.make({ tokens: left, filledAt: now }));
  return XDP_PASS;
}
