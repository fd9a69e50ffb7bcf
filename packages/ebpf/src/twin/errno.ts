/**
 * Errors as the kernel's helpers return them: negative errno numbers (asm-generic/errno-base.h, errno.h).
 */

/** No such element. */
export const ENOENT = -2;
/** The argument list, or the map, is too long: full. */
export const E2BIG = -7;
/** Try again: no room in the ring buffer. */
export const EAGAIN = -11;
export const ENOMEM = -12;
/** Reading this is not permitted now. */
export const EACCES = -13;
/** Beyond the end of the packet. */
export const EFAULT = -14;
/** The element is there already. */
export const EEXIST = -17;
/** Unknown flags or impossible sizes. */
export const EINVAL = -22;
/** No space left: a full trie. */
export const ENOSPC = -28;
/** A socket of another protocol. */
export const EPROTOTYPE = -91;
/** A socket of another address family. */
export const EAFNOSUPPORT = -97;
/** The packet is encapsulated already. */
export const EALREADY = -114;
/** The kernel's own "operation not supported"; user space never sees it from system calls. */
export const ENOTSUPP = -524;
