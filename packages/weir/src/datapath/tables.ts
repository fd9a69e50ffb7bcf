/**
 * The tables that the director fills and the packet path reads, and those that the packet path keeps itself.
 */
import { array, hash, percpuArray, raw16, raw32, struct, u8, u32, u64 } from "@weir/ebpf";

/** What a virtual service is found by: protocol, VIP and port. */
export const ServiceKey = struct({
  size: 20,
  fields: { address: array(raw32, 4), port: raw16, protocol: u8, family: u8 },
});

export const Service = struct({
  size: 16,
  fields: {
    /** First of its places in `rotation`. */
    first: u32,
    /** How many places it has; 0 while there is no real server. */
    places: u32,
    /** Counts the connections scheduled: the next place, before it is taken modulo `places`. */
    cursor: u32,
    reserved: u32,
  },
});

export const RealServer = struct({
  size: 28,
  fields: {
    address: array(raw32, 4),
    port: raw16,
    family: u8,
    method: u8, // METHOD_…
    service: u32,
    tunnel: u8, //         TUNNEL_…, for METHOD_TUNNELING
    tunnelChecksum: u8, // 1: GUE and GRE carry a checksum
    tunnelPort: raw16, //  GUE: where the real server listens
  },
});

export const METHOD_MASQUERADING = 0;
export const METHOD_TUNNELING = 2;
export const METHOD_DIRECT_ROUTING = 3;

export const TUNNEL_IPIP = 0;
export const TUNNEL_GUE = 1;
export const TUNNEL_GRE = 2;

export const Counters = struct({
  size: 40,
  fields: { connections: u64, packetsIn: u64, packetsOut: u64, bytesIn: u64, bytesOut: u64 },
});

const MAX_SERVICES = 4096;
const MAX_REAL_SERVERS = 65536;

export const services = hash("services", { key: ServiceKey, value: u32, maxEntries: MAX_SERVICES });
export const serviceTable = array("service_table", { value: Service, maxEntries: MAX_SERVICES });
export const rotation = array("rotation", { value: u32, maxEntries: MAX_REAL_SERVERS });
export const realServers = array("real_servers", { value: RealServer, maxEntries: MAX_REAL_SERVERS });

export const serviceCounters = percpuArray("service_stats", { value: Counters, maxEntries: MAX_SERVICES });
export const serverCounters = percpuArray("server_stats", { value: Counters, maxEntries: MAX_REAL_SERVERS });

/** Connections that a real server has now, of all CPUs. */
export const ServerLoad = struct({ size: 8, fields: { active: u32, total: u32 } });
export const serverLoad = array("server_load", { value: ServerLoad, maxEntries: MAX_REAL_SERVERS });
