/**
 * Linux system calls for TypeScript.
 *
 * Importing this loads no native code; the first system call does.
 */
export * from "./bpf/index.ts";
export { type Errno, errnoNumber, errnoOf } from "./errno.ts";
export { FileDescriptor } from "./file-descriptor.ts";
export { hardwareBytes, hardwareText } from "./hardware-address.ts";
export { addressBytes, addressText } from "./ip-address.ts";
export { BPF_DIRECTORY, isOnBpfFileSystem, mountBpf, unmount } from "./mount.ts";
export {
  NetworkNamespace,
  namespaceCreate,
  namespaceCurrent,
  namespaceList,
  namespaceOpen,
  namespaceRemove,
} from "./namespace.ts";
export * from "./netlink/index.ts";
export {
  type Capability,
  effectiveCapabilities,
  liftLockedMemoryLimit,
  requireCapabilities,
} from "./privilege.ts";
export { PacketSocket, type PacketSocketOptions, type ReceivedFrame } from "./socket/packet-socket.ts";
export { RawSocket, type RawSocketOptions, type ReceivedDatagram } from "./socket/raw-socket.ts";
export { addressOf, Mapping, type MappingRequest, pageSize } from "./syscall/memory.ts";
export { Readiness } from "./syscall/readiness.ts";
export { sysctlRead, sysctlWrite } from "./sysctl.ts";
export { type FailureContext, isSystemError, SystemError } from "./system-error.ts";
