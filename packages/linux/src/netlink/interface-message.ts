/**
 * An interface as the kernel describes it (RTM_NEWLINK, RTM_DELLINK).
 */

import { hardwareText } from "../hardware-address.ts";
import { AttributeReader, fixedPart } from "./attribute.ts";
import { type Decoded, decoding, malformed } from "./decoded.ts";
import {
  IFF_LOOPBACK,
  IFF_LOWER_UP,
  IFF_NOARP,
  IFF_RUNNING,
  IFF_UP,
  IFLA_ADDRESS,
  IFLA_IFNAME,
  IFLA_INFO_KIND,
  IFLA_LINK,
  IFLA_LINK_NETNSID,
  IFLA_LINKINFO,
  IFLA_MASTER,
  IFLA_MTU,
  IFLA_NUM_RX_QUEUES,
  IFLA_NUM_TX_QUEUES,
  IFLA_OPERSTATE,
  IFLA_PROMISCUITY,
  IFLA_STATS64,
  IFLA_XDP,
  IFLA_XDP_ATTACHED,
  IFLA_XDP_DRV_PROG_ID,
  IFLA_XDP_HW_PROG_ID,
  IFLA_XDP_PROG_ID,
  IFLA_XDP_SKB_PROG_ID,
} from "./route-numbers.ts";

export interface NetworkInterface {
  readonly ifindex: number;
  readonly name: string;
  /** "veth", "bridge", ...; undefined for hardware and the loopback. */
  readonly kind: string | undefined;
  /** Switched on by the administrator. */
  readonly isUp: boolean;
  /** On, and with a carrier. */
  readonly isRunning: boolean;
  readonly hasCarrier: boolean;
  readonly isLoopback: boolean;
  readonly answersArp: boolean;
  /** Takes frames to other machines too: the administrator or a socket asked for it. */
  readonly isPromiscuous: boolean;
  /** Every IFF_* flag. */
  readonly flags: number;
  readonly operationalState: OperationalState;
  /** Bytes. */
  readonly mtu: number;
  /** Empty for an interface without one. */
  readonly hardwareAddress: string;
  readonly master: number | undefined;
  /** The other end of a veth, the parent of a macvlan or vlan. */
  readonly linkedIndex: number | undefined;
  /** Set when `linkedIndex` is an index in another namespace, under the id that this namespace gives it. */
  readonly linkedNamespaceId: number | undefined;
  readonly receiveQueues: number;
  readonly transmitQueues: number;
  readonly statistics: InterfaceStatistics | undefined;
  readonly xdp: XdpAttachment;
}

/** RFC 2863 ifOperStatus. */
export type OperationalState = "unknown" | "not-present" | "down" | "lower-layer-down" | "testing" | "dormant" | "up";

/** struct rtnl_link_stats64, its first ten counters. */
export interface InterfaceStatistics {
  readonly receivedPackets: bigint;
  readonly transmittedPackets: bigint;
  readonly receivedBytes: bigint;
  readonly transmittedBytes: bigint;
  readonly receiveErrors: bigint;
  readonly transmitErrors: bigint;
  readonly receiveDropped: bigint;
  readonly transmitDropped: bigint;
  readonly multicast: bigint;
  readonly collisions: bigint;
}

/** "multiple" is native or generic beside hardware; then `programId` is undefined and the three others tell. */
export interface XdpAttachment {
  readonly mode: "none" | "native" | "generic" | "hardware" | "multiple";
  readonly programId: number | undefined;
  readonly nativeProgramId: number | undefined;
  readonly genericProgramId: number | undefined;
  readonly hardwareProgramId: number | undefined;
}

/** Reads the payload of an interface message: struct ifinfomsg and attributes. */
export function decodeInterface(payload: Uint8Array): Decoded<NetworkInterface> {
  return decoding(() => {
    const header = fixedPart(payload, HEADER_SIZE, "struct ifinfomsg");
    const flags = header.getUint32(8, true);
    const attributes = new AttributeReader(payload.subarray(HEADER_SIZE));
    const name = attributes.string(IFLA_IFNAME);
    if (name === undefined) malformed("an interface without a name");
    return {
      ifindex: header.getInt32(4, true),
      name,
      kind: attributes.nested(IFLA_LINKINFO)?.string(IFLA_INFO_KIND),
      isUp: (flags & IFF_UP) !== 0,
      isRunning: (flags & IFF_RUNNING) !== 0,
      hasCarrier: (flags & IFF_LOWER_UP) !== 0,
      isLoopback: (flags & IFF_LOOPBACK) !== 0,
      answersArp: (flags & IFF_NOARP) === 0,
      // IFF_PROMISC is the administrator's wish alone; the count has the sockets' as well.
      isPromiscuous: (attributes.u32(IFLA_PROMISCUITY) ?? 0) > 0,
      flags,
      operationalState: operationalStates[attributes.u8(IFLA_OPERSTATE) ?? 0] ?? "unknown",
      mtu: attributes.u32(IFLA_MTU) ?? 0,
      hardwareAddress: hardwareText(attributes.bytes(IFLA_ADDRESS) ?? new Uint8Array(0)),
      master: attributes.u32(IFLA_MASTER),
      linkedIndex: attributes.u32(IFLA_LINK),
      linkedNamespaceId: attributes.i32(IFLA_LINK_NETNSID),
      receiveQueues: attributes.u32(IFLA_NUM_RX_QUEUES) ?? 1,
      transmitQueues: attributes.u32(IFLA_NUM_TX_QUEUES) ?? 1,
      statistics: decodeStatistics(attributes.bytes(IFLA_STATS64)),
      xdp: decodeXdp(attributes.nested(IFLA_XDP)),
    };
  });
}

const HEADER_SIZE = 16;

const operationalStates: readonly OperationalState[] = [
  "unknown",
  "not-present",
  "down",
  "lower-layer-down",
  "testing",
  "dormant",
  "up",
];

const xdpModes: readonly XdpAttachment["mode"][] = ["none", "native", "generic", "hardware", "multiple"];

function decodeStatistics(bytes: Uint8Array | undefined): InterfaceStatistics | undefined {
  if (bytes === undefined) return undefined;
  const counters = fixedPart(bytes, 80, "struct rtnl_link_stats64");
  const counter = (index: number) => counters.getBigUint64(index * 8, true);
  return {
    receivedPackets: counter(0),
    transmittedPackets: counter(1),
    receivedBytes: counter(2),
    transmittedBytes: counter(3),
    receiveErrors: counter(4),
    transmitErrors: counter(5),
    receiveDropped: counter(6),
    transmitDropped: counter(7),
    multicast: counter(8),
    collisions: counter(9),
  };
}

function decodeXdp(attributes: AttributeReader | undefined): XdpAttachment {
  return {
    mode: xdpModes[attributes?.u8(IFLA_XDP_ATTACHED) ?? 0] ?? "multiple",
    programId: attributes?.u32(IFLA_XDP_PROG_ID),
    nativeProgramId: attributes?.u32(IFLA_XDP_DRV_PROG_ID),
    genericProgramId: attributes?.u32(IFLA_XDP_SKB_PROG_ID),
    hardwareProgramId: attributes?.u32(IFLA_XDP_HW_PROG_ID),
  };
}
