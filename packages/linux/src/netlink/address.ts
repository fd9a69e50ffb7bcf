/**
 * IP addresses of interfaces.
 */

import { addressBytes, addressFamily, addressText } from "../ip-address.ts";
import { AttributeReader, fixedPart, PayloadWriter } from "./attribute.ts";
import { type Decoded, decoding, malformed } from "./decoded.ts";
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from "./message.ts";
import { decodeAll } from "./route-answer.ts";
import {
  IFA_ADDRESS,
  IFA_F_DADFAILED,
  IFA_F_DEPRECATED,
  IFA_F_NODAD,
  IFA_F_NOPREFIXROUTE,
  IFA_F_PERMANENT,
  IFA_F_TENTATIVE,
  IFA_FLAGS,
  IFA_LABEL,
  IFA_LOCAL,
  RTM_DELADDR,
  RTM_GETADDR,
  RTM_NEWADDR,
} from "./route-numbers.ts";
import type { RouteSocket } from "./route-socket.ts";

/** An address to give to an interface, or to take away. */
export interface InterfaceAddress {
  readonly ifindex: number;
  /** "10.0.0.1" or "fd00::1". */
  readonly address: string;
  /** Bits: 0 to 32 or 128. */
  readonly prefixLength: number;
}

export interface AddressOptions {
  /** The other end of a point-to-point link; IPv4 and IPv6. */
  readonly peer?: string;
  readonly scope?: "global" | "link" | "host";
  /** Use it at once, without first asking whether another machine has it (IPv6). */
  readonly skipsDuplicateDetection?: boolean;
  /** Make no route to the prefix. */
  readonly skipsPrefixRoute?: boolean;
  /** Succeeds when the address is there already, and changes its options. */
  readonly replaces?: boolean;
}

/** An address an interface has. */
export interface AssignedAddress extends InterfaceAddress {
  readonly peer: string | undefined;
  readonly scope: number;
  readonly label: string | undefined;
  readonly isPermanent: boolean;
  /** Not usable yet: duplicate detection is still going on. */
  readonly isTentative: boolean;
  readonly isDuplicate: boolean;
  readonly isDeprecated: boolean;
}

/** Throws a SystemError; EEXIST when the interface has the address already, ENODEV when there is no interface. */
export function addressAdd(socket: RouteSocket, address: InterfaceAddress, options: AddressOptions = {}): void {
  const flags =
    (options.skipsDuplicateDetection === true ? IFA_F_NODAD : 0) |
    (options.skipsPrefixRoute === true ? IFA_F_NOPREFIXROUTE : 0);
  const payload = request(address, options.scope, options.peer);
  if (flags !== 0) payload.u32Attribute(IFA_FLAGS, flags);
  socket.change({
    operation: "RTM_NEWADDR",
    what: `Cannot add address ${address.address}/${address.prefixLength} to interface ${address.ifindex}`,
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | (options.replaces === true ? NLM_F_REPLACE : NLM_F_EXCL),
    payload: payload.bytes,
  });
}

/** Takes an address away; false when the interface does not have it, or is gone. */
export function addressDelete(socket: RouteSocket, address: InterfaceAddress): boolean {
  return socket.remove({
    operation: "RTM_DELADDR",
    what: `Cannot remove address ${address.address}/${address.prefixLength} from interface ${address.ifindex}`,
    type: RTM_DELADDR,
    payload: request(address).bytes,
  });
}

/** All addresses of the namespace, of both families. */
export function addressList(socket: RouteSocket): AssignedAddress[] {
  const question = { operation: "RTM_GETADDR", what: "Cannot list the addresses" };
  const payload = new PayloadWriter().u32(0).u32(0).bytes;
  return decodeAll(socket.dump({ ...question, type: RTM_GETADDR, payload }), decodeAddress, question);
}

/** Reads the payload of an address message: struct ifaddrmsg and attributes. */
export function decodeAddress(payload: Uint8Array): Decoded<AssignedAddress> {
  return decoding(() => {
    const header = fixedPart(payload, HEADER_SIZE, "struct ifaddrmsg");
    const attributes = new AttributeReader(payload.subarray(HEADER_SIZE));
    const flags = attributes.u32(IFA_FLAGS) ?? header.getUint8(2);
    // IFA_LOCAL is our end where there are two; without it IFA_ADDRESS is the address itself.
    const far = textOf(attributes.bytes(IFA_ADDRESS));
    const near = textOf(attributes.bytes(IFA_LOCAL)) ?? far;
    if (near === undefined) malformed("an address message without an address");
    return {
      ifindex: header.getUint32(4, true),
      address: near,
      prefixLength: header.getUint8(1),
      peer: far === near ? undefined : far,
      scope: header.getUint8(3),
      label: attributes.string(IFA_LABEL),
      isPermanent: (flags & IFA_F_PERMANENT) !== 0,
      isTentative: (flags & IFA_F_TENTATIVE) !== 0,
      isDuplicate: (flags & IFA_F_DADFAILED) !== 0,
      isDeprecated: (flags & IFA_F_DEPRECATED) !== 0,
    };
  });
}

const HEADER_SIZE = 8;
const scopes = { global: 0, link: 253, host: 254 } as const;

function request(
  { ifindex, address, prefixLength }: InterfaceAddress,
  scope: NonNullable<AddressOptions["scope"]> = "global",
  peer?: string,
): PayloadWriter {
  const bytes = addressBytes(address);
  const far = peer === undefined ? bytes : addressBytes(peer);
  return new PayloadWriter()
    .u8(addressFamily(bytes))
    .u8(prefixLength)
    .u8(0)
    .u8(scopes[scope])
    .u32(ifindex)
    .attribute(IFA_LOCAL, bytes)
    .attribute(IFA_ADDRESS, far);
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  return addressText(bytes) ?? malformed(`an address of ${bytes.length} bytes`);
}
