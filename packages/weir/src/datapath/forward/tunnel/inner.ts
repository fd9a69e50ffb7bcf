/**
 * What the headers of a tunnel say of the packet inside.
 */
import type { Ref, u8, u16 } from "@weir/ebpf";
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } from "../../../wire/ethernet.ts";
import { AF_INET6, PROTOCOL_IPIP, PROTOCOL_IPV6 } from "../../../wire/protocol.ts";
import { features } from "../../features.ts";
import type { Headers } from "../../flow.ts";

export function innerProtocol(headers: Ref<typeof Headers>): u8 {
  return features.ipv6 && headers.flow.family === AF_INET6 ? PROTOCOL_IPV6 : PROTOCOL_IPIP;
}

export function innerType(headers: Ref<typeof Headers>): u16 {
  return features.ipv6 && headers.flow.family === AF_INET6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
}
