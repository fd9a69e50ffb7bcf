/**
 * A SYN rate limiter at XDP: each IPv4 source may open so many TCP connections a second, and a burst of some more.
 *
 * A packet's way: what is not TCP over IPv4, or no SYN, passes uncounted. A SYN takes a token out of the bucket of its source and
 * passes; where the bucket is empty, the SYN is dropped before the network stack has spent anything on it.
 */
import {
  atomicAdd,
  atomicCompareExchange,
  BPF_NOEXIST,
  bytes,
  cell,
  config,
  ktimeNs,
  lruHash,
  raw16,
  raw32,
  struct,
  u8,
  u16,
  u32,
  u64,
  u64wrap,
  XDP_DROP,
  XDP_PASS,
  type Xdp,
} from "@weir/ebpf";

/** What one source may do. */
export const limit = config({ synsPerSecond: 10, burst: 20 });

/** One counter for each outcome of a SYN. */
const Outcomes = struct({ size: 16, fields: { passed: u64, limited: u64 } });
export const outcomes = cell("outcomes", Outcomes);

/**
 * When the bucket of a source will be full again, in nanoseconds since boot: the whole bucket in one word, so that two CPUs
 * agree about a token by one compare-and-exchange. A source that is forgotten has a full bucket.
 */
export const buckets = lruHash("buckets", { key: raw32, value: u64, maxEntries: 65_536 });

export function limitSyns(ctx: Xdp): number {
  const ethernet = ctx.at(0, Ethernet);
  if (ethernet === null || ethernet.type !== ETH_P_IP) return XDP_PASS;
  const ip = ctx.at(ETH_HLEN, Ipv4);
  if (ip === null || ip.protocol !== IPPROTO_TCP) return XDP_PASS;
  if ((ip.fragment & FRAGMENT_OFFSET) !== 0) return XDP_PASS; // only the first fragment has a TCP header
  const tcp = ctx.at(ETH_HLEN + (ip.versionAndLength & 15) * 4, Tcp);
  if (tcp === null || (tcp.flags & (SYN | ACK)) !== SYN) return XDP_PASS;
  if (!takeToken(ip.source)) {
    atomicAdd(outcomes.ref(), "limited", 1n);
    return XDP_DROP;
  }
  atomicAdd(outcomes.ref(), "passed", 1n);
  return XDP_PASS;
}

function takeToken(source: raw32): boolean {
  const now = ktimeNs();
  const token = BigInt(Math.floor(NS_PER_SECOND / limit.synsPerSecond)); // what one token takes to come back
  const bucket = buckets.lookup(source);
  if (bucket === null) {
    // Should there be no room for it the SYN passes all the same: the limiter must not become the outage.
    buckets.update(source, u64wrap(now + token), BPF_NOEXIST);
    return limit.burst > 0;
  }
  const found = bucket.value;
  let full = found;
  if (full < now) full = now; // tokens come back by themselves
  full = u64wrap(full + token);
  if (full > u64wrap(now + token * BigInt(limit.burst))) return false;
  // Where another CPU was quicker, it has the token that we saw. Our client sends its SYN again.
  return atomicCompareExchange(bucket, "value", found, full) === found;
}

const NS_PER_SECOND = 1_000_000_000;

const ETH_HLEN = 14;
const ETH_P_IP = 0x0800;
const IPPROTO_TCP = 6;
const FRAGMENT_OFFSET = 0x1fff;
const SYN = 0x02;
const ACK = 0x10;

const Ethernet = struct({
  order: "network",
  size: 14,
  source: "IEEE 802.3",
  fields: { destination: bytes(6), source: bytes(6), type: u16 },
});

const Ipv4 = struct({
  order: "network",
  size: 20,
  source: "RFC 791 section 3.1",
  fields: {
    versionAndLength: u8, // low 4 bits: header length in words of 4 bytes
    service: u8,
    length: u16,
    identification: u16,
    fragment: u16, //         low 13 bits: offset of this fragment
    ttl: u8,
    protocol: u8,
    checksum: raw16,
    source: raw32,
    destination: raw32,
  },
});

const Tcp = struct({
  order: "network",
  size: 20,
  source: "RFC 9293 section 3.1",
  fields: {
    source: u16,
    destination: u16,
    sequence: u32,
    acknowledgement: u32,
    offset: u8,
    flags: u8,
    window: u16,
    checksum: raw16,
    urgent: u16,
  },
});
