/**
 * What the packet path is built for. Each is a constant of the compiled program; what is switched off is not in it.
 */
import { config } from "@weir/ebpf";

export const features = config({
  /** Buckets of the flow index minus one: a power of two minus one. A connection takes one or two of eight places in a bucket. */
  bucketMask: (1 << 15) - 1,
  /** Entries of the connection table; number 0 is never used. */
  maxConnections: 1 << 17,
  /** Chosen at random when the table is made, so that nobody outside can aim at one bucket. */
  hashSeed: 0x5bd1e995,
  /** The secure_tcp defence is active: connections reach ESTABLISHED later and fall out of it sooner. */
  secureTcp: false,
  /** Segments other than SYN may open connections, too: `sloppy_tcp`, `sloppy_sctp`. */
  sloppyTcp: false,
  sloppySctp: false,
  /** The sysctl `conn_reuse_mode`: which connections a packet that opens one may take the place of. */
  connReuseMode: 1,
  ipv6: true,
  sctp: true,
  /** Packets come with VLAN tags, or must leave with them. */
  vlan: true,
  /** Forwarding methods that some real server uses. */
  masquerading: true,
  directRouting: true,
  tunneling: true,
  /** Kinds of tunnel besides IPIP. */
  gue: true,
  gre: true,
});
