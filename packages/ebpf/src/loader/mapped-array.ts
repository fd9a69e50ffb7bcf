/**
 * An array in this process's memory: the same references as in the packet program, without a system call.
 *
 * Programs write at the same time. A single aligned integer is read and written whole; a struct of several is not.
 */
import { Mapping, mapFlags } from "@weir/linux";
import type { AnyLayout } from "../language/layout.ts";
import type { Cell, KeyedMap } from "../language/map/keyed.ts";
import { Memory } from "../language/memory.ts";
import type { KeyKind, RefOf } from "../language/reference.ts";
import { assertDeclared } from "./declared.ts";
import { type KernelMap, roundUp } from "./kernel-map.ts";
import { LoaderError } from "./loader-error.ts";

export class MappedArray<V extends KeyKind> {
  readonly length: number;
  readonly #mapping: Mapping;
  readonly #memory: Memory;
  readonly #layout: AnyLayout;
  readonly #stride: number;

  constructor(map: KernelMap, layout: AnyLayout) {
    this.length = map.info.maxEntries;
    this.#layout = layout;
    this.#stride = roundUp(layout.size);
    this.#mapping = new Mapping({ fd: map.fd, size: this.length * this.#stride, isWritable: true });
    this.#memory = new Memory(new Uint8Array(this.#mapping.buffer, 0, this.length * this.#stride));
  }

  /** The value at an index, by reference: what is stored through it is in the map at once. */
  at(index: number): RefOf<V> {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(`Cannot reach element ${index} of an array of ${this.length}.`);
    }
    // The layout is the declaration's, which makes its references those of V.
    return this.#layout.reference(this.#memory, index * this.#stride) as unknown as RefOf<V>;
  }

  /** Gives the memory back. References that are still around fail at their next use. */
  close(): void {
    this.#memory.invalidate();
    this.#mapping.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Maps an array or cell into memory (Linux 5.5).
 *
 * @throws LoaderError "map-of-another-layout" for a map that was made without BPF_F_MMAPABLE, per-CPU arrays among them
 */
export function mapMemory<L extends AnyLayout>(map: KernelMap, declaration: Cell<L>): MappedArray<L>;
export function mapMemory<K extends KeyKind, V extends KeyKind>(
  map: KernelMap,
  declaration: KeyedMap<K, V>,
): MappedArray<V>;
export function mapMemory(map: KernelMap, declaration: Cell | KeyedMap): MappedArray<KeyKind>;
export function mapMemory(map: KernelMap, declaration: Cell | KeyedMap): MappedArray<KeyKind> {
  assertDeclared(map, declaration, ["array"]);
  if ((map.info.flags & mapFlags.mmapable) === 0) {
    throw new LoaderError({
      code: "map-of-another-layout",
      what: `Cannot map the array ${map.name} into memory`,
      why: "it was made without BPF_F_MMAPABLE",
      fix: "Load it with that flag in its spec, or use its typed view.",
    });
  }
  return new MappedArray(map, declaration.value);
}
