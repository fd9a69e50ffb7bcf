/**
 * Raw sockets: datagrams of one IP protocol, without ports: VRRP (112), ICMP, protocols of our own.
 *
 * @see raw(7), ip(7), ipv6(7)
 */
import type { FileDescriptor } from "../file-descriptor.ts";
import { AF_INET, AF_INET6, addressBytes, addressFamily, addressText } from "../ip-address.ts";
import { DatagramReader } from "../syscall/datagram-reader.ts";
import { interfaceExists } from "../syscall/interface-exists.ts";
import type { Datagram } from "../syscall/receive.ts";
import { SystemError } from "../system-error.ts";
import { bindSocket, openSocket, sendDatagram, setOption } from "./options.ts";
import { ipv4, ipv6, type RawOptionNumbers } from "./raw-option-numbers.ts";

export interface RawSocketOptions {
  readonly family: "ipv4" | "ipv6";
  /** IP protocol number, 1 to 255. */
  readonly protocol: number;
  /** Receive from this interface only, and send by it. */
  readonly ifindex?: number;
  /** The address to send from, one this machine has; only datagrams to it are received then. */
  readonly source?: string;
  /** 1 to 255, for unicast and multicast; by default the kernel's 64, and 1 for multicast. */
  readonly hopLimit?: number;
  /** What is sent begins with an IP header of the sender's own making. */
  readonly includesHeader?: boolean;
  /** Whether this machine receives the multicasts it sends; by default it does. */
  readonly loopsMulticast?: boolean;
  /** A mark for the kernel's routing rules and packet filter (needs CAP_NET_ADMIN). */
  readonly mark?: number;
}

export interface ReceivedDatagram {
  /** What follows the IP header (and, for IPv6, the extension headers). */
  readonly payload: Uint8Array;
  /** The IPv4 header with its options; empty for IPv6, whose header the kernel keeps to itself. */
  readonly header: Uint8Array;
  readonly source: string;
  /** The address it was sent to, which may be a multicast group. */
  readonly destination: string;
  /** As it arrived: 255 proves that no router was in between. */
  readonly hopLimit: number;
  /** Where it arrived. */
  readonly ifindex: number;
}

/** A raw socket. Iterate it with `for await`, once; leaving the loop closes it. */
export class RawSocket implements AsyncIterable<ReceivedDatagram> {
  readonly #fd: FileDescriptor;
  readonly #family: number;
  readonly #numbers: RawOptionNumbers;
  readonly #reader: DatagramReader;

  /** Throws a SystemError: EPERM without CAP_NET_RAW, ENODEV or EADDRNOTAVAIL when interface or source are not there. */
  constructor(options: RawSocketOptions) {
    const { family, protocol } = options;
    this.#family = family === "ipv4" ? AF_INET : AF_INET6;
    this.#numbers = family === "ipv4" ? ipv4 : ipv6;
    this.#fd = openSocket(this.#family, SOCK_RAW, protocol, `raw ${family} socket of protocol ${protocol}`, (fd) =>
      prepare(fd, options, this.#numbers),
    );
    this.#reader = new DatagramReader(this.#fd, CAPACITY);
  }

  /**
   * Sends a datagram.
   *
   * @param ifindex which link a link-local IPv6 destination ("fe80::1") is on
   * @returns false when the queue is full and the datagram is dropped
   * @throws SystemError ENETUNREACH without a route, EMSGSIZE above what one datagram holds
   */
  send(bytes: Uint8Array, destination: string, ifindex = 0): boolean {
    return sendDatagram(this.#fd, bytes, socketAddress(destination, this.#family, ifindex), destination);
  }

  /** Receives what is sent to a multicast group on an interface, and sends multicasts by that interface. */
  joinMulticast(group: string, ifindex: number): void {
    const { level, addMembership, multicastInterface } = this.#numbers;
    const bytes = groupBytes(group, this.#family);
    const meaning = `join multicast group ${group} on interface ${ifindex}`;
    setOption(this.#fd, level, addMembership, this.#numbers.membership(bytes, ifindex), meaning);
    setOption(this.#fd, level, multicastInterface, this.#numbers.outgoing(ifindex), meaning);
  }

  leaveMulticast(group: string, ifindex: number): void {
    const { level, dropMembership, membership } = this.#numbers;
    const meaning = `leave multicast group ${group} on interface ${ifindex}`;
    setOption(this.#fd, level, dropMembership, membership(groupBytes(group, this.#family), ifindex), meaning);
  }

  /** The next datagram that is there already; undefined when there is none. */
  take(): ReceivedDatagram | undefined {
    for (;;) {
      const datagram = this.#reader.take();
      if (datagram === -EAGAIN) return undefined;
      const received = this.#read(datagram);
      if (received !== undefined) return received;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReceivedDatagram, void, undefined> {
    try {
      for (;;) {
        const datagram = await this.#reader.next();
        if (datagram === undefined) return;
        const received = this.#read(datagram);
        if (received !== undefined) yield received;
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

  #read(datagram: Datagram | number): ReceivedDatagram | undefined {
    if (typeof datagram === "number") {
      throw new SystemError(-datagram, { operation: "recvmsg", what: `Cannot receive from the ${this.#fd.label}` });
    }
    return this.#family === AF_INET ? readIpv4(datagram) : readIpv6(datagram);
  }
}

const SOCK_RAW = 3;
const SOL_SOCKET = 1;
const SO_MARK = 36;
const SO_BINDTOIFINDEX = 62;
const EAGAIN = 11;
const ENODEV = 19;
const EINVAL = 22;
const CAPACITY = 64 * 1024;

function prepare(fd: FileDescriptor, options: RawSocketOptions, numbers: RawOptionNumbers): void {
  const { level } = numbers;
  for (const option of numbers.tell) setOption(fd, level, option, 1, "learn where datagrams arrive");
  if (options.ifindex !== undefined) {
    if (!interfaceExists(options.ifindex)) throw missingInterface(fd, options.ifindex);
    setOption(fd, SOL_SOCKET, SO_BINDTOIFINDEX, options.ifindex, `set the interface to ${options.ifindex}`);
  }
  if (options.hopLimit !== undefined) {
    for (const option of numbers.hopLimits) {
      setOption(fd, level, option, options.hopLimit, `set the hop limit to ${options.hopLimit}`);
    }
  }
  if (options.includesHeader === true) setOption(fd, level, numbers.headerIncluded, 1, "take over the IP header");
  if (options.loopsMulticast !== undefined) {
    setOption(fd, level, numbers.multicastLoop, options.loopsMulticast ? 1 : 0, "set the loop of multicasts");
  }
  if (options.mark !== undefined) setOption(fd, SOL_SOCKET, SO_MARK, options.mark, `set the mark to ${options.mark}`);
  if (options.source !== undefined) {
    const family = options.family === "ipv4" ? AF_INET : AF_INET6;
    bindSocket(fd, socketAddress(options.source, family, options.ifindex ?? 0), options.source);
  }
}

function groupBytes(group: string, family: number): Uint8Array {
  const bytes = addressBytes(group);
  if (addressFamily(bytes) !== family) throw wrongFamily(group, family);
  return bytes;
}

/** struct sockaddr_in or sockaddr_in6, port 0. */
function socketAddress(text: string, family: number, ifindex: number): Uint8Array {
  const address = groupBytes(text, family);
  const bytes = new Uint8Array(family === AF_INET ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, family, true);
  bytes.set(address, family === AF_INET ? 4 : 8);
  if (family === AF_INET6) view.setUint32(24, ifindex, true);
  return bytes;
}

/** The kernel would take the index and then never deliver a thing. */
function missingInterface(fd: FileDescriptor, ifindex: number): SystemError {
  return new SystemError(ENODEV, {
    operation: "raw socket",
    what: `Cannot bind the ${fd.label} to interface ${ifindex}`,
    why: "the network namespace of this thread has no such interface",
  });
}

function wrongFamily(address: string, family: number): SystemError {
  return new SystemError(EINVAL, {
    operation: "raw socket",
    what: `Cannot use the address ${address}`,
    why: `the socket speaks ${family === AF_INET ? "IPv4" : "IPv6"} only`,
    fix: "Open a second socket for the other family.",
  });
}

/** Undefined for what is too short to be a datagram at all. */
function readIpv4({ bytes, control }: Datagram): ReceivedDatagram | undefined {
  const headerLength = ((bytes[0] ?? 0) & 0x0f) * 4;
  if (headerLength < 20 || headerLength > bytes.length) return undefined;
  const information = control.find(({ level, type }) => level === ipv4.level && type === ipv4.packetInformation);
  return {
    payload: bytes.subarray(headerLength),
    header: bytes.subarray(0, headerLength),
    source: addressText(bytes.subarray(12, 16)) ?? "",
    destination: addressText(bytes.subarray(16, 20)) ?? "",
    hopLimit: bytes[8] ?? 0,
    ifindex: information === undefined ? 0 : readU32(information.bytes, 0), // struct in_pktinfo
  };
}

function readIpv6({ bytes, address, control }: Datagram): ReceivedDatagram | undefined {
  const find = (wanted: number) => control.find(({ level, type }) => level === ipv6.level && type === wanted)?.bytes;
  const information = find(ipv6.packetInformation); // struct in6_pktinfo: address, ifindex
  const hopLimit = find(ipv6.hopLimit);
  if (information === undefined || hopLimit === undefined || address.length < 24) return undefined;
  return {
    payload: bytes,
    header: new Uint8Array(0),
    source: addressText(address.subarray(8, 24)) ?? "",
    destination: addressText(information.subarray(0, 16)) ?? "",
    hopLimit: readU32(hopLimit, 0),
    ifindex: readU32(information, 16),
  };
}

function readU32(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset, true);
}
