/**
 * What flags of an update may be and what they ask for.
 */
import { BPF_EXIST, BPF_NOEXIST } from "../../language/map/flag.ts";
import { EEXIST, EINVAL, ENOENT } from "../errno.ts";

/** True for BPF_ANY, BPF_NOEXIST and BPF_EXIST alone. BPF_F_LOCK needs a spin lock, which layouts cannot have. */
export function areUpdateFlags(flags: number): boolean {
  return flags === 0 || flags === BPF_NOEXIST || flags === BPF_EXIST;
}

/** 0, or the error of an update whose key is or is not there. */
export function checkPresence(flags: number, isPresent: boolean): number {
  if (flags === 0) return 0;
  if (flags === BPF_NOEXIST) return isPresent ? EEXIST : 0;
  if (flags === BPF_EXIST) return isPresent ? 0 : ENOENT;
  return EINVAL;
}
