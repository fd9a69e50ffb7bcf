/**
 * The loader: specs, which are plain data, become live kernel objects.
 *
 * Specs come from the compiler (or anybody else); nothing of theirs is alive. `load` gives a collection of programs and
 * maps, all or nothing. Programs are attached by links; maps are read and written through typed views; pins outlive us.
 */

export type { SocketMapAttachment } from "./attach-socket-map.ts";
export type { TcxOptions } from "./attach-tcx.ts";
export type { XdpOptions } from "./attach-xdp.ts";
export type { TypedCell } from "./cell-map.ts";
export { typedCell } from "./cell-map.ts";
export { type Codec, codecOf } from "./codec.ts";
export { Collection, type LoadOptions, load } from "./collection.ts";
export { compileFile } from "./compile-file.ts";
export { KernelMap } from "./kernel-map.ts";
export { Link, type LinkPlace, openLink } from "./link.ts";
export { isLoaderError, LoaderError, type LoaderErrorCode } from "./loader-error.ts";
export type { Entry } from "./map-entries.ts";
export { layoutDifferences, layoutFingerprint, layoutOfSpec, type MapLayout } from "./map-layout.ts";
export type { OuterMap } from "./map-of-maps.ts";
export type { MappedArray } from "./mapped-array.ts";
export { mapMemory } from "./mapped-array.ts";
export { type Migration, migrationBetween, perCpuMigrationBetween } from "./migrate.ts";
export { openMap } from "./open-map.ts";
export { unpin } from "./pin.ts";
export type { Plain, PlainInit } from "./plain.ts";
export type { ProbeAnswer } from "./probe/answer.ts";
export type { Feature, GeneralFeature } from "./probe/feature.ts";
export { featuresOf } from "./probe/features-of.ts";
export { probe } from "./probe/probe.ts";
export { KernelProgram, openProgram } from "./program.ts";
export { type TypedQueue, typedQueue } from "./queue-map.ts";
export { liveLayout, type PinOptions } from "./reuse.ts";
export { type RingBufferReader, ringBufferReader } from "./ring-buffer.ts";
export { type SocketMap, socketMap, type TypedDeviceMap, typedDeviceMap } from "./socket-map.ts";
export { type PerCpuMapOf, perCpuMap, type TypedMap, type TypedMapOf, typedMap } from "./typed-map.ts";
export { VerifierError } from "./verifier-error.ts";
export type { SourceLine } from "./verifier-log.ts";
export type { XdpMode } from "./xdp-mode.ts";
