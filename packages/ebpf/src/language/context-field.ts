/**
 * Fields of contexts: where the kernel keeps what a program reads as `ctx.mark`.
 *
 * The verifier rewrites these loads; offsets and widths are those of struct xdp_md, __sk_buff, sk_msg_md and
 * bpf_sk_lookup in linux/bpf.h. Packet bounds are not here: `at` and `length` are made of `DATA` and `DATA_END`.
 */
import type { ProgramKind } from "./program-kind.ts";

export interface ContextField {
  readonly name: string;
  /** Bytes from the start of the context. */
  readonly offset: number;
  /** Bytes of the load. */
  readonly size: 2 | 4;
  readonly writable: boolean;
  /** Words the field consists of; more than one is a vector. */
  readonly words: number;
  /** `swap16` when the kernel keeps network order in the low 16 bits and the program sees host order. */
  readonly convert: "none" | "swap16";
}

/** Where the bounds of the packet lie in a context. Pointers take 8 bytes in sk_msg_md and 4 elsewhere, until rewritten. */
export interface PacketBounds {
  readonly data: number;
  readonly dataEnd: number;
  readonly size: 4 | 8;
}

export const PACKET_BOUNDS: { readonly [Kind in ProgramKind]: PacketBounds | null } = {
  Xdp: { data: 0, dataEnd: 4, size: 4 },
  Skb: { data: 76, dataEnd: 80, size: 4 },
  SkSkbParser: { data: 76, dataEnd: 80, size: 4 },
  SkSkbVerdict: { data: 76, dataEnd: 80, size: 4 },
  SkMsg: { data: 0, dataEnd: 8, size: 8 },
  SkLookup: null,
  Syscall: null,
};

const skbLength = [field("length", 0)];

export const CONTEXT_FIELDS: { readonly [Kind in ProgramKind]: readonly ContextField[] } = {
  // `length` of Xdp is data_end - data.
  Xdp: [field("ingressIfindex", 12), field("rxQueueIndex", 16)],
  Skb: [
    ...skbLength,
    field("len", 0),
    field("mark", 8, { writable: true }),
    field("protocol", 16, { convert: "swap16" }),
    field("vlanPresent", 20),
    field("vlanTci", 24),
    field("priority", 32, { writable: true }),
    field("ingressIfindex", 36),
    field("ifindex", 40),
    field("hash", 68),
    field("gsoSegs", 164),
    field("gsoSize", 176),
  ],
  SkSkbParser: skbLength,
  SkSkbVerdict: skbLength,
  // `length` of SkMsg is data_end - data.
  SkMsg: [field("size", 68)],
  SkLookup: [
    field("family", 8),
    field("protocol", 12),
    field("remoteIp4", 16),
    field("remoteIp6", 20, { words: 4 }),
    field("remotePort", 36, { size: 2, convert: "swap16" }),
    field("localIp4", 40),
    field("localIp6", 44, { words: 4 }),
    field("localPort", 60),
    field("ingressIfindex", 64),
  ],
  Syscall: [],
};

function field(name: string, offset: number, more: Partial<ContextField> = {}): ContextField {
  return { name, offset, size: 4, writable: false, words: 1, convert: "none", ...more };
}
