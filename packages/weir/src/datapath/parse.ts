/**
 * Parsing: from bytes to the flow a packet belongs to.
 *
 * What is not TCP, UDP or SCTP over IP, nor an ICMP error about one of them, is not ours and is left alone.
 */
import { noinline, type Packet, type Ref, type u8, type Xdp } from "@weir/ebpf";
import {
  ETHERNET_SIZE,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_QINQ,
  ETHERTYPE_VLAN,
  Ethernet,
  VLAN_TAG_SIZE,
  VlanTag,
} from "../wire/ethernet.ts";
import {
  AF_INET6,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from "../wire/protocol.ts";
import { Sctp } from "../wire/sctp.ts";
import { Tcp } from "../wire/tcp.ts";
import { Udp } from "../wire/udp.ts";
import { features } from "./features.ts";
import type { Headers } from "./flow.ts";
import { OUTCOME_FORWARDED, OUTCOME_MALFORMED, OUTCOME_NOT_OURS } from "./outcomes.ts";
import { parseIcmp } from "./parse-icmp.ts";
import { parseIpv4 } from "./parse-ipv4.ts";
import { parseIpv6 } from "./parse-ipv6.ts";

/** The bit of a link-layer address that says "to many" (IEEE 802, clause 8): such frames are never forwarded. */
const GROUP_ADDRESS = 1;

/**
 * Fills `headers`. Gives the outcome of a packet that goes no further, or OUTCOME_FORWARDED for one that may.
 */
export const parse = noinline((ctx: Xdp, headers: Ref<typeof Headers>): u8 => {
  const ethernet = ctx.at(0, Ethernet);
  if (ethernet === null || (ethernet.destination.get(0) & GROUP_ADDRESS) !== 0) return OUTCOME_NOT_OURS;
  let type = ethernet.type;
  let at = ETHERNET_SIZE;
  if (features.vlan) {
    for (let tags = 0; tags < 2; tags++) {
      if (type !== ETHERTYPE_VLAN && type !== ETHERTYPE_QINQ) break;
      const tag = ctx.at(ETHERNET_SIZE + tags * VLAN_TAG_SIZE, VlanTag);
      if (tag === null) return OUTCOME_NOT_OURS;
      type = tag.type;
      at = ETHERNET_SIZE + (tags + 1) * VLAN_TAG_SIZE;
    }
  }
  headers.network = at;
  const found = parseNetwork(ctx, headers, type);
  if (found !== OUTCOME_FORWARDED) return found;
  const icmp = features.ipv6 && headers.flow.family === AF_INET6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP;
  return headers.flow.protocol === icmp ? parseIcmp(ctx, headers) : parseTransport(ctx, headers);
});

function parseNetwork(ctx: Packet, headers: Ref<typeof Headers>, type: number): u8 {
  // IPv6 first: the verifier then takes an IPv4 address, which leaves zeros behind it, for a case of what it has followed already.
  if (features.ipv6 && type === ETHERTYPE_IPV6) return parseIpv6(ctx, headers);
  if (type === ETHERTYPE_IPV4) return parseIpv4(ctx, headers);
  return OUTCOME_NOT_OURS;
}

function parseTransport(ctx: Packet, headers: Ref<typeof Headers>): u8 {
  const at = headers.transport & 0x1ff;
  if (headers.flow.protocol === PROTOCOL_TCP) {
    const tcp = ctx.at(at, Tcp);
    if (tcp === null) return OUTCOME_MALFORMED;
    headers.flow.sourcePort = tcp.sourcePort;
    headers.flow.destinationPort = tcp.destinationPort;
    headers.tcpFlags = tcp.flags;
    return OUTCOME_FORWARDED;
  }
  if (headers.flow.protocol === PROTOCOL_UDP) {
    const udp = ctx.at(at, Udp);
    if (udp === null) return OUTCOME_MALFORMED;
    headers.flow.sourcePort = udp.sourcePort;
    headers.flow.destinationPort = udp.destinationPort;
    return OUTCOME_FORWARDED;
  }
  if (!features.sctp || headers.flow.protocol !== PROTOCOL_SCTP) return OUTCOME_NOT_OURS;
  const sctp = ctx.at(at, Sctp);
  if (sctp === null) return OUTCOME_MALFORMED;
  headers.flow.sourcePort = sctp.sourcePort;
  headers.flow.destinationPort = sctp.destinationPort;
  return OUTCOME_FORWARDED;
}
