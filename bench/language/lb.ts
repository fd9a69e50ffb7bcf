/**
 * The program that is measured: a load balancer's way of a packet, small and whole.
 *
 * Parse Ethernet, IPv4, TCP and UDP; find the connection by its five-tuple, or choose a server for a new one; count; move the
 * TCP state; forward by direct routing (DR), NAT or an IPIP tunnel (TUN). `lb.c` is the same program in C, function by function.
 */
import {
  array,
  atomicAdd,
  bytes,
  hash,
  ktimeCoarseNs,
  percpuArray,
  type Ref,
  raw16,
  raw32,
  struct,
  swap16,
  u8,
  u16,
  u32,
  u64,
  XDP_DROP,
  XDP_PASS,
  XDP_TX,
  type Xdp,
} from "@weir/ebpf";

const ETH_LEN = 14;
const IP_LEN = 20;
const L4 = ETH_LEN + IP_LEN;
const ETH_P_IP = 0x0800;
const IPPROTO_IPIP = 4;
const IPPROTO_TCP = 6;
const IPPROTO_UDP = 17;

export const BY_DR = 0;
export const BY_NAT = 1;
export const BY_TUN = 2;

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

const CLOSED = 0;
const SYN_SEEN = 1;
const ESTABLISHED = 2;
const CLOSING = 3;

/** Places on the ring of one service; a power of two. */
export const RING = 256;

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
    versionAndLength: u8,
    tos: u8,
    totalLength: u16,
    identification: u16,
    fragment: u16,
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
    sourcePort: raw16,
    destinationPort: raw16,
    sequence: u32,
    acknowledgement: u32,
    offset: u8,
    flags: u8,
    window: u16,
    checksum: raw16,
    urgent: u16,
  },
});
const Udp = struct({
  order: "network",
  size: 8,
  source: "RFC 768",
  fields: { sourcePort: raw16, destinationPort: raw16, length: u16, checksum: raw16 },
});

export const Flow = struct({
  size: 16,
  fields: { source: raw32, destination: raw32, sourcePort: raw16, destinationPort: raw16, protocol: u32 },
});
export const Service = struct({ size: 8, fields: { address: raw32, port: raw16, protocol: u16 } });
export const ServiceState = struct({ size: 8, fields: { number: u32, ring: u32 } });
export const Server = struct({
  size: 20,
  fields: { address: raw32, local: raw32, port: raw16, method: u8, padding: u8, mac: bytes(6), tail: bytes(2) },
});
export const Connection = struct({
  size: 48,
  fields: {
    packets: u64,
    octets: u64,
    lastSeen: u32,
    service: u32,
    address: raw32,
    local: raw32,
    port: raw16,
    method: u8,
    state: u8,
    mac: bytes(6),
    padding: bytes(6),
  },
});
export const Counters = struct({ size: 16, fields: { packets: u64, octets: u64 } });

export const connections = hash("connections", { key: Flow, value: Connection, maxEntries: 65536 });
export const services = hash("services", { key: Service, value: ServiceState, maxEntries: 256 });
export const ring = array("ring", { value: u32, maxEntries: 16 * RING });
export const servers = array("servers", { value: Server, maxEntries: 64 });
export const counters = percpuArray("counters", { value: Counters, maxEntries: 256 });

export function lb(ctx: Xdp): number {
  const eth = ctx.at(0, Ethernet);
  const ip = ctx.at(ETH_LEN, Ipv4);
  if (eth === null || ip === null) return XDP_PASS;
  if (eth.type !== ETH_P_IP || ip.versionAndLength !== 0x45) return XDP_PASS;
  if ((ip.fragment & 0x3fff) !== 0 || ip.ttl <= 1) return XDP_PASS;

  const protocol = ip.protocol;
  let sourcePort: u16 = 0;
  let destinationPort: u16 = 0;
  let flags: u8 = 0;
  if (protocol === IPPROTO_TCP) {
    const tcp = ctx.at(L4, Tcp);
    if (tcp === null) return XDP_PASS;
    sourcePort = tcp.sourcePort;
    destinationPort = tcp.destinationPort;
    flags = tcp.flags;
  } else if (protocol === IPPROTO_UDP) {
    const udp = ctx.at(L4, Udp);
    if (udp === null) return XDP_PASS;
    sourcePort = udp.sourcePort;
    destinationPort = udp.destinationPort;
  } else {
    return XDP_PASS;
  }

  const flow = Flow.make({ source: ip.source, destination: ip.destination, sourcePort, destinationPort, protocol });
  const now = Number(ktimeCoarseNs() >> 20n) >>> 0;
  let connection = connections.lookup(flow);
  if (connection === null) {
    if (!schedule(flow)) return XDP_PASS;
    connection = connections.lookup(flow);
    if (connection === null) return XDP_DROP;
  }
  account(connection, ip.totalLength, now);
  if (protocol === IPPROTO_TCP) {
    const next = nextState(connection.state, flags);
    if (next !== connection.state) connection.state = next;
  }

  if (connection.method === BY_NAT) return forwardByNat(ctx, eth, ip, connection);
  if (connection.method === BY_TUN) return forwardByTunnel(ctx, ip.tos, ip.totalLength, connection);
  eth.source = eth.destination;
  eth.destination = connection.mac;
  return XDP_TX;
}

/** Chooses a server for a new flow and records the connection; false when nobody serves it. */
function schedule(flow: Ref<typeof Flow>): boolean {
  const key = Service.make({ address: flow.destination, port: flow.destinationPort, protocol: flow.protocol });
  const service = services.lookup(key);
  if (service === null) return false;
  const hashed = Math.imul(flow.source ^ flow.sourcePort, 0x9e3779b1) >>> 24;
  const place = ring.lookup(service.ring + hashed);
  if (place === null) return false;
  const server = servers.lookup(place.value);
  if (server === null) return false;
  const connection = Connection.make({
    service: service.number,
    address: server.address,
    local: server.local,
    port: server.port,
    method: server.method,
    mac: server.mac,
  });
  return connections.update(flow, connection) === 0;
}

/** Counts the packet for its connection and its service. */
function account(connection: Ref<typeof Connection>, length: u16, now: u32): void {
  const octets = BigInt(length);
  atomicAdd(connection, "packets", 1n);
  atomicAdd(connection, "octets", octets);
  if (connection.lastSeen !== now) connection.lastSeen = now;
  const counter = counters.lookup(connection.service);
  if (counter === null) return;
  counter.packets += 1n;
  counter.octets += octets;
}

function nextState(state: u8, flags: u8): u8 {
  if ((flags & RST) !== 0) return CLOSED;
  if ((flags & FIN) !== 0) return CLOSING;
  if ((flags & SYN) !== 0) return SYN_SEEN;
  if ((flags & ACK) !== 0 && state === SYN_SEEN) return ESTABLISHED;
  return state;
}

/** Rewrites destination address and port, lowers the TTL, keeps both checksums right. */
function forwardByNat(
  ctx: Xdp,
  eth: Ref<typeof Ethernet>,
  ip: Ref<typeof Ipv4>,
  connection: Ref<typeof Connection>,
): number {
  const address = connection.address;
  const port = connection.port;
  // Words are summed as they lie in memory: one's complement sums do not care about the order of bytes.
  const change = difference32(ip.destination, address);
  ip.destination = address;
  ip.ttl = ip.ttl - 1;
  // The TTL is the first byte of its word in memory.
  ip.checksum = patched(ip.checksum, change + (0xffff ^ 1));
  if (ip.protocol === IPPROTO_TCP) {
    const tcp = ctx.at(L4, Tcp);
    if (tcp === null) return XDP_DROP;
    tcp.checksum = patched(tcp.checksum, change + (0xffff ^ tcp.destinationPort) + port);
    tcp.destinationPort = port;
  } else {
    const udp = ctx.at(L4, Udp);
    if (udp === null) return XDP_DROP;
    if (udp.checksum !== 0) {
      const sum = patched(udp.checksum, change + (0xffff ^ udp.destinationPort) + port);
      udp.checksum = sum === 0 ? 0xffff : sum;
    }
    udp.destinationPort = port;
  }
  eth.source = eth.destination;
  eth.destination = connection.mac;
  return XDP_TX;
}

/** What a changed 32-bit word adds to a one's complement sum. */
function difference32(from: u32, to: u32): u32 {
  return (0xffff ^ (from & 0xffff)) + (0xffff ^ (from >>> 16)) + sum32(to);
}

/** The two halves of a word, added. */
function sum32(word: u32): u32 {
  return (word & 0xffff) + (word >>> 16);
}

/** A checksum after `change` was added to its data (RFC 1624). */
function patched(checksum: u16, change: u32): u16 {
  const sum = ((checksum ^ 0xffff) + change) >>> 0;
  return (sum32(sum32(sum)) ^ 0xffff) & 0xffff;
}

/** Puts an outer IPv4 header in front. */
function forwardByTunnel(ctx: Xdp, tos: u8, length: u16, connection: Ref<typeof Connection>): number {
  if (ctx.adjustHead(-IP_LEN) !== 0) return XDP_DROP;
  const eth = ctx.at(0, Ethernet);
  const before = ctx.at(IP_LEN, Ethernet);
  const outer = ctx.at(ETH_LEN, Ipv4);
  if (eth === null || before === null || outer === null) return XDP_DROP;
  const local = connection.local;
  const address = connection.address;
  eth.source = before.destination;
  eth.destination = connection.mac;
  eth.type = ETH_P_IP;
  const total = (length + IP_LEN) & 0xffff;
  outer.versionAndLength = 0x45;
  outer.tos = tos;
  outer.totalLength = total;
  outer.identification = 0;
  outer.fragment = 0;
  outer.ttl = 64;
  outer.protocol = IPPROTO_IPIP;
  outer.source = local;
  outer.destination = address;
  // Version, length and TOS; total length; TTL and protocol: the words that are not zero.
  const words = swap16(0x4500 | tos) + swap16(total) + swap16(0x4000 | IPPROTO_IPIP);
  outer.checksum = patched(0xffff, words + sum32(local) + sum32(address));
  return XDP_TX;
}
