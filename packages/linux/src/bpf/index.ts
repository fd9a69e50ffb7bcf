/** bpf(2), one file a group of commands. */
export { type BpfCommand, bpf, bpfCommands } from "./attributes.ts";
export * from "./batch.ts";
export * from "./btf-load.ts";
export * from "./ids.ts";
export * from "./kinds.ts";
export * from "./link.ts";
export * from "./map.ts";
export * from "./object-info.ts";
export * from "./pin.ts";
export * from "./program-attach.ts";
export * from "./program-load.ts";
export * from "./test-run.ts";
export type { VerifierLogLevel } from "./verifier-log.ts";
