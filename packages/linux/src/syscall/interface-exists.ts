/**
 * Whether an interface is there: some calls take any index, or answer a wrong one with an error that could mean anything.
 */
import { libc } from "./libc.ts";

/** True when the network namespace of this thread has an interface of this index. */
export function interfaceExists(ifindex: number): boolean {
  return libc().ifIndexToName(ifindex, new Uint8Array(IF_NAMESIZE)) !== 0;
}

const IF_NAMESIZE = 16;
