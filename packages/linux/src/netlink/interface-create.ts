/**
 * Making virtual interfaces: veth pairs, bridges, macvlans, VLANs, VXLANs.
 */
import type { FileDescriptor } from "../file-descriptor.ts";
import { hardwareBytes } from "../hardware-address.ts";
import { AF_INET, addressBytes, addressFamily } from "../ip-address.ts";
import { SystemError } from "../system-error.ts";
import type { PayloadWriter } from "./attribute.ts";
import { checkedName, interfaceGet, interfaceHeader } from "./interface.ts";
import { NLM_F_CREATE, NLM_F_EXCL } from "./message.ts";
import {
  IFF_UP,
  IFLA_ADDRESS,
  IFLA_BR_FORWARD_DELAY,
  IFLA_BR_MCAST_SNOOPING,
  IFLA_BR_STP_STATE,
  IFLA_BR_VLAN_FILTERING,
  IFLA_IFNAME,
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_LINK,
  IFLA_LINKINFO,
  IFLA_MACVLAN_MODE,
  IFLA_MASTER,
  IFLA_MTU,
  IFLA_NET_NS_FD,
  IFLA_NUM_RX_QUEUES,
  IFLA_NUM_TX_QUEUES,
  IFLA_VLAN_ID,
  IFLA_VXLAN_GROUP,
  IFLA_VXLAN_GROUP6,
  IFLA_VXLAN_ID,
  IFLA_VXLAN_LEARNING,
  IFLA_VXLAN_LINK,
  IFLA_VXLAN_LOCAL,
  IFLA_VXLAN_LOCAL6,
  IFLA_VXLAN_PORT,
  RTM_NEWLINK,
  VETH_INFO_PEER,
} from "./route-numbers.ts";
import type { RouteSocket } from "./route-socket.ts";

/** What every interface can be born with. */
export interface InterfaceBasics {
  /** 1 to 15 characters. */
  readonly name: string;
  readonly isUp?: boolean;
  /** Bytes. */
  readonly mtu?: number;
  readonly hardwareAddress?: string;
  /** The index of a bridge (or VRF) to join. */
  readonly master?: number;
  readonly receiveQueues?: number;
  readonly transmitQueues?: number;
}

export type InterfaceCreation = InterfaceBasics &
  (
    | { readonly kind: "veth"; readonly peer: VethPeer }
    | {
        readonly kind: "bridge";
        readonly usesSpanningTree?: boolean;
        /** Hundredths of a second. */
        readonly forwardDelay?: number;
        readonly filtersVlans?: boolean;
        readonly snoopsMulticast?: boolean;
      }
    | {
        readonly kind: "macvlan";
        /** The index of the interface it sits on. */
        readonly parent: number;
        readonly mode: "private" | "vepa" | "bridge" | "passthru";
      }
    | { readonly kind: "vlan"; readonly parent: number /** 1 to 4094. */; readonly id: number }
    | {
        readonly kind: "vxlan";
        /** The network identifier, 24 bits. */
        readonly id: number;
        readonly parent?: number;
        /** One other end, or a multicast group. */
        readonly remote?: string;
        readonly local?: string;
        /** UDP destination port; by default 4789, as RFC 7348 has it. */
        readonly port?: number;
        readonly learns?: boolean;
      }
    /** Kinds that need nothing more. */
    | { readonly kind: "dummy" | "ifb" }
  );

/** The other end of a veth pair. It is down at first: the kernel opens it before the pair is joined, which fails. */
export interface VethPeer extends Omit<InterfaceBasics, "master" | "isUp"> {
  /** Where it is to live; by default in the namespace of the socket. */
  readonly namespace?: FileDescriptor;
}

/**
 * Makes an interface in the namespace of the socket.
 *
 * @returns its index
 * @throws SystemError EEXIST when the name is taken, EOPNOTSUPP when the kernel lacks that kind; nothing is made then
 */
export function interfaceAdd(socket: RouteSocket, creation: InterfaceCreation): number {
  const up = creation.isUp === true ? IFF_UP : 0;
  const payload = interfaceHeader(0, up, up);
  writeBasics(payload, creation);
  if (creation.kind === "macvlan" || creation.kind === "vlan") payload.u32Attribute(IFLA_LINK, creation.parent);
  if (creation.master !== undefined) payload.u32Attribute(IFLA_MASTER, creation.master);
  payload.nested(IFLA_LINKINFO, (info) => {
    info.stringAttribute(IFLA_INFO_KIND, creation.kind);
    info.nested(IFLA_INFO_DATA, (data) => writeKind(data, creation));
  });
  const request = {
    operation: "RTM_NEWLINK",
    what: `Cannot create the ${creation.kind} ${creation.name}`,
  };
  socket.change({ ...request, type: RTM_NEWLINK, flags: NLM_F_CREATE | NLM_F_EXCL, payload: payload.bytes });
  const made = interfaceGet(socket, creation.name);
  if (made === undefined) {
    throw new SystemError(ENODEV, { ...request, why: "it was made, but somebody removed or renamed it at once" });
  }
  return made.ifindex;
}

const ENODEV = 19;
const VXLAN_PORT = 4789;
const macvlanModes = { private: 1, vepa: 2, bridge: 4, passthru: 8 } as const;

function writeBasics(payload: PayloadWriter, basics: Omit<InterfaceBasics, "master" | "isUp">): void {
  payload.stringAttribute(IFLA_IFNAME, checkedName(basics.name));
  if (basics.mtu !== undefined) payload.u32Attribute(IFLA_MTU, basics.mtu);
  if (basics.hardwareAddress !== undefined) payload.attribute(IFLA_ADDRESS, hardwareBytes(basics.hardwareAddress));
  if (basics.receiveQueues !== undefined) payload.u32Attribute(IFLA_NUM_RX_QUEUES, basics.receiveQueues);
  if (basics.transmitQueues !== undefined) payload.u32Attribute(IFLA_NUM_TX_QUEUES, basics.transmitQueues);
}

function writeKind(data: PayloadWriter, creation: InterfaceCreation): void {
  switch (creation.kind) {
    case "veth":
      // The peer is described by a whole link message of its own.
      data.nested(VETH_INFO_PEER, (peer) => writePeer(peer, creation.peer));
      return;
    case "bridge":
      if (creation.forwardDelay !== undefined) data.u32Attribute(IFLA_BR_FORWARD_DELAY, creation.forwardDelay);
      if (creation.usesSpanningTree !== undefined) {
        data.u32Attribute(IFLA_BR_STP_STATE, creation.usesSpanningTree ? 1 : 0);
      }
      if (creation.filtersVlans !== undefined) data.u8Attribute(IFLA_BR_VLAN_FILTERING, creation.filtersVlans ? 1 : 0);
      if (creation.snoopsMulticast !== undefined) {
        data.u8Attribute(IFLA_BR_MCAST_SNOOPING, creation.snoopsMulticast ? 1 : 0);
      }
      return;
    case "macvlan":
      data.u32Attribute(IFLA_MACVLAN_MODE, macvlanModes[creation.mode]);
      return;
    case "vlan":
      data.u16Attribute(IFLA_VLAN_ID, creation.id);
      return;
    case "vxlan":
      data.u32Attribute(IFLA_VXLAN_ID, creation.id).be16Attribute(IFLA_VXLAN_PORT, creation.port ?? VXLAN_PORT);
      if (creation.parent !== undefined) data.u32Attribute(IFLA_VXLAN_LINK, creation.parent);
      if (creation.learns !== undefined) data.u8Attribute(IFLA_VXLAN_LEARNING, creation.learns ? 1 : 0);
      if (creation.remote !== undefined) writeEnd(data, creation.remote, IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6);
      if (creation.local !== undefined) writeEnd(data, creation.local, IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6);
      return;
    case "dummy":
    case "ifb":
      return;
  }
}

function writePeer(payload: PayloadWriter, peer: VethPeer): void {
  payload.raw(interfaceHeader(0).bytes);
  writeBasics(payload, peer);
  if (peer.namespace !== undefined) payload.u32Attribute(IFLA_NET_NS_FD, peer.namespace.number);
}

function writeEnd(data: PayloadWriter, text: string, type4: number, type6: number): void {
  const bytes = addressBytes(text);
  data.attribute(addressFamily(bytes) === AF_INET ? type4 : type6, bytes);
}
