/**
 * Linux system calls for TypeScript.
 *
 * Importing this loads no native code; the first system call does.
 */
export * from "./bpf/index.ts";
export { type Errno, errnoNumber, errnoOf } from "./errno.ts";
export { FileDescriptor } from "./file-descriptor.ts";
export {
  NetworkNamespace,
  namespaceCreate,
  namespaceCurrent,
  namespaceList,
  namespaceOpen,
  namespaceRemove,
} from "./namespace.ts";
export * from "./netlink/index.ts";
export { addressOf, Mapping, type MappingRequest, pageSize } from "./syscall/memory.ts";
export { Readiness } from "./syscall/readiness.ts";
export { type FailureContext, isSystemError, SystemError } from "./system-error.ts";
