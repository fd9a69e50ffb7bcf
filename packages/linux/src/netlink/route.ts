/**
 * Routes.
 */

import { AF_INET, AF_INET6, addressBytes, addressFamily, addressText } from "../ip-address.ts";
import { AttributeReader, fixedPart, PayloadWriter } from "./attribute.ts";
import { type Decoded, decoding, malformed } from "./decoded.ts";
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from "./message.ts";
import { decodeAll } from "./route-answer.ts";
import {
  RTA_DST,
  RTA_GATEWAY,
  RTA_METRICS,
  RTA_MULTIPATH,
  RTA_OIF,
  RTA_PREFSRC,
  RTA_PRIORITY,
  RTA_TABLE,
  RTA_VIA,
  RTAX_MTU,
  RTM_DELROUTE,
  RTM_GETROUTE,
  RTM_NEWROUTE,
  RTNH_F_ONLINK,
} from "./route-numbers.ts";
import type { RouteSocket } from "./route-socket.ts";

/** RTN_*: "local" is delivered here, the last three answer the sender with an error. */
export type RouteType = "unicast" | "local" | "blackhole" | "unreachable" | "prohibit";

export interface Route {
  /** "10.1.0.0" or "fd01::"; "0.0.0.0" or "::" with prefix length 0 is the default route. */
  readonly destination: string;
  readonly prefixLength: number;
  /** Where packets go; several share them by weight. None for the types that drop. */
  readonly nextHops: readonly NextHop[];
  /** By default "unicast". */
  readonly type?: RouteType;
  /** By default 254, main; "local" routes 255. */
  readonly table?: number;
  /** The smaller wins. */
  readonly metric?: number;
  readonly preferredSource?: string;
  /** Bytes. */
  readonly mtu?: number;
  /** Who made it (RTPROT_*); by default 4, static. */
  readonly protocol?: number;
}

export interface NextHop {
  readonly ifindex?: number;
  /** The next router; of the other family too. Without it the destination itself is on the link. */
  readonly gateway?: string;
  /** 1 to 256; by default 1. Only matters among several. */
  readonly weight?: number;
  /** The gateway is on the link although no address says so. */
  readonly isOnLink?: boolean;
}

/** Adds a route. Throws a SystemError; EEXIST when it is there, ENETUNREACH when the gateway cannot be reached. */
export function routeAdd(socket: RouteSocket, route: Route): void {
  change(socket, route, NLM_F_CREATE | NLM_F_EXCL);
}

/** Adds a route or takes the place of the one with the same destination, table and metric. */
export function routeReplace(socket: RouteSocket, route: Route): void {
  change(socket, route, NLM_F_CREATE | NLM_F_REPLACE);
}

/** Removes a route; false when there was none. */
export function routeDelete(socket: RouteSocket, route: Route): boolean {
  return socket.remove({
    operation: "RTM_DELROUTE",
    what: `Cannot remove the route to ${route.destination}/${route.prefixLength}`,
    type: RTM_DELROUTE,
    payload: encode(route),
  });
}

/** All routes of the namespace, of every table and both families. */
export function routeList(socket: RouteSocket): Route[] {
  const question = { operation: "RTM_GETROUTE", what: "Cannot list the routes" };
  return [AF_INET, AF_INET6].flatMap((family) => {
    const payload = new PayloadWriter().u8(family).u8(0).u16(0).u32(0).u32(0).bytes;
    return decodeAll(socket.dump({ ...question, type: RTM_GETROUTE, payload }), decodeRoute, question);
  });
}

/** Reads the payload of a route message: struct rtmsg and attributes. Types without a word here read as "unicast". */
export function decodeRoute(payload: Uint8Array): Decoded<Route> {
  return decoding(() => {
    const header = fixedPart(payload, HEADER_SIZE, "struct rtmsg");
    const family = header.getUint8(0);
    if (family !== AF_INET && family !== AF_INET6) malformed(`a route of address family ${family}`);
    const attributes = new AttributeReader(payload.subarray(HEADER_SIZE));
    const metric = attributes.u32(RTA_PRIORITY);
    const source = attributes.bytes(RTA_PREFSRC);
    const mtu = attributes.nested(RTA_METRICS)?.u32(RTAX_MTU);
    return {
      destination: textOf(attributes.bytes(RTA_DST)) ?? (family === AF_INET ? "0.0.0.0" : "::"),
      prefixLength: header.getUint8(1),
      nextHops: decodeNextHops(attributes),
      type: typeWords.get(header.getUint8(7)) ?? "unicast",
      table: attributes.u32(RTA_TABLE) ?? header.getUint8(4),
      ...(metric !== undefined && { metric }),
      ...(source !== undefined && { preferredSource: textOf(source) ?? "" }),
      ...(mtu !== undefined && { mtu }),
      protocol: header.getUint8(5),
    };
  });
}

const HEADER_SIZE = 12;
const NEXT_HOP_SIZE = 8;
const RT_TABLE_MAIN = 254;
const RT_TABLE_LOCAL = 255;
const RTPROT_STATIC = 4;
const RT_SCOPE_UNIVERSE = 0;
const RT_SCOPE_LINK = 253;
const RT_SCOPE_HOST = 254;

const typeNumbers: Readonly<Record<RouteType, number>> = {
  unicast: 1,
  local: 2,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
};
const typeWords = new Map(Object.entries(typeNumbers).map(([word, number]) => [number, word as RouteType]));

function change(socket: RouteSocket, route: Route, flags: number): void {
  const hops = route.nextHops.map((hop) => `${hop.gateway ?? "link"} on interface ${hop.ifindex ?? "any"}`).join(", ");
  socket.change({
    operation: "RTM_NEWROUTE",
    what: `Cannot set the ${route.type ?? "unicast"} route to ${route.destination}/${route.prefixLength} by ${hops || "none"}`,
    type: RTM_NEWROUTE,
    flags,
    payload: encode(route),
  });
}

function encode(route: Route): Uint8Array {
  const { type = "unicast", nextHops } = route;
  const destination = addressBytes(route.destination);
  const table = route.table ?? (type === "local" ? RT_TABLE_LOCAL : RT_TABLE_MAIN);
  const [first] = nextHops;
  const payload = new PayloadWriter()
    .u8(addressFamily(destination))
    .u8(route.prefixLength)
    .u16(0) // source prefix length, type of service
    .u8(table < 256 ? table : 0)
    .u8(route.protocol ?? RTPROT_STATIC)
    .u8(scopeOf(type, nextHops))
    .u8(typeNumbers[type])
    .u32(nextHops.length === 1 && first?.isOnLink === true ? RTNH_F_ONLINK : 0)
    .u32Attribute(RTA_TABLE, table);
  if (route.prefixLength > 0) payload.attribute(RTA_DST, destination);
  if (route.metric !== undefined) payload.u32Attribute(RTA_PRIORITY, route.metric);
  if (route.preferredSource !== undefined) payload.attribute(RTA_PREFSRC, addressBytes(route.preferredSource));
  if (route.mtu !== undefined) {
    const { mtu } = route;
    payload.nested(RTA_METRICS, (metrics) => metrics.u32Attribute(RTAX_MTU, mtu));
  }
  if (nextHops.length > 1) {
    payload.nested(RTA_MULTIPATH, (hops) => {
      for (const hop of nextHops) encodeNextHop(hops, hop, destination.length);
    });
  } else if (first !== undefined) {
    if (first.gateway !== undefined) encodeGateway(payload, first.gateway, destination.length);
    if (first.ifindex !== undefined) payload.u32Attribute(RTA_OIF, first.ifindex);
  }
  return payload.bytes;
}

/** How far away the destination is: the kernel insists on "link" for IPv4 routes without a gateway. */
function scopeOf(type: RouteType, nextHops: readonly NextHop[]): number {
  if (type === "local") return RT_SCOPE_HOST;
  const isDirect = nextHops.length > 0 && nextHops.every(({ gateway }) => gateway === undefined);
  return type === "unicast" && isDirect ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

/** struct rtnexthop, whose length covers the attributes that follow it. */
function encodeNextHop(hops: PayloadWriter, hop: NextHop, addressLength: number): void {
  const attributes = new PayloadWriter();
  if (hop.gateway !== undefined) encodeGateway(attributes, hop.gateway, addressLength);
  const { bytes } = attributes;
  hops
    .u16(NEXT_HOP_SIZE + bytes.length)
    .u8(hop.isOnLink === true ? RTNH_F_ONLINK : 0)
    .u8((hop.weight ?? 1) - 1)
    .u32(hop.ifindex ?? 0)
    .raw(bytes);
}

/** A gateway of the destination's own family, or struct rtvia for one of the other. */
function encodeGateway(payload: PayloadWriter, gateway: string, addressLength: number): void {
  const bytes = addressBytes(gateway);
  if (bytes.length === addressLength) {
    payload.attribute(RTA_GATEWAY, bytes);
    return;
  }
  payload.attribute(RTA_VIA, Uint8Array.of(addressFamily(bytes), 0, ...bytes));
}

function decodeNextHops(attributes: AttributeReader): NextHop[] {
  const several = attributes.bytes(RTA_MULTIPATH);
  if (several !== undefined) return decodeMultipath(several);
  const hop = { ...optionalIfindex(attributes.u32(RTA_OIF)), ...decodeGateway(attributes) };
  return Object.keys(hop).length === 0 ? [] : [hop];
}

function decodeMultipath(bytes: Uint8Array): NextHop[] {
  const hops: NextHop[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const rest = bytes.subarray(offset);
    const header = fixedPart(rest, NEXT_HOP_SIZE, "struct rtnexthop");
    const length = header.getUint16(0, true);
    if (length < NEXT_HOP_SIZE || length > rest.length) malformed(`a next hop claims ${length} bytes`);
    hops.push({
      ...optionalIfindex(header.getUint32(4, true)),
      ...decodeGateway(new AttributeReader(rest.subarray(NEXT_HOP_SIZE, length))),
      weight: header.getUint8(3) + 1,
    });
    offset += (length + 3) & ~3;
  }
  return hops;
}

function decodeGateway(attributes: AttributeReader): { gateway?: string } {
  const gateway = textOf(attributes.bytes(RTA_GATEWAY) ?? attributes.bytes(RTA_VIA)?.subarray(2));
  return gateway === undefined ? {} : { gateway };
}

function optionalIfindex(ifindex: number | undefined): { ifindex?: number } {
  return ifindex === undefined || ifindex === 0 ? {} : { ifindex };
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  return addressText(bytes) ?? malformed(`an address of ${bytes.length} bytes`);
}
