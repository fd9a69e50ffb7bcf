/**
 * Parsing of IPv4 headers, with options.
 */
import type { Packet, Ref, u8 } from "@weir/ebpf";
import { IPV4_DONT_FRAGMENT_BIT, IPV4_MORE_FRAGMENTS, IPV4_OFFSET_MASK, IPV4_SIZE, Ipv4 } from "../wire/ipv4.ts";
import { AF_INET } from "../wire/protocol.ts";
import type { Headers } from "./flow.ts";
import { OUTCOME_FORWARDED, OUTCOME_MALFORMED, OUTCOME_NOT_OURS } from "./outcomes.ts";

/** A header that contradicts itself or the frame's length is malformed; fragments are not ours. */
export function parseIpv4(ctx: Packet, headers: Ref<typeof Headers>): u8 {
  const at = headers.network & 0x1f;
  const ip = ctx.at(at, Ipv4);
  if (ip === null) return OUTCOME_MALFORMED;
  const length = (ip.versionAndLength & 0x0f) * 4;
  const total = ip.totalLength;
  if (ip.versionAndLength >>> 4 !== 4 || length < IPV4_SIZE) return OUTCOME_MALFORMED;
  if (total < length || at + total > ctx.length) return OUTCOME_MALFORMED;
  if ((ip.flagsAndOffset & (IPV4_MORE_FRAGMENTS | IPV4_OFFSET_MASK)) !== 0) return OUTCOME_NOT_OURS;
  headers.transport = at + length;
  headers.length = total;
  headers.ttl = ip.ttl;
  headers.tos = ip.tos;
  headers.dontFragment = (ip.flagsAndOffset >>> IPV4_DONT_FRAGMENT_BIT) & 1;
  headers.flow.source.set(0, ip.source);
  headers.flow.destination.set(0, ip.destination);
  headers.flow.protocol = ip.protocol;
  headers.flow.family = AF_INET;
  return OUTCOME_FORWARDED;
}
