/**
 * Opens a pinned map without its collection: for tools that look at what a director left running.
 */
import { basename } from "node:path";
import { KernelMap } from "./kernel-map.ts";
import { openExistingPin } from "./pin.ts";

/** Throws a SystemError ENOENT when nothing is pinned there; see openPin for the rest. The caller closes it. */
export function openMap(path: string): KernelMap {
  return new KernelMap(openExistingPin(path, "map"), basename(path), null);
}
