/**
 * Maps of sockets. User space puts sockets in; sk_skb, sk_msg and sk_lookup programs redirect to them.
 */
import { u32 } from "../integer.ts";
import { type AnyLayout, keyLayout } from "../layout.ts";
import type { ArgOf, Argument, KeyKind } from "../reference.ts";
import { current } from "../runtime.ts";
import { keyArgument } from "./argument.ts";
import { declareMap, type MapDeclaration } from "./declaration.ts";

interface SocketTaker<K extends KeyKind> extends MapDeclaration {
  readonly key: AnyLayout;
  /** Takes a socket out of the map. 0, or -22 (EINVAL) from a sockMap and -2 (ENOENT) from a sockHash without it. */
  delete(key: ArgOf<K>): number;
}

/** Sockets under 0..maxEntries-1. */
export interface SockMap extends SocketTaker<typeof u32> {
  readonly kind: "sockMap";
}

/** Sockets under keys. */
export interface SockHash<K extends KeyKind = KeyKind> extends SocketTaker<K> {
  readonly kind: "sockHash";
}

export function sockMap(name: string, options: { readonly maxEntries: number }): SockMap {
  return { ...taker("sockMap", name, u32, options.maxEntries), kind: "sockMap" };
}

export function sockHash<K extends KeyKind>(
  name: string,
  options: { readonly key: K; readonly maxEntries: number },
): SockHash<K> {
  return { ...taker("sockHash", name, options.key, options.maxEntries), kind: "sockHash" };
}

function taker<K extends KeyKind>(
  kind: "sockMap" | "sockHash",
  name: string,
  keyKind: K,
  maxEntries: number,
): SocketTaker<K> {
  const key = keyLayout(keyKind);
  const facts = { ...declareMap({ kind, name, key, value: keyLayout(u32), maxEntries }), key };
  const place = keyArgument(key);
  return {
    ...facts,
    delete: (given: Argument) =>
      (current.machine.sockets[facts.id] ?? current.machine.openSockets(facts)).delete(place(given)),
  };
}
