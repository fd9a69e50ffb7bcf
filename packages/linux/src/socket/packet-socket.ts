/**
 * Packet sockets: whole Ethernet frames, out of and into one interface.
 *
 * @see packet(7)
 */
import type { FileDescriptor } from "../file-descriptor.ts";
import { hardwareText } from "../hardware-address.ts";
import { DatagramReader } from "../syscall/datagram-reader.ts";
import type { Datagram } from "../syscall/receive.ts";
import { SystemError } from "../system-error.ts";
import { bindSocket, openSocket, sendDatagram, setOption } from "./options.ts";

export interface PacketSocketOptions {
  /** An interface of the namespace this thread is in. */
  readonly ifindex: number;
  /** Only frames of this type (0x0806 for ARP); by default all, those sent by this machine included. */
  readonly etherType?: number;
  /** Also frames to other machines' addresses. */
  readonly isPromiscuous?: boolean;
  /** Not the frames this machine sends (Linux 4.20). */
  readonly ignoresOutgoing?: boolean;
}

/** A frame from its Ethernet header on. The kernel has taken an outer VLAN tag out if the driver did not do so itself. */
export interface ReceivedFrame {
  readonly bytes: Uint8Array;
  readonly ifindex: number;
  readonly etherType: number;
  /** Whom it was for, seen from this machine. */
  readonly destination: "this-host" | "broadcast" | "multicast" | "other-host" | "outgoing";
  /** The sender's hardware address. */
  readonly source: string;
}

/** A packet socket. Iterate it with `for await`, once; leaving the loop closes it. */
export class PacketSocket implements AsyncIterable<ReceivedFrame> {
  readonly #fd: FileDescriptor;
  readonly #ifindex: number;
  readonly #reader: DatagramReader;

  /** Throws a SystemError: EPERM without CAP_NET_RAW, ENODEV when there is no such interface. */
  constructor(options: PacketSocketOptions) {
    const { ifindex, etherType = ETH_P_ALL } = options;
    this.#ifindex = ifindex;
    // Opened for no protocol at all: before it is bound it would take frames of every interface.
    this.#fd = openSocket(AF_PACKET, SOCK_RAW, 0, `packet socket on interface ${ifindex}`, (fd) => {
      if (options.ignoresOutgoing === true) {
        setOption(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, "leave out the outgoing frames");
      }
      bindSocket(fd, linkAddress(ifindex, etherType), `interface ${ifindex}`);
      if (options.isPromiscuous === true) {
        const membership = new Uint8Array(16); // struct packet_mreq
        const view = new DataView(membership.buffer);
        view.setInt32(0, ifindex, true);
        view.setUint16(4, PACKET_MR_PROMISC, true);
        setOption(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership, "see the frames to other machines");
      }
    });
    this.#reader = new DatagramReader(this.#fd, CAPACITY);
  }

  /**
   * Sends a frame, Ethernet header first.
   *
   * @returns false when the interface's queue is full and the frame is dropped
   * @throws SystemError ENETDOWN while the interface is down, ENXIO when it vanished, EMSGSIZE above its MTU
   */
  send(frame: Uint8Array): boolean {
    return sendDatagram(this.#fd, frame, linkAddress(this.#ifindex, 0), `interface ${this.#ifindex}`);
  }

  /** The next frame that is there already; undefined when there is none. */
  take(): ReceivedFrame | undefined {
    const datagram = this.#reader.take();
    return datagram === -EAGAIN ? undefined : this.#frameOf(datagram);
  }

  /** Throws a SystemError with code ENETDOWN when the interface goes down or vanishes meanwhile. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ReceivedFrame, void, undefined> {
    try {
      for (;;) {
        const datagram = await this.#reader.next();
        if (datagram === undefined) return;
        yield this.#frameOf(datagram);
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

  #frameOf(datagram: Datagram | number): ReceivedFrame {
    if (typeof datagram === "number") {
      throw new SystemError(-datagram, {
        operation: "recvmsg",
        what: `Cannot receive from the ${this.#fd.label}`,
        ...(datagram === -ENETDOWN && {
          why: "the interface went down, or vanished",
          fix: "Watch the interface (ChangeWatch), and open a socket anew when it is back.",
        }),
      });
    }
    // struct sockaddr_ll: family 2, protocol 2 (network order), ifindex 4, type of hardware 2, packet type 1, length 1.
    const address = new DataView(datagram.address.buffer, datagram.address.byteOffset, datagram.address.byteLength);
    return {
      bytes: datagram.bytes,
      etherType: address.getUint16(2, false),
      ifindex: address.getInt32(4, true),
      destination: destinations[address.getUint8(10)] ?? "other-host",
      source: hardwareText(datagram.address.subarray(12, 12 + address.getUint8(11))),
    };
  }
}

const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOL_PACKET = 263;
const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_IGNORE_OUTGOING = 23;
const PACKET_MR_PROMISC = 1;
const ETH_P_ALL = 3;
const EAGAIN = 11;
const ENETDOWN = 100;
/** The longest frame there is: segmentation offload makes them up to 64 KiB and a header. */
const CAPACITY = 64 * 1024 + 256;

/** PACKET_HOST and on. */
const destinations: readonly ReceivedFrame["destination"][] = [
  "this-host",
  "broadcast",
  "multicast",
  "other-host",
  "outgoing",
];

/** struct sockaddr_ll. */
function linkAddress(ifindex: number, etherType: number): Uint8Array {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, etherType, false);
  view.setInt32(4, ifindex, true);
  return bytes;
}
