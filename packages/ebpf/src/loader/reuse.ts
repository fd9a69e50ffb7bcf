/**
 * Decides for each map of a collection whether it is made anew, shared, reused from its pin, or migrated.
 */
import { type FileDescriptor, isSystemError } from "@weir/linux";
import type { BtfType, MapSpec } from "../object/index.ts";
import { explainPermission } from "./explain-failure.ts";
import { kernelBtfTypes } from "./kernel-btf.ts";
import { KernelMap } from "./kernel-map.ts";
import { LoaderError } from "./loader-error.ts";
import { createMap } from "./map-create.ts";
import { layoutDifferences, layoutOfInfo, layoutOfSpec, type MapLayout } from "./map-layout.ts";
import { type Migration, migrateEntries } from "./migrate.ts";
import { openPin, pinPath } from "./pin.ts";
import type { Undo } from "./undo.ts";

export interface PinOptions {
  /** On a bpf file system; it is made when it does not exist. The pin of a map is named like the map. */
  readonly directory: string;
  /** Maps to pin, by name; all but constant tables when left out. */
  readonly maps?: readonly string[];
  /** What to do with pins that are there: refuse them, or use maps of the same layout. */
  readonly reuse: "never" | "same layout";
  /** For maps whose layout may have changed, by name: how to carry entries over. */
  readonly migrate?: Readonly<Record<string, Migration>>;
}

/** A map, ready to be used, and what remains to be done for its pin once everything else has succeeded. */
export interface ProvidedMap {
  readonly map: KernelMap;
  readonly pin: "none" | "new" | "replaces";
  /** With "replaces": the map that is pinned until then. */
  readonly old: KernelMap | null;
}

export interface MapSource {
  readonly btf: FileDescriptor | null;
  readonly types: readonly BtfType[];
  readonly shared: Readonly<Record<string, KernelMap>>;
  readonly pins: PinOptions | undefined;
}

/**
 * @throws LoaderError "map-of-another-layout" for a shared map, "pin-taken", "pin-of-another-layout",
 *   "migration-failed" for a pinned one; and what making a map throws
 */
export function provideMap(spec: MapSpec, source: MapSource, undo: Undo): ProvidedMap {
  const shared = source.shared[spec.name];
  if (shared !== undefined) return { map: share(spec, shared, source.types, undo), pin: "none", old: null };
  const { pins } = source;
  const isPinned = pins !== undefined && (pins.maps?.includes(spec.name) ?? spec.contents === null);
  if (!isPinned) return { map: undo.closing(createMap(spec, source.btf)), pin: "none", old: null };

  const path = pinPath(pins.directory, spec.name);
  const fd = openPin(path, "map");
  if (fd === undefined) return { map: undo.closing(createMap(spec, source.btf)), pin: "new", old: null };
  const old = undo.closing(new KernelMap(undo.closing(fd), spec.name, spec));
  if (pins.reuse === "never") {
    throw new LoaderError({
      code: "pin-taken",
      what: `Cannot pin a new map ${spec.name} at ${path}`,
      why: "a map is pinned there, and pins are not to be reused",
      fix: 'Reuse it (reuse: "same layout"), or remove the pin when its entries are not needed.',
    });
  }
  const differences = layoutDifferences(layoutOfSpec(spec, source.types), liveLayout(old));
  if (differences.length === 0) return { map: old, pin: "none", old: null };
  const migration = pins.migrate?.[spec.name];
  if (migration === undefined) throw anotherLayout(spec.name, path, differences);
  const fresh = undo.closing(createMap(spec, source.btf));
  migrateEntries(old, fresh, migration);
  return { map: fresh, pin: "replaces", old };
}

/**
 * The layout of a live map, with the members of key and value where it has type information.
 *
 * @throws LoaderError "capability-missing" without CAP_SYS_ADMIN, for a map with type information
 */
export function liveLayout(map: KernelMap): MapLayout {
  try {
    return layoutOfInfo(map.info, kernelBtfTypes(map.info.btfId));
  } catch (error) {
    // BTF is found by id only, which the kernel grants to CAP_SYS_ADMIN alone.
    throw isSystemError(error, "EPERM") ? explainPermission(error, ["CAP_SYS_ADMIN"]) : error;
  }
}

function share(spec: MapSpec, shared: KernelMap, types: readonly BtfType[], undo: Undo): KernelMap {
  const differences = layoutDifferences(layoutOfSpec(spec, types), liveLayout(shared));
  if (differences.length > 0) {
    throw new LoaderError({
      code: "map-of-another-layout",
      what: `Cannot use the map ${shared.name} as ${spec.name} of this collection`,
      why: `its layout is another (${differences.join("; ")})`,
      fix: "Compile both collections from the same declaration, or do not share the map.",
    });
  }
  // A descriptor of its own, so that either collection may be closed first.
  return undo.closing(new KernelMap(shared.fd.duplicate(), spec.name, spec));
}

function anotherLayout(name: string, path: string, differences: readonly string[]): LoaderError {
  return new LoaderError({
    code: "pin-of-another-layout",
    what: `Cannot use the pinned map ${path}`,
    why: `its layout is not that of the map ${name} any more (${differences.join("; ")})`,
    fix: `Give a migration for ${name}, or remove the pin (rm ${path}) when its entries are not needed. Nothing was changed.`,
  });
}
