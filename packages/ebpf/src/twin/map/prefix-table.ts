/**
 * lpmTrie: longest prefix match in a binary trie that skips the levels where nothing branches.
 *
 * ```
 *            10.0.0.0/8
 *           /          \
 *   10.1.0.0/16      (10.128.0.0/9)     a node in brackets only joins two branches and holds no value
 * ```
 */
import type { MapDeclaration } from "../../language/map/declaration.ts";
import { Memory } from "../../language/memory.ts";
import type { AnyRef } from "../../language/reference.ts";
import { copyBytes } from "../../language/vector.ts";
import { EINVAL, ENOENT, ENOSPC } from "../errno.ts";
import { type CpuNumber, ElementStore } from "./element-store.ts";
import { areUpdateFlags, checkPresence } from "./flags.ts";
import type { Layouts, SearchableTable } from "./searchable-table.ts";

/** A node of the trie. `element` is -1 where two branches join without an entry. */
interface Node {
  readonly prefix: number;
  readonly key: AnyRef;
  element: number;
  readonly children: [Node | null, Node | null];
}

const PREFIX_BYTES = 4;

export class PrefixTable implements SearchableTable {
  readonly capacity: number;
  readonly values: ElementStore;
  readonly #layouts: Layouts;
  readonly #maxPrefix: number;
  readonly #keys: Memory;
  readonly #free: number[] = [];
  #fresh = 0;
  /** Replacing an entry exchanges it with the spare one, so that a reference from before still shows the old value. */
  #spare: number;
  #size = 0;
  #root: Node | null = null;

  constructor(map: MapDeclaration, layouts: Layouts, machine: CpuNumber) {
    this.#layouts = layouts;
    this.capacity = map.maxEntries;
    this.#maxPrefix = (layouts.key.size - PREFIX_BYTES) * 8;
    this.#spare = map.maxEntries;
    this.#keys = Memory.zeroed((map.maxEntries + 1) * layouts.key.size);
    this.values = new ElementStore(layouts.value, map.maxEntries + 1, false, machine);
  }

  get size(): number {
    return this.#size;
  }

  lookup(key: AnyRef): AnyRef | null {
    const prefix = prefixOf(key);
    if (prefix > this.#maxPrefix) return null;
    let best = -1;
    for (let node = this.#root; node !== null; ) {
      const shared = this.#sharedBits(node, key, prefix);
      if (shared < node.prefix) break;
      if (node.element >= 0) best = node.element;
      if (node.prefix >= prefix || node.prefix >= this.#maxPrefix) break;
      node = node.children[bitAt(key, node.prefix)];
    }
    return best < 0 ? null : this.values.reference(best);
  }

  update(key: AnyRef, value: AnyRef, flags: number): number {
    if (!areUpdateFlags(flags)) return EINVAL;
    const prefix = prefixOf(key);
    if (prefix > this.#maxPrefix) return EINVAL;
    const found = this.#walk(key, prefix, []);
    const error = checkPresence(flags, found !== null);
    if (error !== 0) return error;
    const element = found === null ? this.#allocate() : this.#spare;
    if (element < 0) return ENOSPC;
    this.values.store(element, value);
    copyBytes(this.#keys, element * this.#layouts.key.size, key.$memory, key.$at, this.#layouts.key.size);
    if (found !== null) {
      this.#spare = found.element;
      found.element = element;
      return 0;
    }
    this.#insert({ prefix, key: this.#ownKey(key), element, children: [null, null] });
    this.#size++;
    return 0;
  }

  delete(key: AnyRef): number {
    const prefix = prefixOf(key);
    if (prefix > this.#maxPrefix) return EINVAL;
    const path: Node[] = [];
    const node = this.#walk(key, prefix, path);
    if (node === null) return ENOENT;
    this.#free.push(node.element);
    node.element = -1;
    this.#size--;
    this.#tidy(path);
    return 0;
  }

  visit(): number {
    return EINVAL;
  }

  find(key: AnyRef): number {
    const prefix = prefixOf(key);
    if (prefix > this.#maxPrefix) return -1;
    return this.#walk(key, prefix, [])?.element ?? -1;
  }

  *elements(): Generator<readonly [AnyRef, number]> {
    const waiting = this.#root === null ? [] : [this.#root];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (node.element >= 0) {
        const key = this.#layouts.key.reference(this.#keys, node.element * this.#layouts.key.size);
        yield [key, node.element];
      }
      const [zero, one] = node.children;
      if (one !== null) waiting.push(one);
      if (zero !== null) waiting.push(zero);
    }
  }

  /** The node that holds exactly this prefix as an entry; `path` gets the nodes from the root to it. */
  #walk(key: AnyRef, prefix: number, path: Node[]): Node | null {
    for (let node = this.#root; node !== null; ) {
      path.push(node);
      if (this.#sharedBits(node, key, prefix) < node.prefix) return null;
      if (node.prefix === prefix) return node.element >= 0 ? node : null;
      node = node.children[bitAt(key, node.prefix)];
    }
    return null;
  }

  #insert(added: Node): void {
    const { key, prefix } = added;
    let parent: Node | null = null;
    let node = this.#root;
    while (node !== null) {
      const shared = this.#sharedBits(node, key, prefix);
      if (shared < node.prefix) break;
      if (shared === prefix) {
        // The place was there already, to join two branches.
        node.element = added.element;
        return;
      }
      parent = node;
      node = node.children[bitAt(key, node.prefix)];
    }
    const placed = node === null ? added : join(node, added, this.#sharedBits(node, key, prefix));
    this.#attach(parent, placed);
  }

  /** Puts a node under its parent, or at the root. */
  #attach(parent: Node | null, node: Node): void {
    if (parent === null) this.#root = node;
    else parent.children[bitAt(node.key, parent.prefix)] = node;
  }

  /** Takes nodes away that neither hold an entry nor join two branches. */
  #tidy(path: Node[]): void {
    for (let node = path.pop(); node !== undefined; node = path.pop()) {
      const [zero, one] = node.children;
      if (node.element >= 0 || (zero !== null && one !== null)) return;
      const parent = path.at(-1) ?? null;
      const only = zero ?? one;
      if (parent === null) this.#root = only;
      else parent.children[bitAt(node.key, parent.prefix)] = only;
    }
  }

  #allocate(): number {
    const given = this.#free.pop();
    if (given !== undefined) return given;
    return this.#fresh < this.capacity ? this.#fresh++ : -1;
  }

  /** A node's key is a copy of its own: the element may be given to another key while the node still joins branches. */
  #ownKey(key: AnyRef): AnyRef {
    const { size } = this.#layouts.key;
    const own = Memory.zeroed(size);
    copyBytes(own, 0, key.$memory, key.$at, size);
    return this.#layouts.key.reference(own, 0);
  }

  /** Leading bits that a node's prefix and a key have in common, at most the shorter of the two prefixes. */
  #sharedBits(node: Node, key: AnyRef, prefix: number): number {
    const limit = Math.min(node.prefix, prefix);
    const a = node.key.$memory.view;
    const b = key.$memory.view;
    let bits = 0;
    while (bits < limit) {
      const byte = PREFIX_BYTES + (bits >>> 3);
      const difference = a.getUint8(node.key.$at + byte) ^ b.getUint8(key.$at + byte);
      if (difference !== 0) return Math.min(limit, bits + Math.clz32(difference) - 24);
      bits += 8;
    }
    return limit;
  }
}

/** The node above `node` and `added`, which part after `shared` bits: `added` itself when its prefix ends there. */
function join(node: Node, added: Node, shared: number): Node {
  if (added.prefix === shared) {
    added.children[bitAt(node.key, shared)] = node;
    return added;
  }
  const joint: Node = { prefix: shared, key: added.key, element: -1, children: [null, null] };
  joint.children[bitAt(node.key, shared)] = node;
  joint.children[bitAt(added.key, shared)] = added;
  return joint;
}

function prefixOf(key: AnyRef): number {
  return key.$memory.view.getUint32(key.$at, true);
}

/** The bit after `prefix` leading ones, 0 or 1. */
function bitAt(key: AnyRef, prefix: number): 0 | 1 {
  const byte = key.$memory.view.getUint8(key.$at + PREFIX_BYTES + (prefix >>> 3));
  return ((byte >>> (7 - (prefix & 7))) & 1) === 0 ? 0 : 1;
}
