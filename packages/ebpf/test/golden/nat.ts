/** Rewrites the destination of TCP connections to a virtual address and keeps the header checksum right (RFC 1624). */
import { hash, raw16, raw32, struct, u8, u16, XDP_DROP, XDP_PASS, XDP_TX, type Xdp } from "@weir/ebpf";

const ETH_HLEN = 14;
const IPPROTO_TCP = 6;

const Ipv4 = struct({
  order: "network",
  size: 20,
  source: "RFC 791 section 3.1",
  fields: {
    versionAndLength: u8,
    tos: u8,
    length: u16,
    id: raw16,
    fragment: u16,
    ttl: u8,
    protocol: u8,
    checksum: raw16,
    source: raw32,
    destination: raw32,
  },
});
const Ports = struct({ order: "network", size: 4, source: "RFC 9293 section 3.1", fields: { source: raw16, destination: raw16 } });
const Service = struct({ size: 8, fields: { address: raw32, port: raw16, padding: u16 } });
const Server = struct({ size: 8, fields: { address: raw32, port: raw16, weight: u16 } });

const services = hash("services", { key: Service, value: Server, maxEntries: 64 });

/** The sum with its carries added in; twice, as the first time may carry again. */
function fold(sum: number): u16 {
  const once = (sum & 0xffff) + Math.floor(sum / 65536);
  return ((once & 0xffff) + (once >>> 16)) & 0xffff;
}

/** The checksum after one word of the header has become another one. */
function updated(checksum: u16, before: number, after: number): u16 {
  const sum = (~checksum & 0xffff) + (~before & 0xffff) + ((~before >>> 16) & 0xffff) + (after & 0xffff) + (after >>> 16);
  return ~fold(sum) & 0xffff;
}

export function nat(ctx: Xdp): number {
  const ip = ctx.at(ETH_HLEN, Ipv4);
  if (ip === null || ip.versionAndLength !== 0x45 || ip.protocol !== IPPROTO_TCP) return XDP_PASS;
  const ports = ctx.at(ETH_HLEN + 20, Ports);
  if (ports === null) return XDP_DROP;
  const server = services.lookup(Service.make({ address: ip.destination, port: ports.destination }));
  if (server === null) return XDP_PASS;
  if (server.weight === 0 || ip.ttl <= 1) return XDP_DROP;
  ip.checksum = updated(ip.checksum, ip.destination, server.address);
  ip.destination = server.address;
  ports.destination = server.port;
  return XDP_TX;
}
