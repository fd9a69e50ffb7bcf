/**
 * The hop limit: TTL in IPv4, whose checksum follows.
 */
import type { Packet, Ref } from "@weir/ebpf";
import { changedWord, updateChecksum } from "../../wire/checksum.ts";
import { Ipv4 } from "../../wire/ipv4.ts";
import { Ipv6 } from "../../wire/ipv6.ts";
import { AF_INET6 } from "../../wire/protocol.ts";
import { features } from "../features.ts";
import type { Headers } from "../flow.ts";

/** Takes one off; it has been found to be more than one. */
export function decreaseHopLimit(ctx: Packet, headers: Ref<typeof Headers>): void {
  const at = headers.network & 0x1f;
  if (features.ipv6 && headers.flow.family === AF_INET6) {
    const ip = ctx.at(at, Ipv6);
    if (ip !== null) ip.hopLimit -= 1;
    return;
  }
  const ip = ctx.at(at, Ipv4);
  if (ip === null) return;
  // The TTL is the first byte of its word in memory, which is the low half of the word read raw.
  const word = ip.ttl | (ip.protocol << 8);
  ip.ttl -= 1;
  ip.checksum = updateChecksum(ip.checksum, changedWord(word, ip.ttl | (ip.protocol << 8)));
}
