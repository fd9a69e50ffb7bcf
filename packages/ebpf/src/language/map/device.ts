/**
 * Maps of network devices, for XDP programs: redirecting through one is faster than by interface index and is sent in
 * batches.
 */
import { u32 } from "../integer.ts";
import { type AnyLayout, keyLayout } from "../layout.ts";
import { current } from "../runtime.ts";
import { declareMap, type MapDeclaration } from "./declaration.ts";

export interface DeviceMap extends MapDeclaration {
  readonly kind: "deviceMap" | "deviceHash";
  readonly key: AnyLayout;
  /**
   * Sends the packet to the device under a key after the program has returned this verdict.
   *
   * @param flags 0..3: the verdict when there is no such device; or `BPF_F_BROADCAST`, `BPF_F_EXCLUDE_INGRESS`
   * @returns XDP_REDIRECT, the verdict in `flags`, or XDP_ABORTED for other flags
   */
  redirect(key: number, flags?: number): number;
}

/** Devices under 0..maxEntries-1. */
export function deviceMap(name: string, options: { readonly maxEntries: number }): DeviceMap {
  return declare("deviceMap", name, options.maxEntries);
}

/** Devices under any u32, mostly their interface index. */
export function deviceHash(name: string, options: { readonly maxEntries: number }): DeviceMap {
  return declare("deviceHash", name, options.maxEntries);
}

function declare(kind: "deviceMap" | "deviceHash", name: string, maxEntries: number): DeviceMap {
  const key = keyLayout(u32);
  const facts = { ...declareMap({ kind, name, key, value: keyLayout(u32), maxEntries }), kind, key };
  return {
    ...facts,
    redirect: (at, flags = 0) =>
      (current.machine.devices[facts.id] ?? current.machine.openDevices(facts)).redirect(at, flags),
  };
}
