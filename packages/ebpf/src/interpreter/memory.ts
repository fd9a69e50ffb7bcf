/**
 * The memory of one run: every region a pointer of the program can point into, and how addresses map to them.
 *
 * Maps hand out live bytes; the same bytes have the same address for as long as the run lasts.
 */

import { makeAddress, offsetOf, regionOf } from "./address.ts";
import { ProgramFault } from "./fault.ts";
import type { EntryContext, InterpretedMap, InterpretedPacket, ProgramMemory } from "./machine.ts";
import { ByteRegion, type Region } from "./region.ts";

/** The region made for the bytes at some place in a buffer. */
interface ValuePlace {
  readonly region: number;
  readonly length: number;
}

export class Memory implements ProgramMemory {
  readonly #regions: Region[] = [];
  /** By buffer and place in it, since a map may make a new view of the same value at each look-up. */
  readonly #values = new Map<ArrayBufferLike, Map<number, ValuePlace>>();
  readonly #maps = new Map<InterpretedMap, number>();
  readonly #mapValues = new Map<InterpretedMap, number>();
  readonly #functions: number;
  #packet: { readonly of: InterpretedPacket; readonly generation: number; readonly region: number } | undefined;

  constructor() {
    this.#functions = this.add({ kind: "function" });
  }

  /** @returns the region's number, for `makeAddress` */
  add(region: Region): number {
    return this.#regions.push(region) - 1;
  }

  /** @param high the high word of an address */
  regionAt(high: number): Region {
    const region = this.#regions[regionOf(high)];
    if (region === undefined) throw new ProgramFault("not-an-address", "it uses a plain number as an address");
    return region;
  }

  /** As `regionAt`, for places that accept nothing but bytes. */
  byteRegionAt(high: number): ByteRegion {
    const region = this.regionAt(high);
    if (region.kind === "bytes") return region;
    throw new ProgramFault("not-an-address", `it uses the address of a ${region.kind} as one of bytes`);
  }

  read(address: bigint, length: number): Uint8Array {
    const { region, at } = this.#locate(address);
    region.checkReadable(at, length);
    return region.bytes.subarray(at, at + length);
  }

  write(address: bigint, length: number): Uint8Array {
    const { region, at } = this.#locate(address);
    region.checkWritable(at, length);
    return region.bytes.subarray(at, at + length);
  }

  addressOf(bytes: Uint8Array, name: string): bigint {
    let places = this.#values.get(bytes.buffer);
    if (places === undefined) {
      places = new Map();
      this.#values.set(bytes.buffer, places);
    }
    let place = places.get(bytes.byteOffset);
    if (place?.length !== bytes.length) {
      place = { region: this.add(new ByteRegion("map value", name, bytes)), length: bytes.length };
      places.set(bytes.byteOffset, place);
    }
    return makeAddress(place.region, 0);
  }

  bytesAt(address: bigint): Uint8Array {
    const { region, at } = this.#locate(address);
    if (region.use !== "map value" || at !== 0)
      throw new ProgramFault("helper-argument", "its argument is no whole value");
    return region.bytes;
  }

  mapAt(address: bigint): InterpretedMap {
    const region = this.regionAt(highWord(address));
    if (region.kind !== "map") throw new ProgramFault("helper-argument", "its argument is no map");
    return region.map;
  }

  addressOfMap(map: InterpretedMap): bigint {
    const region = this.#maps.get(map) ?? this.add({ kind: "map", map });
    this.#maps.set(map, region);
    return makeAddress(region, 0);
  }

  /** @throws ProgramFault if the map's values have no common place */
  addressOfMapValues(map: InterpretedMap, offset: number): bigint {
    if (map.values === undefined)
      throw new ProgramFault("unknown-map", `the values of map ${map.name} lie in no one place`);
    const region =
      this.#mapValues.get(map) ?? this.add(new ByteRegion("map value", `values of map ${map.name}`, map.values));
    this.#mapValues.set(map, region);
    return makeAddress(region, offset);
  }

  addressOfContext(context: EntryContext): bigint {
    const isBytes = context instanceof Uint8Array;
    return makeAddress(
      this.add(isBytes ? new ByteRegion("memory", "context", context) : { kind: "context", context }),
      0,
    );
  }

  addressOfFunction(slot: number): bigint {
    return makeAddress(this.#functions, slot);
  }

  /** @returns the slot. @throws ProgramFault if it is no function's address */
  functionAt(address: bigint): number {
    if (this.regionAt(highWord(address)).kind !== "function")
      throw new ProgramFault("helper-argument", "its argument is no function");
    return offsetOf(lowWord(address));
  }

  addressInPacket(packet: InterpretedPacket, position: number): bigint {
    this.retirePacket();
    if (this.#packet?.of !== packet) {
      const region = this.add(new ByteRegion("packet", "packet", packet.buffer, packet.metaStart, packet.end));
      this.#packet = { of: packet, generation: packet.generation, region };
    }
    return makeAddress(this.#packet.region, position);
  }

  /** Makes old packet pointers unusable if the packet has moved, as the verifier does after such a helper. */
  retirePacket(): void {
    if (this.#packet === undefined || this.#packet.of.generation === this.#packet.generation) return;
    const region = this.#regions[this.#packet.region];
    if (region?.kind === "bytes") region.staleSince = "a helper that moves it";
    this.#packet = undefined;
  }

  #locate(address: bigint): { region: ByteRegion; at: number } {
    return { region: this.byteRegionAt(highWord(address)), at: offsetOf(lowWord(address)) };
  }
}

export function highWord(value: bigint): number {
  return Number(BigInt.asIntN(32, value >> 32n));
}

export function lowWord(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}
