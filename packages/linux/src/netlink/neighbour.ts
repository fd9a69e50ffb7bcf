/**
 * Neighbours: which hardware address an IP address on the same network has (the ARP and NDP tables).
 */

import { hardwareBytes, hardwareText } from "../hardware-address.ts";
import { addressBytes, addressFamily, addressText } from "../ip-address.ts";
import { AttributeReader, fixedPart, PayloadWriter } from "./attribute.ts";
import { type Decoded, decoding, malformed } from "./decoded.ts";
import { NLM_F_CREATE, NLM_F_REPLACE } from "./message.ts";
import { decodeAll } from "./route-answer.ts";
import {
  NDA_DST,
  NDA_FLAGS_EXT,
  NDA_LLADDR,
  NTF_EXT_MANAGED,
  NTF_PROXY,
  NTF_ROUTER,
  RTM_DELNEIGH,
  RTM_GETNEIGH,
  RTM_NEWNEIGH,
} from "./route-numbers.ts";
import type { RouteSocket } from "./route-socket.ts";

export interface Neighbour {
  readonly ifindex: number;
  /** "10.0.0.2" or "fd00::2". */
  readonly address: string;
  /** Undefined while it is not known. */
  readonly hardwareAddress: string | undefined;
  readonly state: NeighbourState;
  /** The kernel keeps it resolved by itself (NTF_EXT_MANAGED). */
  readonly isManaged: boolean;
  readonly isProxy: boolean;
  readonly isRouter: boolean;
}

/** NUD_*. "incomplete" is being asked for; "stale" is known but not confirmed lately; "failed" did not answer. */
export type NeighbourState =
  | "none"
  | "incomplete"
  | "reachable"
  | "stale"
  | "delay"
  | "probe"
  | "failed"
  | "noarp"
  | "permanent";

export interface NeighbourKey {
  readonly ifindex: number;
  readonly address: string;
}

/** Sets an entry that never ages and is never asked for. Replaces what is there. */
export function neighbourSetPermanent(socket: RouteSocket, key: NeighbourKey, hardwareAddress: string): void {
  const payload = request(key, NUD_PERMANENT).attribute(NDA_LLADDR, hardwareBytes(hardwareAddress));
  socket.change({
    operation: "RTM_NEWNEIGH",
    what: `Cannot set ${key.address} at ${hardwareAddress} on interface ${key.ifindex}`,
    type: RTM_NEWNEIGH,
    flags: NLM_F_CREATE | NLM_F_REPLACE,
    payload: payload.bytes,
  });
}

/**
 * Sets an entry that the kernel resolves at once and keeps resolved, whether packets need it or not: what a program at
 * XDP, which cannot wait for ARP, relies on.
 *
 * Needs Linux 5.16. Older kernels take it for an ordinary entry without a word: read it back and look at `isManaged`.
 */
export function neighbourSetManaged(socket: RouteSocket, key: NeighbourKey): void {
  socket.change({
    operation: "RTM_NEWNEIGH",
    what: `Cannot have ${key.address} on interface ${key.ifindex} managed`,
    type: RTM_NEWNEIGH,
    flags: NLM_F_CREATE | NLM_F_REPLACE,
    payload: request(key, NUD_NONE).u32Attribute(NDA_FLAGS_EXT, NTF_EXT_MANAGED).bytes,
  });
}

/** Removes an entry; false when there was none. */
export function neighbourDelete(socket: RouteSocket, key: NeighbourKey): boolean {
  return socket.remove({
    operation: "RTM_DELNEIGH",
    what: `Cannot remove neighbour ${key.address} from interface ${key.ifindex}`,
    type: RTM_DELNEIGH,
    payload: request(key, NUD_NONE).bytes,
  });
}

/** All IP neighbours of the namespace. */
export function neighbourList(socket: RouteSocket): Neighbour[] {
  const question = { operation: "RTM_GETNEIGH", what: "Cannot list the neighbours" };
  const payload = new PayloadWriter().u32(0).u32(0).u32(0).bytes;
  return decodeAll(socket.dump({ ...question, type: RTM_GETNEIGH, payload }), decodeNeighbour, question);
}

/** Reads the payload of a neighbour message: struct ndmsg and attributes. */
export function decodeNeighbour(payload: Uint8Array): Decoded<Neighbour> {
  return decoding(() => {
    const header = fixedPart(payload, HEADER_SIZE, "struct ndmsg");
    const flags = header.getUint8(10);
    const attributes = new AttributeReader(payload.subarray(HEADER_SIZE));
    const destination = attributes.bytes(NDA_DST) ?? malformed("a neighbour without an address");
    const hardware = attributes.bytes(NDA_LLADDR);
    return {
      ifindex: header.getInt32(4, true),
      address: addressText(destination) ?? malformed(`an address of ${destination.length} bytes`),
      hardwareAddress: hardware === undefined ? undefined : hardwareText(hardware),
      state: states.get(header.getUint16(8, true)) ?? "none",
      isManaged: ((attributes.u32(NDA_FLAGS_EXT) ?? 0) & NTF_EXT_MANAGED) !== 0,
      isProxy: (flags & NTF_PROXY) !== 0,
      isRouter: (flags & NTF_ROUTER) !== 0,
    };
  });
}

const HEADER_SIZE = 12;
const NUD_NONE = 0;
const NUD_PERMANENT = 0x80;

const states: ReadonlyMap<number, NeighbourState> = new Map([
  [NUD_NONE, "none"],
  [0x01, "incomplete"],
  [0x02, "reachable"],
  [0x04, "stale"],
  [0x08, "delay"],
  [0x10, "probe"],
  [0x20, "failed"],
  [0x40, "noarp"],
  [NUD_PERMANENT, "permanent"],
]);

function request({ ifindex, address }: NeighbourKey, state: number): PayloadWriter {
  const bytes = addressBytes(address);
  return new PayloadWriter().u32(addressFamily(bytes)).u32(ifindex).u16(state).u16(0).attribute(NDA_DST, bytes);
}
