/**
 * Where a program wants its packet to go once it has returned: the kernel's struct bpf_redirect_info.
 */

/** Asked for by `redirect` and its kin, or by a device map. */
export interface Redirection {
  readonly ifindex: number;
  readonly flags: number;
  /** `peer`: to the other end of a veth; `neighbour`: with addresses from the neighbour table; `map`: through a device map. */
  readonly by: "interface" | "peer" | "neighbour" | "map";
}
