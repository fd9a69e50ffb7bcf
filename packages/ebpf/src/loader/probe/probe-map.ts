/**
 * Probes of map kinds: makes the smallest map of the kind.
 */
import { type FileDescriptor, mapCreate, mapFlags, mapLookupBatch, pageSize } from "@weir/linux";
import type { MapKind } from "../../language/map/declaration.ts";
import { answerBy, type ProbeAnswer } from "./answer.ts";

export function probeMap(map: MapKind): ProbeAnswer {
  const trial = () => {
    using _ = smallest(map);
  };
  return answerBy({ kind: "map", map }, trial, { absent: ["EINVAL"] });
}

export function probeMappedArrays(): ProbeAnswer {
  const trial = () => {
    using _ = mapCreate({ ...ENTRY, type: "array", flags: mapFlags.mmapable });
  };
  return answerBy({ kind: "memory-mapped arrays" }, trial, { absent: ["EINVAL"] });
}

export function probeBatches(): ProbeAnswer {
  const trial = () => {
    using map = mapCreate({ ...ENTRY, type: "hash" });
    mapLookupBatch(map, undefined, new Uint8Array(4), new Uint8Array(4), 1);
  };
  return answerBy({ kind: "batch operations" }, trial, { absent: ["EINVAL"] });
}

const ENTRY = { keySize: 4, valueSize: 4, maxEntries: 1, name: "weir_probe" } as const;

function smallest(map: MapKind): FileDescriptor {
  switch (map) {
    case "array":
      return mapCreate({ ...ENTRY, type: "array" });
    case "percpuArray":
      return mapCreate({ ...ENTRY, type: "percpu_array" });
    case "hash":
      return mapCreate({ ...ENTRY, type: "hash" });
    case "percpuHash":
      return mapCreate({ ...ENTRY, type: "percpu_hash" });
    case "lruHash":
      return mapCreate({ ...ENTRY, type: "lru_hash" });
    case "lruPercpuHash":
      return mapCreate({ ...ENTRY, type: "lru_percpu_hash" });
    case "lpmTrie":
      return mapCreate({ ...ENTRY, type: "lpm_trie", keySize: 8, flags: mapFlags.noPrealloc });
    case "queue":
      return mapCreate({ ...ENTRY, type: "queue", keySize: 0 });
    case "stack":
      return mapCreate({ ...ENTRY, type: "stack", keySize: 0 });
    case "ringBuffer":
      return mapCreate({ ...ENTRY, type: "ringbuf", keySize: 0, valueSize: 0, maxEntries: pageSize() });
    case "sockMap":
      return mapCreate({ ...ENTRY, type: "sockmap" });
    case "sockHash":
      return mapCreate({ ...ENTRY, type: "sockhash" });
    case "deviceMap":
      return mapCreate({ ...ENTRY, type: "devmap" });
    case "deviceHash":
      return mapCreate({ ...ENTRY, type: "devmap_hash" });
    case "arrayOfMaps":
    case "hashOfMaps": {
      using inner = mapCreate({ ...ENTRY, type: "array" });
      return mapCreate({ ...ENTRY, type: map === "arrayOfMaps" ? "array_of_maps" : "hash_of_maps", innerMap: inner });
    }
  }
}
