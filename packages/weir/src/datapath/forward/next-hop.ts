/**
 * The next hop: where a packet leaves and which link-layer addresses it gets, from the kernel's routes and neighbours.
 */
import {
  BPF_FIB_LKUP_RET_FRAG_NEEDED,
  BPF_FIB_LKUP_RET_NO_NEIGH,
  BPF_FIB_LKUP_RET_NOT_FWDED,
  BPF_FIB_LKUP_RET_PROHIBIT,
  BPF_FIB_LKUP_RET_UNREACHABLE,
  type FibLookup,
  hash,
  type Ref,
  redirect,
  struct,
  type u8,
  u16,
  u32,
  type Xdp,
} from "@weir/ebpf";
import {
  ETHERNET_SIZE,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  Ethernet,
  VLAN_TAG_SIZE,
  VlanTag,
} from "../../wire/ethernet.ts";
import { AF_INET6 } from "../../wire/protocol.ts";
import { features } from "../features.ts";
import type { Headers } from "../flow.ts";
import {
  OUTCOME_FORWARDED,
  OUTCOME_LOCAL,
  OUTCOME_NO_HEADROOM,
  OUTCOME_NO_NEIGHBOUR,
  OUTCOME_NO_ROUTE,
  OUTCOME_TOO_BIG,
  OUTCOME_UNREACHABLE,
} from "../outcomes.ts";
import { decreaseHopLimit } from "./hop-limit.ts";

/** An interface that stands for a VLAN: XDP sends out of the one beneath it and writes the tag itself. */
export const VlanDevice = struct({
  size: 16,
  fields: {
    parent: u32,
    tags: u32, // 1, or 2 for a VLAN within a VLAN
    outerType: u16, // ETHERTYPE_…, in host order
    outerControl: u16,
    innerType: u16,
    innerControl: u16,
  },
});
export const vlanDevices = hash("vlan_devices", { key: u32, value: VlanDevice, maxEntries: 4096 });

/** The outcome that a negative answer of the routing table means for a packet that the host could not forward by itself. */
export function outcomeOf(answer: number): u8 {
  if (answer === BPF_FIB_LKUP_RET_FRAG_NEEDED) return OUTCOME_TOO_BIG;
  if (answer === BPF_FIB_LKUP_RET_NO_NEIGH) return OUTCOME_NO_NEIGHBOUR;
  if (answer === BPF_FIB_LKUP_RET_NOT_FWDED) return OUTCOME_LOCAL;
  if (answer === BPF_FIB_LKUP_RET_UNREACHABLE || answer === BPF_FIB_LKUP_RET_PROHIBIT) return OUTCOME_UNREACHABLE;
  return OUTCOME_NO_ROUTE;
}

/**
 * Takes one off the hop limit, writes the link-layer header that the routing table has given, and sends.
 *
 * @returns the outcome
 */
export function sendBy(ctx: Xdp, headers: Ref<typeof Headers>, way: Ref<typeof FibLookup>): u8 {
  decreaseHopLimit(ctx, headers);
  const type = features.ipv6 && headers.flow.family === AF_INET6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
  return sendFramed(ctx, headers, way, type, 0);
}

/**
 * @param type EtherType of what is sent
 * @param room bytes to leave between link-layer header and packet, for the headers of a tunnel. They begin at `headers.network` afterwards
 * @returns the outcome
 */
export function sendFramed(
  ctx: Xdp,
  headers: Ref<typeof Headers>,
  way: Ref<typeof FibLookup>,
  type: u16,
  room: u16,
): u8 {
  const device = features.vlan ? vlanDevices.lookup(way.ifindex) : null;
  const tags = device === null ? 0 : Math.min(device.tags, 2);
  if (!openFront(ctx, headers, ETHERNET_SIZE + tags * VLAN_TAG_SIZE, room)) return OUTCOME_NO_HEADROOM;
  const ethernet = ctx.at(0, Ethernet);
  if (ethernet === null) return OUTCOME_NO_HEADROOM;
  ethernet.destination = way.destinationMac;
  ethernet.source = way.sourceMac;
  ethernet.type = type;
  if (device === null) {
    redirect(way.ifindex, 0);
    return OUTCOME_FORWARDED;
  }
  ethernet.type = device.outerType;
  if (!writeTags(ctx, device, type)) return OUTCOME_NO_HEADROOM;
  redirect(device.parent, 0);
  return OUTCOME_FORWARDED;
}

function writeTags(ctx: Xdp, device: Ref<typeof VlanDevice>, type: u16): boolean {
  const outer = ctx.at(ETHERNET_SIZE, VlanTag);
  if (outer === null) return false;
  outer.control = device.outerControl;
  outer.type = type;
  if (device.tags < 2) return true;
  const inner = ctx.at(ETHERNET_SIZE + VLAN_TAG_SIZE, VlanTag);
  if (inner === null) return false;
  outer.type = device.innerType;
  inner.control = device.innerControl;
  inner.type = type;
  return true;
}

/** Moves the packet's start so that the IP header lies behind `link` and `room` bytes. */
function openFront(ctx: Xdp, headers: Ref<typeof Headers>, link: u16, room: u16): boolean {
  const delta = (headers.network & 0x1f) - link - room;
  headers.network = link;
  return delta === 0 || ctx.adjustHead(delta) === 0;
}
