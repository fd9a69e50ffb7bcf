/**
 * Opening sockets and setting their options, with nothing left open when a step fails.
 */
import { FileDescriptor } from "../file-descriptor.ts";
import { libc } from "../syscall/libc.ts";
import { unwrap } from "../system-error.ts";

/** Opens a socket that does not block, and prepares it; when `prepare` throws, the socket is closed again. */
export function openSocket(
  domain: number,
  type: number,
  protocol: number,
  label: string,
  prepare: (fd: FileDescriptor) => void,
): FileDescriptor {
  const number = unwrap(libc().socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol), () => ({
    operation: "socket",
    what: `Cannot open a ${label}`,
  }));
  const fd = new FileDescriptor(number, label);
  try {
    prepare(fd);
    return fd;
  } catch (error) {
    fd.close();
    throw error;
  }
}

/** @param meaning what the option is for, to complete "Cannot ... of the raw socket": "set the hop limit" */
export function setOption(
  fd: FileDescriptor,
  level: number,
  option: number,
  value: number | Uint8Array,
  meaning: string,
): void {
  const bytes = typeof value === "number" ? new Uint8Array(Int32Array.of(value).buffer) : value;
  unwrap(libc().setsockopt(fd.number, level, option, bytes, bytes.length), () => ({
    operation: "setsockopt",
    what: `Cannot ${meaning} of the ${fd.label}`,
  }));
}

export function bindSocket(fd: FileDescriptor, address: Uint8Array, place: string): void {
  unwrap(libc().bind(fd.number, address, address.length), () => ({
    operation: "bind",
    what: `Cannot bind the ${fd.label} to ${place}`,
  }));
}

/**
 * Sends one datagram.
 *
 * @returns false when the queue is full (ENOBUFS or EAGAIN): the datagram is dropped, as the network itself may do
 */
export function sendDatagram(fd: FileDescriptor, bytes: Uint8Array, address: Uint8Array, place: string): boolean {
  const result = libc().sendto(fd.number, bytes, bytes.length, 0, address, address.length);
  if (result === -EAGAIN || result === -ENOBUFS) return false;
  unwrap(result, () => ({
    operation: "sendto",
    what: `Cannot send ${bytes.length} bytes to ${place} by the ${fd.label}`,
  }));
  return true;
}

const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const EAGAIN = 11;
const ENOBUFS = 105;
