/**
 * What surrounds a twin and is handed in: routes, devices, sockets.
 */
import { BPF_FIB_LKUP_RET_NOT_FWDED, type FibLookup } from "../language/fib-lookup.ts";
import type { Ref } from "../language/reference.ts";

export interface Environment {
  /**
   * The routing table: fills `params` as bpf_fib_lookup does and returns a `BPF_FIB_LKUP_RET_…` or a negative errno.
   */
  fibLookup(params: Ref<typeof FibLookup>, flags: number): number;
  /** Whether an interface of this index exists. */
  hasDevice(ifindex: number): boolean;
}

/** No routes, and every interface exists. */
export const bareEnvironment: Environment = {
  fibLookup: () => BPF_FIB_LKUP_RET_NOT_FWDED,
  hasDevice: (ifindex) => ifindex > 0,
};
