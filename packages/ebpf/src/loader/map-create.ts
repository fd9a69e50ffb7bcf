/**
 * Makes live maps from their specs.
 */
import { type FileDescriptor, type MapType, mapCreate, mapFreeze, mapTypes, mapUpdate, wordOf } from "@weir/linux";
import type { MapSpec } from "../object/index.ts";
import { explainMapFailure } from "./explain-failure.ts";
import { KernelMap } from "./kernel-map.ts";
import { LoaderError } from "./loader-error.ts";
import { Undo } from "./undo.ts";

/**
 * Makes a map; one with contents is filled and frozen before anybody sees it.
 *
 * @param btf the collection's type information, for maps with types
 * @throws LoaderError "capability-missing", "kernel-too-old", "spec-invalid"; SystemError for the rest
 */
export function createMap(spec: MapSpec, btf: FileDescriptor | null): KernelMap {
  return Undo.run((undo) => {
    const fd = undo.closing(create(spec, btf));
    if (spec.contents !== null) {
      if (spec.contents.length !== spec.valueSize) {
        throw invalid(spec, `it has ${spec.contents.length} bytes of contents and values of ${spec.valueSize}`);
      }
      mapUpdate(fd, new Uint8Array(spec.keySize), spec.contents);
      mapFreeze(fd);
    }
    return new KernelMap(fd, spec.name, spec);
  });
}

function create(spec: MapSpec, btf: FileDescriptor | null): FileDescriptor {
  // The kernel copies the pattern of inner maps from a live one, which is of no use afterwards.
  using pattern = spec.inner === null ? undefined : create(spec.inner, btf);
  const { name, keySize, valueSize, maxEntries, flags, types } = spec;
  try {
    return mapCreate({
      ...{ type: typeOf(spec), name, keySize, valueSize, maxEntries, flags },
      ...(pattern !== undefined && { innerMap: pattern }),
      ...(types !== null && btf !== null && { btf, btfKeyTypeId: types.key, btfValueTypeId: types.value }),
    });
  } catch (error) {
    throw explainMapFailure(error, spec);
  }
}

function typeOf(spec: MapSpec): MapType {
  const word = wordOf(mapTypes, spec.type);
  if (word.startsWith("type ")) throw invalid(spec, `its type ${spec.type} is not known`);
  // What does not begin with "type " is a word of the table.
  return word as MapType;
}

function invalid(spec: MapSpec, why: string): LoaderError {
  return new LoaderError({
    code: "spec-invalid",
    what: `Cannot create the map ${spec.name}`,
    why,
    fix: "Compile the module again; if it persists, the compiler is at fault.",
  });
}
