/**
 * deviceMap and deviceHash: interface indexes by key.
 */
import { XDP_ABORTED, XDP_REDIRECT } from "../../language/context/xdp.ts";
import type { MapDeclaration } from "../../language/map/declaration.ts";
import { BPF_F_BROADCAST, BPF_F_EXCLUDE_INGRESS } from "../../language/map/flag.ts";
import type { DeviceTable } from "../../language/runtime.ts";
import { E2BIG, EEXIST, ENOENT } from "../errno.ts";
import type { Redirection } from "../redirection.ts";
import { checkPresence } from "./flags.ts";

/** The verdict bits of the flags: XDP_ABORTED to XDP_TX. */
const ACTION_MASK = 3;

export class DevicesTable implements DeviceTable {
  readonly capacity: number;
  readonly #isHash: boolean;
  readonly #devices = new Map<number, number>();
  readonly #machine: { redirection: Redirection | null };

  constructor(map: MapDeclaration, machine: { redirection: Redirection | null }) {
    this.capacity = map.maxEntries;
    this.#isHash = map.kind === "deviceHash";
    this.#machine = machine;
  }

  get size(): number {
    return this.#devices.size;
  }

  redirect(key: number, flags: number): number {
    if ((flags & ~(ACTION_MASK | BPF_F_BROADCAST | BPF_F_EXCLUDE_INGRESS)) !== 0) return XDP_ABORTED;
    const ifindex = this.#devices.get(key);
    const isBroadcast = (flags & BPF_F_BROADCAST) !== 0;
    if (ifindex === undefined && !isBroadcast) {
      // The kernel forgets an earlier redirect too: this verdict is not one.
      this.#machine.redirection = null;
      return flags & ACTION_MASK;
    }
    this.#machine.redirection = { ifindex: isBroadcast ? 0 : (ifindex ?? 0), flags, by: "map" };
    return XDP_REDIRECT;
  }

  /** The interface index under a key, or `null`. */
  get(key: number): number | null {
    return this.#devices.get(key) ?? null;
  }

  /** What user space does: 0 or a negative errno. */
  set(key: number, ifindex: number, flags = 0): number {
    const isPresent = this.#devices.has(key);
    if (this.#isHash) {
      const error = checkPresence(flags, isPresent);
      if (error !== 0) return error;
      if (!isPresent && this.#devices.size === this.capacity) return E2BIG;
    } else {
      if (key >= this.capacity) return E2BIG;
      // The places of an array are always there, full or not.
      if (flags === 1) return EEXIST;
    }
    this.#devices.set(key, ifindex);
    return 0;
  }

  delete(key: number): number {
    return this.#devices.delete(key) ? 0 : ENOENT;
  }

  entries(): IterableIterator<[number, number]> {
    return this.#devices.entries();
  }
}
