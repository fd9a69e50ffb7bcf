/**
 * A collection: the live programs and maps of one module, loaded entirely or not at all.
 *
 *     using lb = load(compile("lb.ts", …), { pins: { directory: "/sys/fs/bpf/weir", reuse: "same layout" } });
 *     using link = lb.program("main").attachXdp(ifindex);
 *     lb.map(connections).lookup({ … });
 */
import { btfLoad, type FileDescriptor, type VerifierLogLevel } from "@weir/linux";
import type { AnyLayout } from "../language/layout.ts";
import type { MapDeclaration } from "../language/map/declaration.ts";
import type { DeviceMap } from "../language/map/device.ts";
import type { Cell, KeyedMap } from "../language/map/keyed.ts";
import type { MapOfMaps } from "../language/map/map-of-maps.ts";
import type { QueueMap } from "../language/map/queue.ts";
import type { RingBuffer } from "../language/map/ring-buffer.ts";
import type { SockHash, SockMap } from "../language/map/socket.ts";
import type { KeyKind } from "../language/reference.ts";
import { type BtfType, type CollectionSpec, decodeBtf } from "../object/index.ts";
import { type TypedCell, typedCell } from "./cell-map.ts";
import { explainBtfFailure } from "./explain-failure.ts";
import type { KernelMap } from "./kernel-map.ts";
import { LoaderError } from "./loader-error.ts";
import { type OuterMap, outerMap } from "./map-of-maps.ts";
import { type MappedArray, mapMemory } from "./mapped-array.ts";
import { makePinDirectory, pin, pinPath, replacePin, unpin } from "./pin.ts";
import type { Plain, PlainInit } from "./plain.ts";
import { type KernelProgram, loadProgram } from "./program.ts";
import { type TypedQueue, typedQueue } from "./queue-map.ts";
import { type PinOptions, type ProvidedMap, provideMap } from "./reuse.ts";
import { type RingBufferReader, ringBufferReader } from "./ring-buffer.ts";
import { type SocketMap, socketMap, type TypedDeviceMap, typedDeviceMap } from "./socket-map.ts";
import { type PerCpuMapOf, perCpuMap, type TypedMapOf, typedMap } from "./typed-map.ts";
import { Undo } from "./undo.ts";

export interface LoadOptions {
  /** Where maps are pinned, and what happens to pins that are there. Left out: nothing is pinned. */
  readonly pins?: PinOptions;
  /** Maps of other collections to use in the place of new ones, by their name in this one. They stay the other's. */
  readonly replaceMaps?: Readonly<Record<string, KernelMap>>;
  /** What the verifier writes down about programs it accepts; see KernelProgram.log. Default nothing. */
  readonly logLevel?: VerifierLogLevel;
}

/**
 * Loads all programs and maps of a spec.
 *
 * When any step fails, all others are taken back: no descriptor, pin or directory stays behind, and pins that were there
 * are as they were.
 *
 * @throws VerifierError when a program is refused
 * @throws LoaderError "capability-missing", "kernel-too-old", "bpffs-not-mounted", "pin-taken", "pin-of-another-kind",
 *   "pin-of-another-layout", "map-of-another-layout", "migration-failed", "spec-invalid"
 * @throws SystemError for anything else that the kernel refuses
 */
export function load(spec: CollectionSpec, options: LoadOptions = {}): Collection {
  checkNames(spec, options);
  const { pins } = options;
  return Undo.run((undo) => {
    if (pins !== undefined) makePinDirectory(pins.directory, undo);
    const btf = undo.closing(loadBtf(spec.btf));
    const source = { btf, types: typesOf(spec), shared: options.replaceMaps ?? {}, pins };
    const provided = spec.maps.map((map) => provideMap(map, source, undo));
    const maps = new Map(provided.map(({ map }) => [map.name, map]));
    const numbers = new Map(provided.map(({ map }) => [map.name, map.fd.number]));
    const context = {
      ...{ maps: numbers, btf, strings: spec.strings },
      ...(options.logLevel !== undefined && { logLevel: options.logLevel }),
    };
    const programs = spec.programs.map((program) => undo.closing(loadProgram(program, context)));
    if (pins !== undefined) pinMaps(provided, pins.directory, undo);
    return new Collection(new Map(programs.map((program) => [program.name, program])), maps, btf);
  });
}

/** Live programs and maps by name, and typed views of the maps by their declarations. Views are good until `close`. */
export class Collection {
  readonly programs: ReadonlyMap<string, KernelProgram>;
  /** The maps as bytes. */
  readonly maps: ReadonlyMap<string, KernelMap>;
  readonly #btf: FileDescriptor;

  /** Takes ownership of everything. */
  constructor(programs: ReadonlyMap<string, KernelProgram>, maps: ReadonlyMap<string, KernelMap>, btf: FileDescriptor) {
    this.programs = programs;
    this.maps = maps;
    this.#btf = btf;
  }

  /** Throws a RangeError that lists the programs there are. */
  program(name: string): KernelProgram {
    return named(this.programs, "program", name);
  }

  /** An array, hash or trie. Per-CPU maps have perCpuMap. */
  map<K extends KeyKind, V extends KeyKind>(declaration: KeyedMap<K, V>): TypedMapOf<K, V> {
    return typedMap(this.#declared(declaration), declaration);
  }

  /** An array or hash with one value for each CPU. */
  perCpuMap<K extends KeyKind, V extends KeyKind>(declaration: KeyedMap<K, V>): PerCpuMapOf<K, V> {
    return perCpuMap(this.#declared(declaration), declaration);
  }

  cell<L extends AnyLayout>(declaration: Cell<L>): TypedCell<Plain<L>, PlainInit<L>> {
    return typedCell(this.#declared(declaration), declaration);
  }

  /** A queue or a stack. */
  queue<L extends AnyLayout>(declaration: QueueMap<L>): TypedQueue<Plain<L>, PlainInit<L>> {
    return typedQueue(this.#declared(declaration), declaration);
  }

  mapOfMaps<K extends KeyKind, Inner extends MapDeclaration>(declaration: MapOfMaps<K, Inner>): OuterMap<PlainInit<K>> {
    return outerMap(this.#declared(declaration), declaration, this.#btf);
  }

  deviceMap(declaration: DeviceMap): TypedDeviceMap {
    return typedDeviceMap(this.#declared(declaration), declaration);
  }

  sockMap(declaration: SockMap): SocketMap<number> {
    return socketMap(this.#declared(declaration), declaration);
  }

  sockHash<K extends KeyKind>(declaration: SockHash<K>): SocketMap<PlainInit<K>> {
    return socketMap(this.#declared(declaration), declaration);
  }

  /** A reader of a ring buffer. The caller closes it. */
  ringBuffer<L extends AnyLayout>(declaration: RingBuffer<L>): RingBufferReader<Plain<L>> {
    return ringBufferReader(this.#declared(declaration), declaration);
  }

  /** An array or cell in memory. The caller closes it. */
  mapMemory<L extends AnyLayout>(declaration: Cell<L>): MappedArray<L>;
  mapMemory<K extends KeyKind, V extends KeyKind>(declaration: KeyedMap<K, V>): MappedArray<V>;
  mapMemory(declaration: Cell | KeyedMap): MappedArray<KeyKind> {
    return mapMemory(this.#declared(declaration), declaration);
  }

  /** Lets go of programs and maps. What is pinned, attached by a link or shared lives on. */
  close(): void {
    for (const program of this.programs.values()) program.close();
    for (const map of this.maps.values()) map.close();
    this.#btf.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #declared({ name }: MapDeclaration): KernelMap {
    return named(this.maps, "map", name);
  }
}

function named<T>(all: ReadonlyMap<string, T>, what: string, name: string): T {
  const found = all.get(name);
  if (found !== undefined) return found;
  throw new RangeError(
    `This collection has no ${what} ${name}: it has ${[...all.keys()].join(", ") || "none"}. ` +
      "Only what a program uses is compiled into a collection.",
  );
}

function loadBtf(btf: Uint8Array): FileDescriptor {
  try {
    return btfLoad(btf);
  } catch (error) {
    throw explainBtfFailure(error);
  }
}

function typesOf(spec: CollectionSpec): readonly BtfType[] {
  const decoded = decodeBtf(spec.btf);
  if (decoded.ok) return decoded.value;
  const { what, why, fix } = decoded.problem;
  throw new LoaderError({ code: "spec-invalid", what, why, fix });
}

/** A name that says nothing to the spec is a slip that would otherwise pin, share or migrate nothing, silently. */
function checkNames(spec: CollectionSpec, { pins, replaceMaps = {} }: LoadOptions): void {
  const known = new Set(spec.maps.map(({ name }) => name));
  const wanted = [...(pins?.maps ?? []), ...Object.keys(pins?.migrate ?? {}), ...Object.keys(replaceMaps)];
  for (const name of wanted) {
    if (known.has(name)) continue;
    throw new LoaderError({
      code: "spec-invalid",
      what: `Cannot pin, migrate or replace the map ${name}`,
      why: `the collection has ${[...known].join(", ") || "no maps"}`,
      fix: "Name a map that a program of the collection uses.",
    });
  }
}

/** New pins first: only these can meet a name that was taken meanwhile. Then old pins change hands, one rename each. */
function pinMaps(provided: readonly ProvidedMap[], directory: string, undo: Undo): void {
  for (const { map, pin: how } of provided) {
    if (how !== "new") continue;
    const path = pinPath(directory, map.name);
    pin(map.fd, path);
    undo.push(() => unpin(path));
  }
  for (const { map, pin: how, old } of provided) {
    if (how !== "replaces" || old === null) continue;
    const path = pinPath(directory, map.name);
    replacePin(map.fd, path);
    undo.push(() => replacePin(old.fd, path));
  }
  for (const { old } of provided) old?.close();
}
