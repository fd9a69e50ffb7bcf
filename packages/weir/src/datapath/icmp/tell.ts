/**
 * What senders of packets to virtual services are told: the ICMP error of an outcome.
 */
import { noinline, type Ref, table, u8, type Xdp } from "@weir/ebpf";
import {
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_HOST_UNREACHABLE,
  ICMP_PORT_UNREACHABLE,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
  ICMPV6_ADDRESS_UNREACHABLE,
  ICMPV6_PORT_UNREACHABLE,
  ICMPV6_TIME_EXCEEDED,
  ICMPV6_TOO_BIG,
  ICMPV6_UNREACHABLE,
} from "../../wire/icmp.ts";
import { AF_INET6 } from "../../wire/protocol.ts";
import { features } from "../features.ts";
import type { Headers } from "../flow.ts";
import { FIRST_ANSWERED, OUTCOME_NO_HEADROOM } from "../outcomes.ts";
import { answerIpv4, answerIpv6 } from "./answer.ts";

/** Type and code for TTL exceeded, too big, no real server and unreachable, in the order of their outcomes. */
const ICMP = table(u8, [
  ICMP_TIME_EXCEEDED,
  0,
  ICMP_UNREACHABLE,
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_UNREACHABLE,
  ICMP_PORT_UNREACHABLE,
  ICMP_UNREACHABLE,
  ICMP_HOST_UNREACHABLE,
]);
const ICMPV6 = table(u8, [
  ICMPV6_TIME_EXCEEDED,
  0,
  ICMPV6_TOO_BIG,
  0,
  ICMPV6_UNREACHABLE,
  ICMPV6_PORT_UNREACHABLE,
  ICMPV6_UNREACHABLE,
  ICMPV6_ADDRESS_UNREACHABLE,
]);

/**
 * Makes the packet an answer to its sender.
 *
 * @returns its outcome, or OUTCOME_NO_HEADROOM when the driver left no room for it
 */
export const tell = noinline((ctx: Xdp, headers: Ref<typeof Headers>): u8 => {
  const message = ((headers.outcome - FIRST_ANSWERED) & 3) * 2;
  const isTold =
    features.ipv6 && headers.flow.family === AF_INET6
      ? answerIpv6(ctx, headers, ICMPV6.at(message), ICMPV6.at(message + 1))
      : answerIpv4(ctx, headers, ICMP.at(message), ICMP.at(message + 1));
  return isTold ? headers.outcome : OUTCOME_NO_HEADROOM;
});
