/**
 * The contexts packet programs are started with, at the kernel's offsets.
 *
 * @see kernel include/uapi/linux/bpf.h: struct xdp_md, __sk_buff, sk_msg_md, bpf_sk_lookup
 */

import { type ContextField, createContext } from "./context.ts";
import type { InterpretedPacket, ProgramContext } from "./machine.ts";

/** What `xdp_md` says beside the packet. */
export interface XdpFields {
  readonly ingressIfindex?: number;
  readonly rxQueueIndex?: number;
}

/** struct xdp_md, nothing of it writable. */
export function xdpContext(packet: InterpretedPacket, fields: XdpFields = {}): ProgramContext {
  return createContext(
    "xdp_md",
    [
      pointer("data", 0, 4, packet, () => packet.start),
      pointer("data_end", 4, 4, packet, () => packet.end),
      pointer("data_meta", 8, 4, packet, () => packet.metaStart),
      constant("ingress_ifindex", 12, 4, fields.ingressIfindex ?? 0),
      constant("rx_queue_index", 16, 4, fields.rxQueueIndex ?? 0),
    ],
    packet,
  );
}

/** Fields of `__sk_buff` that are plain numbers; all 0 at first. Programs and helpers write to this object. */
export type SocketBufferFields = { -readonly [Name in keyof typeof SOCKET_BUFFER_NUMBERS]?: number } & {
  /** Nanoseconds. */
  tstamp?: bigint;
};

const SOCKET_BUFFER_NUMBERS = {
  pkt_type: 4,
  mark: 8,
  queue_mapping: 12,
  protocol: 16,
  vlan_present: 20,
  vlan_tci: 24,
  vlan_proto: 28,
  priority: 32,
  ingress_ifindex: 36,
  ifindex: 40,
  tc_index: 44,
  cb0: 48,
  cb1: 52,
  cb2: 56,
  cb3: 60,
  cb4: 64,
  hash: 68,
  tc_classid: 72,
  napi_id: 84,
  family: 88,
  remote_ip4: 92,
  local_ip4: 96,
  remote_port: 132,
  local_port: 136,
  wire_len: 160,
  gso_segs: 164,
  gso_size: 176,
} as const;

const SOCKET_BUFFER_WRITABLE: ReadonlySet<string> = new Set([
  ...["mark", "queue_mapping", "priority", "tc_index", "tc_classid"],
  ...["cb0", "cb1", "cb2", "cb3", "cb4"],
]);

/** struct __sk_buff as traffic control programs see it. `len` is the packet's length. */
export function socketBufferContext(packet: InterpretedPacket, fields: SocketBufferFields = {}): ProgramContext {
  const numbers = entriesOf(SOCKET_BUFFER_NUMBERS).map(([name, offset]): ContextField => {
    const read = () => BigInt(fields[name] ?? 0);
    if (!SOCKET_BUFFER_WRITABLE.has(name)) return { name, offset, size: 4, read };
    const write = (value: bigint) => {
      fields[name] = Number(value);
    };
    return { name, offset, size: 4, read, write };
  });
  const tstamp: ContextField = {
    name: "tstamp",
    offset: 152,
    size: 8,
    read: () => fields.tstamp ?? 0n,
    write(value) {
      fields.tstamp = value;
    },
  };
  return createContext(
    "__sk_buff",
    [
      { name: "len", offset: 0, size: 4, read: () => BigInt(packet.end - packet.start) },
      pointer("data", 76, 4, packet, () => packet.start),
      pointer("data_end", 80, 4, packet, () => packet.end),
      pointer("data_meta", 140, 4, packet, () => packet.metaStart),
      tstamp,
      ...numbers,
    ],
    packet,
  );
}

/** Whose bytes a socket program sees. Addresses and the remote port in network order, as the kernel has them. */
export interface SocketFields {
  readonly family?: number;
  readonly remoteIp4?: number;
  readonly localIp4?: number;
  readonly remotePort?: number;
  readonly localPort?: number;
}

/** struct sk_msg_md. Unlike in the older structures its packet pointers take eight bytes. */
export function socketMessageContext(packet: InterpretedPacket, fields: SocketFields = {}): ProgramContext {
  return createContext(
    "sk_msg_md",
    [
      pointer("data", 0, 8, packet, () => packet.start),
      pointer("data_end", 8, 8, packet, () => packet.end),
      constant("family", 16, 4, fields.family ?? 0),
      constant("remote_ip4", 20, 4, fields.remoteIp4 ?? 0),
      constant("local_ip4", 24, 4, fields.localIp4 ?? 0),
      constant("remote_port", 60, 4, fields.remotePort ?? 0),
      constant("local_port", 64, 4, fields.localPort ?? 0),
      { name: "size", offset: 68, size: 4, read: () => BigInt(packet.end - packet.start) },
    ],
    packet,
  );
}

/** struct bpf_sk_lookup; no socket is selected yet, so that `sk` is null. */
export function socketLookupContext(
  fields: SocketFields & { readonly protocol?: number; readonly ingressIfindex?: number },
): ProgramContext {
  return createContext("bpf_sk_lookup", [
    constant("sk", 0, 8, 0),
    constant("family", 8, 4, fields.family ?? 0),
    constant("protocol", 12, 4, fields.protocol ?? 0),
    constant("remote_ip4", 16, 4, fields.remoteIp4 ?? 0),
    constant("remote_port", 36, 2, fields.remotePort ?? 0),
    constant("local_ip4", 40, 4, fields.localIp4 ?? 0),
    constant("local_port", 60, 4, fields.localPort ?? 0),
    constant("ingress_ifindex", 64, 4, fields.ingressIfindex ?? 0),
  ]);
}

function pointer(
  name: string,
  offset: number,
  size: 4 | 8,
  packet: InterpretedPacket,
  position: () => number,
): ContextField {
  return { name, offset, size, isPointer: true, read: (memory) => memory.addressInPacket(packet, position()) };
}

function constant(name: string, offset: number, size: 2 | 4 | 8, value: number): ContextField {
  const bits = BigInt.asUintN(8 * size, BigInt(value));
  return { name, offset, size, read: () => bits };
}

/** `Object.entries` forgets the names' types; they are exact here, the object being a literal of this file. */
function entriesOf<T extends object>(object: T): readonly (readonly [keyof T & string, T[keyof T]])[] {
  return Object.entries(object) as [keyof T & string, T[keyof T]][];
}
