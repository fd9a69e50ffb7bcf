/**
 * Notifications of the kernel about interfaces, addresses, routes and neighbours, as they happen.
 */
import type { FileDescriptor } from "../file-descriptor.ts";
import { AF_INET, AF_INET6 } from "../ip-address.ts";
import { DatagramReader } from "../syscall/datagram-reader.ts";
import type { Datagram } from "../syscall/receive.ts";
import { SystemError } from "../system-error.ts";
import { type AssignedAddress, decodeAddress } from "./address.ts";
import type { Decoded } from "./decoded.ts";
import { decodeInterface, type NetworkInterface } from "./interface-message.ts";
import { decodeMessages, type NetlinkMessage } from "./message.ts";
import { decodeNeighbour, type Neighbour } from "./neighbour.ts";
import { decodeRoute, type Route } from "./route.ts";
import {
  RTM_DELADDR,
  RTM_DELLINK,
  RTM_DELNEIGH,
  RTM_DELROUTE,
  RTM_NEWADDR,
  RTM_NEWLINK,
  RTM_NEWNEIGH,
  RTM_NEWROUTE,
  RTMGRP_IPV4_IFADDR,
  RTMGRP_IPV4_ROUTE,
  RTMGRP_IPV6_IFADDR,
  RTMGRP_IPV6_ROUTE,
  RTMGRP_LINK,
  RTMGRP_NEIGH,
} from "./route-numbers.ts";
import { isFromKernel, openNetlink } from "./route-socket.ts";

export type Watchable = "interface" | "address" | "route" | "neighbour";

/** "set" means made or changed: the kernel does not say which. */
export type ChangeEvent =
  | { readonly subject: "interface"; readonly change: "set" | "deleted"; readonly interface: NetworkInterface }
  | { readonly subject: "address"; readonly change: "set" | "deleted"; readonly address: AssignedAddress }
  | { readonly subject: "route"; readonly change: "set" | "deleted"; readonly route: Route }
  | { readonly subject: "neighbour"; readonly change: "set" | "deleted"; readonly neighbour: Neighbour }
  /** Events came faster than they were read and some are lost: list everything anew. */
  | { readonly subject: "lost"; readonly change: "lost" };

/**
 * Watches the namespace this thread is in when it is constructed; events queue up from that moment on, so that listing
 * the tables afterwards leaves no gap. Iterate it once, with `for await`; closing it ends the iteration.
 */
export class ChangeWatch implements AsyncIterable<ChangeEvent> {
  readonly #fd: FileDescriptor;
  readonly #reader: DatagramReader;

  constructor(subjects: readonly Watchable[]) {
    const groups = subjects.reduce((bits, subject) => bits | groupsOf[subject], 0);
    this.#fd = openNetlink(`watch of ${subjects.join(", ")} changes`, groups, false);
    this.#reader = new DatagramReader(this.#fd, RECEIVE_CAPACITY);
  }

  /** Leaving the loop closes the watch. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ChangeEvent, void, undefined> {
    try {
      for (;;) {
        const datagram = await this.#reader.next();
        if (datagram === undefined) return;
        yield* this.#eventsOf(datagram);
      }
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#fd.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #eventsOf(datagram: Datagram | number): readonly ChangeEvent[] {
    if (datagram === -ENOBUFS) return [LOST];
    if (typeof datagram === "number") {
      throw new SystemError(-datagram, { operation: "recvmsg", what: `Cannot read from the ${this.#fd.label}` });
    }
    if (!isFromKernel(datagram.address)) return [];
    if (datagram.isTruncated) return [LOST];
    return changeEvents(datagram.bytes);
  }
}

/**
 * The events in a datagram of notifications. What is about something else (bridge forwarding entries, multicast routes)
 * is left out; what cannot be read counts as lost, since the tables can still be listed.
 */
export function changeEvents(bytes: Uint8Array): readonly ChangeEvent[] {
  const messages = decodeMessages(bytes);
  if (!messages.ok) return [LOST];
  return messages.value.flatMap((message) => {
    const event = eventOf(message);
    return event === undefined ? [] : [event];
  });
}

const RECEIVE_CAPACITY = 64 * 1024;
const ENOBUFS = 105;
const LOST: ChangeEvent = { subject: "lost", change: "lost" };

const groupsOf: Readonly<Record<Watchable, number>> = {
  interface: RTMGRP_LINK,
  address: RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
  route: RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE,
  neighbour: RTMGRP_NEIGH,
};

function eventOf({ type, payload }: NetlinkMessage): ChangeEvent | undefined {
  const family = payload[0];
  const isIp = family === AF_INET || family === AF_INET6;
  switch (type) {
    case RTM_NEWLINK:
    case RTM_DELLINK:
      // A bridge tells of its ports in link messages of its own family, which say nothing of the interface as such.
      if (family !== AF_UNSPEC) return undefined;
      return orLost(decodeInterface(payload), (value) => ({
        subject: "interface",
        change: changeOf(type),
        interface: value,
      }));
    case RTM_NEWADDR:
    case RTM_DELADDR:
      if (!isIp) return undefined;
      return orLost(decodeAddress(payload), (address) => ({ subject: "address", change: changeOf(type), address }));
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
      if (!isIp) return undefined;
      return orLost(decodeRoute(payload), (route) => ({ subject: "route", change: changeOf(type), route }));
    case RTM_NEWNEIGH:
    case RTM_DELNEIGH:
      if (!isIp) return undefined;
      return orLost(decodeNeighbour(payload), (neighbour) => ({
        subject: "neighbour",
        change: changeOf(type),
        neighbour,
      }));
    default:
      return undefined;
  }
}

const AF_UNSPEC = 0;

function orLost<Value>(decoded: Decoded<Value>, event: (value: Value) => ChangeEvent): ChangeEvent {
  return decoded.ok ? event(decoded.value) : LOST;
}

/** RTM_NEW* are multiples of 4, RTM_DEL* follow them. */
function changeOf(type: number): "set" | "deleted" {
  return type % 4 === 0 ? "set" : "deleted";
}
