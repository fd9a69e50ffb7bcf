/**
 * The outer IP header of a tunnel, as the kernel's IPVS writes it.
 */
import { cpuId, type FibLookup, percpuArray, type Ref, type u8, type u16, u32, type Xdp } from "@weir/ebpf";
import { foldSum, sumWord } from "../../../wire/checksum.ts";
import { IPV4_DONT_FRAGMENT, IPV4_SIZE, Ipv4 } from "../../../wire/ipv4.ts";
import { Ipv6 } from "../../../wire/ipv6.ts";
import { AF_INET } from "../../../wire/protocol.ts";
import type { Headers } from "../../flow.ts";

const VERSION_AND_LENGTH = 0x45;
const ECN_MASK = 0x03;
const ECN_CONGESTED = 0x03;
const ECN_CAPABLE = 0x02;

/** Packets numbered so far, for the identification of those that may be fragmented on their way. */
const identifications = percpuArray("tunnel_ids", { value: u32, maxEntries: 1 });

/** @param shim bytes between this header and the packet */
export function writeOuterIpv4(
  ctx: Xdp,
  headers: Ref<typeof Headers>,
  way: Ref<typeof FibLookup>,
  protocol: u8,
  shim: u16,
): boolean {
  const ip = ctx.at(headers.network & 0x1f, Ipv4);
  if (ip === null) return false;
  const mayFragment = headers.dontFragment === 0 || headers.flow.family !== AF_INET;
  const length = (IPV4_SIZE + shim + headers.length) & 0xffff;
  const identification = mayFragment ? nextIdentification() : 0;
  const tos = outerTos(headers.tos);
  const ttl = (headers.ttl - 1) & 0xff;
  const source = way.sourceAddress.get(0);
  const destination = way.destinationAddress.get(0);
  ip.versionAndLength = VERSION_AND_LENGTH;
  ip.tos = tos;
  ip.totalLength = length;
  ip.identification = identification;
  ip.flagsAndOffset = mayFragment ? 0 : IPV4_DONT_FRAGMENT;
  ip.ttl = ttl;
  ip.protocol = protocol;
  ip.source = source;
  ip.destination = destination;
  // In network order: each 16-bit word is its first byte times 256 and its second.
  const words =
    (VERSION_AND_LENGTH << 8) +
    tos +
    length +
    identification +
    (mayFragment ? 0 : IPV4_DONT_FRAGMENT) +
    (ttl << 8) +
    protocol;
  const folded = foldSum(words);
  const raw = ((folded & 0xff) << 8) | (folded >>> 8);
  ip.checksum = ~foldSum(raw + sumWord(source) + sumWord(destination)) & 0xffff;
  return true;
}

/** @param shim bytes between this header and the packet */
export function writeOuterIpv6(
  ctx: Xdp,
  headers: Ref<typeof Headers>,
  way: Ref<typeof FibLookup>,
  protocol: u8,
  shim: u16,
): boolean {
  const ip = ctx.at(headers.network & 0x1f, Ipv6);
  if (ip === null) return false;
  const tos = outerTos(headers.tos);
  // Version and traffic class lie across the first two bytes; the flow label is 0, as the kernel's.
  ip.versionClassFlow = 0x60 | (tos >>> 4) | ((tos & 0x0f) << 12);
  ip.payloadLength = shim + headers.length;
  ip.nextHeader = protocol;
  ip.hopLimit = (headers.ttl - 1) & 0xff;
  ip.source = way.sourceAddress;
  ip.destination = way.destinationAddress;
  return true;
}

/** RFC 3168 section 9.1.1: "congestion experienced" is not copied outwards, or a second mark on the way would be lost. */
function outerTos(tos: u8): u8 {
  return (tos & ECN_MASK) === ECN_CONGESTED ? (tos & ~ECN_MASK & 0xff) | ECN_CAPABLE : tos;
}

/** CPUs count on their own, a sixteenth of the numbers apart. */
function nextIdentification(): u16 {
  const counter = identifications.lookup(0);
  if (counter === null) return 0;
  counter.value = (counter.value + 1) >>> 0;
  return (counter.value + (cpuId() << 12)) & 0xffff;
}
