/**
 * A small load balancer as a packet program: the work that `twin.bench.ts` measures.
 *
 * Parse Ethernet, IPv4, TCP and UDP; find the connection by its five-tuple, or schedule a new one; count; forward by
 * NAT with incremental checksums, by direct routing, or through an IPIP tunnel.
 */
import {
  array,
  atomicAdd,
  bytes,
  config,
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

export const ETH_LEN = 14;
export const IP_LEN = 20;
const ETH_P_IP = 0x0800;
const IPPROTO_IPIP = 4;
export const IPPROTO_TCP = 6;
export const IPPROTO_UDP = 17;

export const BY_NAT = 1;
export const BY_DIRECT_ROUTING = 2;
export const BY_TUNNEL = 3;

const TCP_FIN = 1;
const TCP_SYN = 2;
const TCP_RST = 4;
const TCP_ACK = 16;

const STATE_NONE = 0;
const STATE_SYN = 1;
const STATE_ESTABLISHED = 2;
const STATE_CLOSING = 3;

export const Ethernet = struct({
  order: "network",
  size: 14,
  source: "IEEE 802.3",
  fields: { destination: bytes(6), source: bytes(6), type: u16 },
});

export const Ipv4 = struct({
  order: "network",
  size: 20,
  source: "RFC 791 section 3.1",
  fields: {
    versionAndLength: u8,
    tos: u8,
    totalLength: u16,
    identification: raw16,
    fragment: u16,
    ttl: u8,
    protocol: u8,
    checksum: raw16,
    source: raw32,
    destination: raw32,
  },
});

export const Tcp = struct({
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

export const Udp = struct({
  order: "network",
  size: 8,
  source: "RFC 768",
  fields: { sourcePort: raw16, destinationPort: raw16, length: u16, checksum: raw16 },
});

export const Flow = struct({
  size: 16,
  fields: {
    source: raw32,
    destination: raw32,
    sourcePort: raw16,
    destinationPort: raw16,
    protocol: u8,
    padding: bytes(3),
  },
});

export const Service = struct({ size: 8, fields: { address: raw32, port: raw16, protocol: u8, padding: u8 } });

export const ServiceState = struct({ size: 8, fields: { first: u32, count: u32 } });

export const Server = struct({
  size: 24,
  fields: { address: raw32, local: raw32, port: raw16, method: u8, padding: u8, mac: bytes(6), tail: bytes(6) },
});

export const Connection = struct({
  size: 48,
  fields: {
    packets: u64,
    octets: u64,
    lastSeen: u32,
    address: raw32,
    local: raw32,
    port: raw16,
    method: u8,
    state: u8,
    service: u32,
    mac: bytes(6),
    padding: bytes(6),
  },
});

export const Counters = struct({ size: 16, fields: { packets: u64, octets: u64 } });

export const connections = hash("connections", { key: Flow, value: Connection, maxEntries: 65536 });
export const services = hash("services", { key: Service, value: ServiceState, maxEntries: 256 });
export const servers = array("servers", { value: Server, maxEntries: 1024 });
export const counters = percpuArray("counters", { value: Counters, maxEntries: 1024 });

export const options = config({ nat: true, directRouting: true, tunnel: true, serviceCounters: true });

/** The program. */
export function balance(ctx: Xdp): number {
  const eth = ctx.at(0, Ethernet);
  const ip = ctx.at(ETH_LEN, Ipv4);
  if (eth === null || ip === null) return XDP_PASS;
  if (eth.type !== ETH_P_IP || ip.versionAndLength !== 0x45) return XDP_PASS;
  if ((ip.fragment & 0x3fff) !== 0 || ip.ttl <= 1) return XDP_PASS;

  let sourcePort: u16 = 0;
  let destinationPort: u16 = 0;
  let flags: u8 = 0;
  if (ip.protocol === IPPROTO_TCP) {
    const tcp = ctx.at(ETH_LEN + IP_LEN, Tcp);
    if (tcp === null) return XDP_PASS;
    sourcePort = tcp.sourcePort;
    destinationPort = tcp.destinationPort;
    flags = tcp.flags;
  } else if (ip.protocol === IPPROTO_UDP) {
    const udp = ctx.at(ETH_LEN + IP_LEN, Udp);
    if (udp === null) return XDP_PASS;
    sourcePort = udp.sourcePort;
    destinationPort = udp.destinationPort;
  } else {
    return XDP_PASS;
  }

  const flow = Flow.make({
    source: ip.source,
    destination: ip.destination,
    sourcePort,
    destinationPort,
    protocol: ip.protocol,
  });
  const now = Number(ktimeCoarseNs() >> 20n) >>> 0;
  let connection = connections.lookup(flow);
  if (connection === null) {
    if (!schedule(flow, now)) return XDP_PASS;
    connection = connections.lookup(flow);
    if (connection === null) return XDP_DROP;
  }
  account(connection, ip, flags, now);

  if (options.nat && connection.method === BY_NAT) return forwardByNat(ctx, eth, ip, connection);
  if (options.tunnel && connection.method === BY_TUNNEL) {
    return forwardByTunnel(ctx, ip.tos, ip.totalLength, connection);
  }
  if (options.directRouting && connection.method === BY_DIRECT_ROUTING) {
    eth.source = eth.destination;
    eth.destination = connection.mac;
    return XDP_TX;
  }
  return XDP_DROP;
}

/** Chooses a server for a new flow; false when nobody serves it. */
function schedule(flow: Ref<typeof Flow>, now: u32): boolean {
  const key = Service.make({ address: flow.destination, port: flow.destinationPort, protocol: flow.protocol });
  const service = services.lookup(key);
  if (service === null) return false;
  const count = service.count;
  if (count === 0) return false;
  const mixed = Math.imul(flow.source ^ flow.sourcePort, 0x9e3779b1) >>> 0;
  const index = service.first + (mixed % count);
  if (index >= 1024) return false;
  const server = servers.lookup(index);
  if (server === null) return false;
  const connection = Connection.make({
    lastSeen: now,
    address: server.address,
    local: server.local,
    port: server.port,
    method: server.method,
    service: service.first,
    mac: server.mac,
  });
  return connections.update(flow, connection) === 0;
}

/** Counts the packet and moves the connection's state. */
function account(connection: Ref<typeof Connection>, ip: Ref<typeof Ipv4>, flags: u8, now: u32): void {
  const octets = BigInt(ip.totalLength);
  atomicAdd(connection, "packets", 1n);
  atomicAdd(connection, "octets", octets);
  if (connection.lastSeen !== now) connection.lastSeen = now;
  if (ip.protocol === IPPROTO_TCP) {
    const next = nextState(connection.state, flags);
    if (next !== connection.state) connection.state = next;
  }
  if (options.serviceCounters) {
    const counter = counters.lookup(connection.service);
    if (counter !== null) {
      counter.packets += 1n;
      counter.octets += octets;
    }
  }
}

function nextState(state: u8, flags: u8): u8 {
  if ((flags & TCP_RST) !== 0) return STATE_NONE;
  if ((flags & TCP_FIN) !== 0) return STATE_CLOSING;
  if ((flags & TCP_SYN) !== 0) return STATE_SYN;
  if ((flags & TCP_ACK) !== 0 && state === STATE_SYN) return STATE_ESTABLISHED;
  return state;
}

/** Rewrites the destination, lowers the TTL, keeps both checksums right. */
function forwardByNat(
  ctx: Xdp,
  eth: Ref<typeof Ethernet>,
  ip: Ref<typeof Ipv4>,
  connection: Ref<typeof Connection>,
): number {
  const oldAddress = ip.destination;
  const newAddress = connection.address;
  // Words are summed as they lie in memory: one's complement sums do not care about the order of bytes.
  const change = difference32(oldAddress, newAddress);
  ip.destination = newAddress;
  ip.ttl = ip.ttl - 1;
  // The TTL is the first byte of its word in memory.
  ip.checksum = patched(ip.checksum, change + (0xffff ^ 1));

  if (ip.protocol === IPPROTO_TCP) {
    const tcp = ctx.at(ETH_LEN + IP_LEN, Tcp);
    if (tcp === null) return XDP_DROP;
    const all = change + (0xffff ^ tcp.destinationPort) + connection.port;
    tcp.destinationPort = connection.port;
    tcp.checksum = patched(tcp.checksum, all);
  } else {
    const udp = ctx.at(ETH_LEN + IP_LEN, Udp);
    if (udp === null) return XDP_DROP;
    const all = change + (0xffff ^ udp.destinationPort) + connection.port;
    udp.destinationPort = connection.port;
    if (udp.checksum !== 0) {
      const sum = patched(udp.checksum, all);
      udp.checksum = sum === 0 ? 0xffff : sum;
    }
  }
  eth.source = eth.destination;
  eth.destination = connection.mac;
  return XDP_TX;
}

/** What a changed 32-bit word adds to a one's complement sum. */
function difference32(from: u32, to: u32): u32 {
  return (0xffff ^ (from & 0xffff)) + (0xffff ^ (from >>> 16)) + (to & 0xffff) + (to >>> 16);
}

/** A checksum after `change` was added to its data (RFC 1624). */
function patched(checksum: u16, change: u32): u16 {
  const sum = ((checksum ^ 0xffff) + change) >>> 0;
  const once = (sum & 0xffff) + (sum >>> 16);
  const twice = (once & 0xffff) + (once >>> 16);
  return (twice ^ 0xffff) & 0xffff;
}

/** Puts an outer IPv4 header in front. */
function forwardByTunnel(ctx: Xdp, tos: u8, length: u16, connection: Ref<typeof Connection>): number {
  if (ctx.adjustHead(-IP_LEN) !== 0) return XDP_DROP;
  const eth = ctx.at(0, Ethernet);
  const before = ctx.at(IP_LEN, Ethernet);
  const outer = ctx.at(ETH_LEN, Ipv4);
  if (eth === null || before === null || outer === null) return XDP_DROP;
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
  outer.source = connection.local;
  outer.destination = connection.address;
  // The constant words of the header: version, length and TOS; TTL and protocol.
  const constant = swap16(0x4500 | tos) + swap16(total) + swap16(0x4000 | IPPROTO_IPIP);
  const addresses =
    (connection.local & 0xffff) +
    (connection.local >>> 16) +
    (connection.address & 0xffff) +
    (connection.address >>> 16);
  outer.checksum = patched(0xffff, constant + addresses);
  return XDP_TX;
}
