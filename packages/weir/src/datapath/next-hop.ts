/**
 * The next hop: where a packet leaves and which link-layer addresses it gets, from the kernel's routes and neighbours.
 */
import {
  BPF_FIB_LKUP_RET_SUCCESS,
  FibLookup,
  isXdp,
  type Packet,
  type Ref,
  redirect,
  XDP_DROP,
  XDP_PASS,
} from "@weir/ebpf";
import { changedWord, updateChecksum } from "../wire/checksum.ts";
import { ETHERTYPE_IPV4, Ethernet } from "../wire/ethernet.ts";
import { Ipv4 } from "../wire/ipv4.ts";
import { AF_INET } from "../wire/protocol.ts";
import { count } from "./account.ts";
import type { Headers } from "./flow.ts";
import { OUTCOME_FORWARDED, OUTCOME_MALFORMED, OUTCOME_NO_NEXT_HOP } from "./tables.ts";

/** Sends the packet on to `address`, which for direct routing is not the address in the packet. The TTL has been checked. */
export function sendTo(ctx: Packet, headers: Ref<typeof Headers>, address: number): number {
  const ip = ctx.at(headers.network & 0xff, Ipv4);
  if (ip === null || !isXdp(ctx)) {
    count(OUTCOME_MALFORMED);
    return XDP_DROP;
  }
  const question = FibLookup.make({
    family: AF_INET,
    l4Protocol: ip.protocol,
    totalLength: ip.totalLength,
    ifindex: ctx.ingressIfindex,
  });
  question.sourceAddress.set(0, ip.source);
  question.destinationAddress.set(0, address);
  const answer = ctx.fibLookup(question, 0);
  if (answer !== BPF_FIB_LKUP_RET_SUCCESS) {
    // The kernel forwards it, asks for the neighbour or answers the sender: the rewritten packet is an ordinary one.
    count(OUTCOME_NO_NEXT_HOP);
    return XDP_PASS;
  }
  decreaseTtl(ip);
  const ethernet = ctx.at(0, Ethernet);
  if (ethernet === null) return XDP_DROP;
  ethernet.destination = question.destinationMac;
  ethernet.source = question.sourceMac;
  ethernet.type = ETHERTYPE_IPV4;
  count(OUTCOME_FORWARDED);
  return redirect(question.ifindex, 0);
}

/** The TTL is the first byte of its word in memory: it goes down by one, and so does the word's low half. */
function decreaseTtl(ip: Ref<typeof Ipv4>): void {
  const word = ip.ttl | (ip.protocol << 8);
  ip.ttl -= 1;
  ip.checksum = updateChecksum(ip.checksum, changedWord(word & 0xffff, ip.ttl | (ip.protocol << 8)));
}
