/**
 * Linux system calls for TypeScript.
 *
 * Importing this loads no native code; the first system call does.
 */
export * from "./bpf/index.ts";
export { type Errno, errnoNumber, errnoOf } from "./errno.ts";
export { FileDescriptor } from "./file-descriptor.ts";
export { addressOf, Mapping, type MappingRequest, pageSize } from "./syscall/memory.ts";
export { type FailureContext, isSystemError, SystemError } from "./system-error.ts";
