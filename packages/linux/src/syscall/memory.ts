/**
 * Memory shared with the kernel: addresses of our own bytes, and mappings of descriptors into our address space.
 */
import type { FileDescriptor } from "../file-descriptor.ts";
import { unwrap } from "../system-error.ts";
import { koffi, libc } from "./libc.ts";

/**
 * The address of some bytes, 0 for none at all.
 *
 * The memory of an array buffer stays where it is, but only for as long as something refers to it. Whoever passes the
 * address on holds on to the bytes until the kernel is done with them.
 */
export function addressOf(bytes: Uint8Array): bigint {
  return koffi().address(bytes);
}

export interface MappingRequest {
  readonly fd: FileDescriptor;
  /** Size in bytes; the kernel rounds it up to whole pages. */
  readonly size: number;
  /** Where in the descriptor to begin, in bytes; a multiple of the page size. */
  readonly offset?: number;
  readonly isWritable?: boolean;
}

/** A stretch of a descriptor's memory, visible as an array buffer; writes on either side are seen by the other. */
export class Mapping {
  readonly #address: bigint;
  readonly #size: number;
  #buffer: ArrayBuffer | undefined;

  /** Maps shared memory. Throws a SystemError: EACCES or EPERM for one that may not be written, EINVAL for a bad range. */
  constructor({ fd, size, offset = 0, isWritable = false }: MappingRequest) {
    const protection = isWritable ? PROT_READ | PROT_WRITE : PROT_READ;
    const address = unwrap(libc().mmap(null, size, protection, MAP_SHARED, fd.number, offset), () => ({
      operation: "mmap",
      what: `Cannot map ${size} bytes at offset ${offset} of the ${fd.label} ${isWritable ? "for writing" : "for reading"}`,
    }));
    this.#address = BigInt(address);
    this.#size = size;
    this.#buffer = koffi().view(this.#address, size);
    unmapWhenCollected.register(this.#buffer, { address: this.#address, size });
  }

  /** The mapped memory. Throws once closed. */
  get buffer(): ArrayBuffer {
    if (this.#buffer === undefined) throw new Error("Cannot use mapped memory: this process unmapped it.");
    return this.#buffer;
  }

  /**
   * Lets go of the kernel's memory at once; a second call does nothing.
   *
   * Views of the buffer may still be around and JavaScript cannot take them back, so the addresses must stay valid or
   * a stray read would kill the process. Private zeros take the place of the shared pages now, and the addresses
   * are given back when the buffer is collected.
   */
  close(): void {
    if (this.#buffer === undefined) return;
    this.#buffer = undefined;
    const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
    unwrap(libc().mmap(this.#address, this.#size, PROT_READ | PROT_WRITE, flags, -1, 0), () => ({
      operation: "mmap",
      what: "Cannot replace mapped memory by zeros",
    }));
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The granularity of mappings, in bytes. */
export function pageSize(): number {
  return libc().getpagesize();
}

const unmapWhenCollected = new FinalizationRegistry<{ address: bigint; size: number }>(({ address, size }) => {
  libc().munmap(address, size);
});

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 0x01;
const MAP_PRIVATE = 0x02;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MAP_NORESERVE = 0x4000;
