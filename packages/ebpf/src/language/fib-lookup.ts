/**
 * The question to the kernel's routing table and its answer: struct bpf_fib_lookup.
 */
import { array } from "./array.ts";
import { raw16, raw32, u8, u16, u32 } from "./integer.ts";
import { bytes } from "./kind.ts";
import { struct } from "./layout.ts";

/**
 * Addresses, ports and the flow label are words as they lie in packets. IPv4 addresses are in `source.get(0)` and
 * `destination.get(0)`. After a hit `ifindex`, `sourceMac` and `destinationMac` say how to send.
 */
export const FibLookup = struct({
  size: 64,
  source: "linux/bpf.h, struct bpf_fib_lookup",
  fields: {
    family: u8, //             AF_INET 2, AF_INET6 10
    l4Protocol: u8,
    sourcePort: raw16,
    destinationPort: raw16,
    totalLength: u16, //       in: length of the IP packet, checked against the MTU; out: that MTU
    ifindex: u32, //           in: where the packet came from; out: where it goes
    tosOrMetric: raw32, //     in: the TOS in the first byte, or the IPv6 flow word; out: the route's metric
    sourceAddress: array(raw32, 4),
    destinationAddress: array(raw32, 4), // out: the gateway, if there is one
    vlanProtocol: raw16,
    vlanTci: raw16,
    sourceMac: bytes(6), //    out
    destinationMac: bytes(6), // out
  },
});

/** Ask the route of the interface itself, without policy rules. */
export const BPF_FIB_LOOKUP_DIRECT = 1;
/** Ask for an outgoing packet of this host: `ifindex` is where it would leave. */
export const BPF_FIB_LOOKUP_OUTPUT = 2;
/** Do not look for a neighbour: no MAC addresses in the answer. */
export const BPF_FIB_LOOKUP_SKIP_NEIGH = 4;
/** Let the route choose the source address. */
export const BPF_FIB_LOOKUP_SRC = 16;

/** Answers of `fibLookup`; negative ones are errno numbers. */
export const BPF_FIB_LKUP_RET_SUCCESS = 0;
export const BPF_FIB_LKUP_RET_BLACKHOLE = 1;
export const BPF_FIB_LKUP_RET_UNREACHABLE = 2;
export const BPF_FIB_LKUP_RET_PROHIBIT = 3;
/** The destination is this host, or no unicast: let the stack have it. */
export const BPF_FIB_LKUP_RET_NOT_FWDED = 4;
export const BPF_FIB_LKUP_RET_FWD_DISABLED = 5;
export const BPF_FIB_LKUP_RET_UNSUPP_LWT = 6;
/** The route is there, the neighbour's MAC address is not. */
export const BPF_FIB_LKUP_RET_NO_NEIGH = 7;
export const BPF_FIB_LKUP_RET_FRAG_NEEDED = 8;
export const BPF_FIB_LKUP_RET_NO_SRC_ADDR = 9;
