/**
 * ringBuffer: records on their way to user space, which here is the test that takes them.
 *
 * Only the room is counted as the kernel does it: a header of 8 bytes a record, sizes rounded up to 8, and one byte that
 * always stays free, so that a full ring is never mistaken for an empty one.
 */
import type { AnyLayout } from "../../language/layout.ts";
import type { MapDeclaration } from "../../language/map/declaration.ts";
import { BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP } from "../../language/map/flag.ts";
import { Memory } from "../../language/memory.ts";
import type { AnyRef } from "../../language/reference.ts";
import type { RingTable } from "../../language/runtime.ts";
import { EAGAIN, EINVAL } from "../errno.ts";

const HEADER = 8;

export class RecordsTable implements RingTable {
  /** In bytes. */
  readonly capacity: number;
  readonly #layout: AnyLayout;
  readonly #records: Memory[] = [];
  #used = 0;

  constructor(map: MapDeclaration) {
    const { value } = map;
    if (value === null) throw new Error(`Ring buffer ${map.name} has no record layout.`);
    this.#layout = value;
    this.capacity = map.maxEntries;
  }

  /** Records that wait. */
  get size(): number {
    return this.#records.length;
  }

  output(record: AnyRef, flags: number): number {
    if ((flags & ~(BPF_RB_NO_WAKEUP | BPF_RB_FORCE_WAKEUP)) !== 0) return EINVAL;
    const room = roomFor(this.#layout.size);
    if (this.#used + room > this.capacity - 1) return EAGAIN;
    this.#used += room;
    this.#records.push(new Memory(record.$memory.bytes.slice(record.$at, record.$at + this.#layout.size)));
    return 0;
  }

  /** Takes the oldest record, as user space does, and frees its room; `null` when none waits. */
  take(): AnyRef | null {
    const record = this.#records.shift();
    if (record === undefined) return null;
    this.#used -= roomFor(this.#layout.size);
    return this.#layout.reference(record, 0);
  }
}

function roomFor(size: number): number {
  return (HEADER + size + 7) & ~7;
}
