/**
 * The twin's tables, reached by bytes: as the maps of the interpreter, to be filled, and to be listed.
 */
import type { InterpretedMap } from "../../../src/interpreter/index.ts";
import type { AnyLayout } from "../../../src/language/layout.ts";
import type { MapDeclaration } from "../../../src/language/map/declaration.ts";
import { keyedLike } from "../../../src/language/map/keyed.ts";
import { Memory } from "../../../src/language/memory.ts";
import type { AnyRef } from "../../../src/language/reference.ts";
import type { TwinMachine } from "../../../src/twin/machine.ts";
import { type Contents, entryLine, type Fill, hex } from "./world.ts";

/** All tables of a machine that these declarations stand for. */
export class Tables {
  readonly #machine: TwinMachine;
  readonly #declarations: readonly MapDeclaration[];
  /** One map for each declaration, inner ones included: the interpreter tells maps apart by identity. */
  readonly #maps = new Map<MapDeclaration, InterpretedMap>();

  constructor(machine: TwinMachine, declarations: readonly MapDeclaration[]) {
    this.#machine = machine;
    this.#declarations = declarations;
  }

  map(declaration: MapDeclaration): InterpretedMap {
    const known = this.#maps.get(declaration);
    if (known !== undefined) return known;
    const map = this.#open(declaration);
    this.#maps.set(declaration, map);
    return map;
  }

  fill(entries: readonly Fill[]): void {
    for (const { map: name, key, value } of entries) {
      const declaration = this.#declarations.find((candidate) => candidate.name === name);
      if (declaration === undefined) continue;
      if (value !== null) this.map(declaration).update(key, value, 0n);
      else if (declaration.inner !== null) {
        const keyRef = referenceTo(layoutOf(declaration.key), key);
        this.#machine.openOuter(declaration).maps.set(keyRef, keyedLike(declaration.inner));
      }
    }
  }

  contents(): Contents {
    return new Map(this.#declarations.map((declaration) => [declaration.name, this.#list(declaration)]));
  }

  #open(declaration: MapDeclaration): InterpretedMap {
    switch (declaration.kind) {
      case "queue":
      case "stack":
        return queueMap(this.#machine, declaration);
      case "arrayOfMaps":
      case "hashOfMaps":
        return this.#outerMap(declaration);
      default:
        return keyedMap(this.#machine, declaration);
    }
  }

  #outerMap(declaration: MapDeclaration): InterpretedMap {
    const table = this.#machine.openOuter(declaration);
    const key = layoutOf(declaration.key);
    return {
      ...{ name: declaration.name, keySize: key.size, valueSize: 4 },
      lookup: (bytes) => {
        const inner = table.lookup(referenceTo(key, bytes));
        return inner === null ? null : this.map(inner);
      },
      update: refuse,
      delete: refuse,
    };
  }

  #list(declaration: MapDeclaration): readonly string[] {
    switch (declaration.kind) {
      case "queue":
      case "stack":
        return this.#takeAll(declaration);
      case "arrayOfMaps":
      case "hashOfMaps":
        return this.#listInner(declaration);
      default: {
        const lines: string[] = [];
        const table = this.#machine.openKeyed(declaration);
        for (const [key, element] of table.elements()) {
          lines.push(entryLine(bytesOf(key), bytesOf(table.values.reference(element))));
        }
        return lines.sort();
      }
    }
  }

  /** In the order in which they come out, which is the content. */
  #takeAll(declaration: MapDeclaration): readonly string[] {
    const table = this.#machine.openQueue(declaration);
    const value = layoutOf(declaration.value);
    const lines: string[] = [];
    for (;;) {
      const into = new Uint8Array(value.size);
      if (table.pop(referenceTo(value, into)) !== 0) return lines;
      lines.push(hex(into));
    }
  }

  /** By key, for the few keys that are filled in. */
  #listInner(declaration: MapDeclaration): readonly string[] {
    const table = this.#machine.openOuter(declaration);
    const key = layoutOf(declaration.key);
    const lines: string[] = [];
    for (const bytes of outerKeys(key.size)) {
      const inner = table.lookup(referenceTo(key, bytes));
      if (inner !== null) lines.push(...this.#list(inner).map((line) => `${hex(bytes)}: ${line}`));
    }
    return lines;
  }
}

/** The keys of maps of maps that may be filled: 0..3 in the first byte. */
export function outerKeys(size: number): readonly Uint8Array[] {
  return [0, 1, 2, 3].map((first) => {
    const bytes = new Uint8Array(size);
    bytes[0] = first;
    return bytes;
  });
}

function keyedMap(machine: TwinMachine, declaration: MapDeclaration): InterpretedMap {
  const table = machine.openKeyed(declaration);
  const key = layoutOf(declaration.key);
  const value = layoutOf(declaration.value);
  return {
    ...{ name: declaration.name, keySize: key.size, valueSize: value.size },
    ...(declaration.kind === "array" ? { values: table.values.memory.bytes } : {}),
    lookup(bytes) {
      const found = table.lookup(referenceTo(key, bytes));
      return found === null ? null : bytesOf(found);
    },
    update: (keyBytes, valueBytes, flags) =>
      table.update(referenceTo(key, keyBytes), referenceTo(value, valueBytes), Number(flags)),
    delete: (bytes) => table.delete(referenceTo(key, bytes)),
    visit: (visitor) => table.visit((keyRef, valueRef) => visitor(bytesOf(keyRef), bytesOf(valueRef))),
  };
}

function queueMap(machine: TwinMachine, declaration: MapDeclaration): InterpretedMap {
  const table = machine.openQueue(declaration);
  const value = layoutOf(declaration.value);
  return {
    ...{ name: declaration.name, keySize: 0, valueSize: value.size },
    lookup: () => null,
    update: refuse,
    delete: refuse,
    push: (bytes, flags) => table.push(referenceTo(value, bytes), Number(flags)),
    pop: (into) => table.pop(referenceTo(value, into)),
    peek: (into) => table.peek(referenceTo(value, into)),
  };
}

function refuse(): never {
  throw new Error("The verifier lets no program do this to such a map.");
}

function referenceTo(layout: AnyLayout, bytes: Uint8Array): AnyRef {
  return layout.reference(new Memory(bytes), 0);
}

function bytesOf({ $memory, $at, $layout }: AnyRef): Uint8Array {
  return $memory.bytes.subarray($at, $at + $layout.size);
}

function layoutOf(layout: AnyLayout | null): AnyLayout {
  if (layout === null) throw new Error("This map was declared with a key and a value.");
  return layout;
}
