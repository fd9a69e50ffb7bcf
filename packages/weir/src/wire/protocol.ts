/** Protocol numbers of IPv4 and next headers of IPv6 (IANA, "Protocol Numbers"). */
export const PROTOCOL_ICMP = 1;
export const PROTOCOL_IPIP = 4;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_IPV6 = 41;
export const PROTOCOL_GRE = 47;
export const PROTOCOL_ESP = 50;
export const PROTOCOL_AH = 51;
export const PROTOCOL_ICMPV6 = 58;
export const PROTOCOL_SCTP = 132;

/** Address families as the kernel's interfaces number them. */
export const AF_INET = 2;
export const AF_INET6 = 10;
