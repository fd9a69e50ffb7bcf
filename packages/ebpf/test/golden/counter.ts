/** Counts packets and bytes for each IP protocol, in one value a CPU. */
import { percpuArray, struct, u8, u16, u64, u64wrap, XDP_PASS, type Xdp } from "@weir/ebpf";

const ETH_HLEN = 14;
const ETH_P_IP = 0x0800;

const Ethernet = struct({ order: "network", size: 2, source: "IEEE 802.3", fields: { type: u16 } });
const Protocol = struct({ order: "network", size: 1, source: "RFC 791 section 3.1", fields: { protocol: u8 } });
const Counter = struct({ size: 16, fields: { packets: u64, bytes: u64 } });

const counters = percpuArray("counters", { value: Counter, maxEntries: 256 });

export function count(ctx: Xdp): number {
  const ethernet = ctx.at(12, Ethernet);
  if (ethernet === null || ethernet.type !== ETH_P_IP) return XDP_PASS;
  const ip = ctx.at(ETH_HLEN + 9, Protocol);
  if (ip === null) return XDP_PASS;
  const counter = counters.lookup(ip.protocol);
  if (counter !== null) {
    counter.packets++;
    counter.bytes = u64wrap(counter.bytes + BigInt(ctx.length));
  }
  return XDP_PASS;
}
