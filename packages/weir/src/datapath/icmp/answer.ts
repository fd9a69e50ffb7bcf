/**
 * An ICMP error made of the packet that it is about: headers are put in front, and it goes back the way it came.
 *
 * From the address that the packet was sent to, as the kernel's IPVS does; as much is quoted as fits into what every link carries.
 */
import { noinline, type Ref, type u8, type u16, type u32, type Xdp } from "@weir/ebpf";
import { foldSum, sumWord } from "../../wire/checksum.ts";
import { ETHERNET_SIZE, Ethernet, VLAN_TAG_SIZE, VlanTag } from "../../wire/ethernet.ts";
import { ICMP_SIZE, Icmp } from "../../wire/icmp.ts";
import { IPV4_SIZE, Ipv4 } from "../../wire/ipv4.ts";
import { IPV6_SIZE, Ipv6 } from "../../wire/ipv6.ts";
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from "../../wire/protocol.ts";
import { type Headers, sumFlowAddresses } from "../flow.ts";
import { sumBytes } from "../sum-bytes.ts";

/** RFC 1812 section 4.3.2.3: the error is at most 576 bytes long. */
const QUOTED = 576 - IPV4_SIZE - ICMP_SIZE;
/** RFC 4443 section 2.4 (c): within the smallest IPv6 MTU. */
const QUOTED_IPV6 = 1280 - IPV6_SIZE - ICMP_SIZE;

const VERSION_AND_LENGTH = 0x45;
/** The first word of an IPv6 header, raw: no traffic class, no flow label. */
const IPV6_VERSION = 0x60;
const HOP_LIMIT = 64;
/** Network control: the kernel sends its ICMP errors so. */
const TOS_CONTROL = 0xc0;

/** Cuts the packet to what is quoted and makes room; the link-layer header goes to the new front, its addresses exchanged. */
const openFront = noinline((ctx: Xdp, link: u16, quoted: u16, room: u16): boolean => {
  // Never negative: parsing has compared the lengths.
  const surplus = (ctx.length - link - quoted) & 0xffff;
  if (surplus !== 0 && ctx.adjustTail(-surplus) !== 0) return false;
  if (ctx.adjustHead(-(room & 0x3f)) !== 0) return false;
  const before = ctx.at(room & 0x3f, Ethernet);
  const ethernet = ctx.at(0, Ethernet);
  if (before === null || ethernet === null) return false;
  ethernet.destination = before.source;
  ethernet.source = before.destination;
  ethernet.type = before.type;
  for (let tag = 0; tag < 2; tag++) {
    const place = ETHERNET_SIZE + tag * VLAN_TAG_SIZE;
    if (place >= link) break;
    const from = ctx.at((room & 0x3f) + place, VlanTag);
    const to = ctx.at(place, VlanTag);
    if (from === null || to === null) return false;
    to.control = from.control;
    to.type = from.type;
  }
  return true;
});

/** @returns false when the driver leaves no room in front of the packet */
export function answerIpv4(ctx: Xdp, headers: Ref<typeof Headers>, type: u8, code: u8): boolean {
  const at = headers.network & 0x1f;
  const quoted = Math.min(headers.length, QUOTED);
  if (!openFront(ctx, at, quoted, IPV4_SIZE + ICMP_SIZE)) return false;
  const ip = ctx.at(at, Ipv4);
  if (ip === null) return false;
  const source = headers.flow.destination.get(0);
  const destination = headers.flow.source.get(0);
  const length = IPV4_SIZE + ICMP_SIZE + quoted;
  ip.versionAndLength = VERSION_AND_LENGTH;
  ip.tos = TOS_CONTROL;
  ip.totalLength = length;
  ip.identification = 0;
  ip.flagsAndOffset = 0;
  ip.ttl = HOP_LIMIT;
  ip.protocol = PROTOCOL_ICMP;
  ip.source = source;
  ip.destination = destination;
  const constant = VERSION_AND_LENGTH + (TOS_CONTROL << 8) + HOP_LIMIT + (PROTOCOL_ICMP << 8);
  ip.checksum = ~foldSum(constant + networkWord(length) + sumWord(source) + sumWord(destination)) & 0xffff;
  return writeIcmp(ctx, at + IPV4_SIZE, type, code, headers.limit, quoted, 0);
}

/** @returns false when the driver leaves no room in front of the packet */
export function answerIpv6(ctx: Xdp, headers: Ref<typeof Headers>, type: u8, code: u8): boolean {
  const at = headers.network & 0x1f;
  const quoted = Math.min(headers.length, QUOTED_IPV6);
  if (!openFront(ctx, at, quoted, IPV6_SIZE + ICMP_SIZE)) return false;
  const ip = ctx.at(at, Ipv6);
  if (ip === null) return false;
  ip.versionClassFlow = IPV6_VERSION;
  ip.payloadLength = ICMP_SIZE + quoted;
  ip.nextHeader = PROTOCOL_ICMPV6;
  ip.hopLimit = HOP_LIMIT;
  ip.source = headers.flow.destination;
  ip.destination = headers.flow.source;
  const pseudo = sumFlowAddresses(headers.flow) + networkWord(ICMP_SIZE + quoted) + (PROTOCOL_ICMPV6 << 8);
  return writeIcmp(ctx, at + IPV6_SIZE, type, code, headers.limit, quoted, pseudo);
}

/** @param pseudo the sum of the pseudo header, which only ICMPv6 has */
function writeIcmp(ctx: Xdp, at: u16, type: u8, code: u8, parameter: u16, quoted: u16, pseudo: u32): boolean {
  const icmp = ctx.at(at & 0x7f, Icmp);
  if (icmp === null) return false;
  icmp.type = type;
  icmp.code = code;
  icmp.parameter = parameter;
  const own = type + (code << 8) + networkWord(parameter);
  const sum = sumBytes(ctx, (at & 0x7f) + ICMP_SIZE, quoted) & 0xffff;
  icmp.checksum = ~foldSum(sum + own + (pseudo & 0xfffffff)) & 0xffff;
  return true;
}

/** A number of 16 bits as it lies in the packet, read raw. */
function networkWord(value: u16): u16 {
  return ((value & 0xff) << 8) | (value >>> 8);
}
