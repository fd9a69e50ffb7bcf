/** Ethernet frames and VLAN tags. */
import { bytes, struct, u16 } from "@weir/ebpf";

export const Ethernet = struct({
  order: "network",
  size: 14,
  source: "IEEE 802.3, clause 3",
  fields: { destination: bytes(6), source: bytes(6), type: u16 },
});

/** What follows an EtherType of `ETHERTYPE_VLAN` or `ETHERTYPE_QINQ`. */
export const VlanTag = struct({
  order: "network",
  size: 4,
  source: "IEEE 802.1Q, clause 9",
  fields: { control: u16, type: u16 },
});

export const ETHERNET_SIZE = 14;
export const VLAN_TAG_SIZE = 4;
export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_IPV6 = 0x86dd;
export const ETHERTYPE_VLAN = 0x8100;
export const ETHERTYPE_QINQ = 0x88a8;
