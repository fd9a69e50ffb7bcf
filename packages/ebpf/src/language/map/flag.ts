/** Flags of map operations (linux/bpf.h). */

/** Create a new element or replace the one that is there. */
export const BPF_ANY = 0;
/** Create a new element; -17 (EEXIST) if the key is there. */
export const BPF_NOEXIST = 1;
/** Replace an element; -2 (ENOENT) if the key is not there. Pushing into a full queue or stack: drop the oldest. */
export const BPF_EXIST = 2;

/** Ring buffer: do not wake the reader. */
export const BPF_RB_NO_WAKEUP = 1;
/** Ring buffer: wake the reader in any case. */
export const BPF_RB_FORCE_WAKEUP = 2;

/** Redirect to every device of the map. */
export const BPF_F_BROADCAST = 8;
/** With `BPF_F_BROADCAST`: not back to where the packet came from. */
export const BPF_F_EXCLUDE_INGRESS = 16;
/** Redirect to the receiving side of an interface or socket. */
export const BPF_F_INGRESS = 1;
