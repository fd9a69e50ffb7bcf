/**
 * Views of maps that user space fills with live things: sockets and network devices.
 */
import type { FileDescriptor, UpdateMode } from "@weir/linux";
import { u32 } from "../language/integer.ts";
import type { DeviceMap } from "../language/map/device.ts";
import type { SockHash, SockMap } from "../language/map/socket.ts";
import type { KeyKind } from "../language/reference.ts";
import { type Codec, codecOf } from "./codec.ts";
import { assertDeclared } from "./declared.ts";
import type { KernelMap } from "./kernel-map.ts";
import type { PlainInit } from "./plain.ts";
import { keyCodec, TypedMap } from "./typed-map.ts";

/** Sockets by key. What was put in is found by programs only: user space cannot look sockets up. */
export class SocketMap<KeyInit> {
  readonly map: KernelMap;
  readonly #key: Codec<unknown, KeyInit>;

  constructor(map: KernelMap, key: Codec<unknown, KeyInit>) {
    this.map = map;
    this.#key = key;
  }

  /**
   * Puts a socket in. It leaves the map by itself when it is closed.
   *
   * @param socket a TCP (established or listening) or UDP socket, by its descriptor
   * @throws SystemError EOPNOTSUPP for a socket in another state
   */
  update(key: KeyInit, socket: FileDescriptor | number, mode: UpdateMode = "any"): boolean {
    const number = typeof socket === "number" ? socket : socket.number;
    return this.map.update(this.#key.encode(key), codecOf(u32).encode(number), mode);
  }

  /** Takes a socket out; its data flows past the programs again. */
  delete(key: KeyInit): boolean {
    return this.map.delete(this.#key.encode(key));
  }
}

export function socketMap(map: KernelMap, declaration: SockMap): SocketMap<number>;
export function socketMap<K extends KeyKind>(map: KernelMap, declaration: SockHash<K>): SocketMap<PlainInit<K>>;
export function socketMap(map: KernelMap, declaration: SockMap | SockHash): SocketMap<PlainInit<KeyKind>> {
  assertDeclared(map, declaration, ["sockMap", "sockHash"]);
  return new SocketMap(map, keyCodec(declaration));
}

/** Interface indexes by key. */
export type TypedDeviceMap = TypedMap<number, number, number, number>;

export function typedDeviceMap(map: KernelMap, declaration: DeviceMap): TypedDeviceMap {
  assertDeclared(map, declaration, ["deviceMap", "deviceHash"]);
  return new TypedMap(map, codecOf(u32), codecOf(u32));
}
