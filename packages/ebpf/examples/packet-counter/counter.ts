/** Counts IPv4 packets by their protocol, one counter for each CPU, and lets every packet pass. */
import { bytes, percpuArray, struct, u8, u16, u64, XDP_PASS, type Xdp } from "@weir/ebpf";

const Ipv4 = struct({ order: "network", size: 24, fields: { macs: bytes(12), type: u16, ip: bytes(9), protocol: u8 } });
export const packets = percpuArray("packets", { value: u64, maxEntries: 256 });

export function count(ctx: Xdp): number {
  const packet = ctx.at(0, Ipv4);
  if (packet === null || packet.type !== 0x0800) return XDP_PASS;
  const counter = packets.lookup(packet.protocol);
  if (counter !== null) counter.value += 1n;
  return XDP_PASS;
}
