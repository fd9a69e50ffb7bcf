/**
 * The two families' options for the same things, side by side.
 *
 * @see include/uapi/linux/in.h and in6.h
 */

export interface RawOptionNumbers {
  readonly level: number;
  /** Options that make the kernel tell with each datagram where it arrived. */
  readonly tell: readonly number[];
  /** Control message types of what is told. */
  readonly packetInformation: number;
  readonly hopLimit: number;
  /** Of unicasts and of multicasts. */
  readonly hopLimits: readonly number[];
  readonly headerIncluded: number;
  readonly multicastLoop: number;
  readonly multicastInterface: number;
  readonly addMembership: number;
  readonly dropMembership: number;
  /** The argument of the membership options. */
  readonly membership: (group: Uint8Array, ifindex: number) => Uint8Array;
  /** The argument of the option for the interface of outgoing multicasts. */
  readonly outgoing: (ifindex: number) => Uint8Array;
}

export const ipv4: RawOptionNumbers = {
  level: 0, // IPPROTO_IP
  tell: [8], // IP_PKTINFO
  packetInformation: 8, // IP_PKTINFO
  hopLimit: 2, // IP_TTL; the header that comes with the datagram has it too
  hopLimits: [2, 33], // IP_TTL, IP_MULTICAST_TTL
  headerIncluded: 3, // IP_HDRINCL
  multicastLoop: 34, // IP_MULTICAST_LOOP
  multicastInterface: 32, // IP_MULTICAST_IF
  addMembership: 35, // IP_ADD_MEMBERSHIP
  dropMembership: 36, // IP_DROP_MEMBERSHIP
  membership: (group, ifindex) => Uint8Array.of(...group, 0, 0, 0, 0, ...u32(ifindex)), // struct ip_mreqn
  outgoing: (ifindex) => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, ...u32(ifindex)), // struct ip_mreqn
};

export const ipv6: RawOptionNumbers = {
  level: 41, // IPPROTO_IPV6
  tell: [49, 51], // IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT
  packetInformation: 50, // IPV6_PKTINFO
  hopLimit: 52, // IPV6_HOPLIMIT
  hopLimits: [16, 18], // IPV6_UNICAST_HOPS, IPV6_MULTICAST_HOPS
  headerIncluded: 36, // IPV6_HDRINCL
  multicastLoop: 19, // IPV6_MULTICAST_LOOP
  multicastInterface: 17, // IPV6_MULTICAST_IF
  addMembership: 20, // IPV6_ADD_MEMBERSHIP
  dropMembership: 21, // IPV6_DROP_MEMBERSHIP
  membership: (group, ifindex) => Uint8Array.of(...group, ...u32(ifindex)), // struct ipv6_mreq
  outgoing: (ifindex) => u32(ifindex),
};

function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}
