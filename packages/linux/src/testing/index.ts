/** What tests of this package and of those above it share. */
export * from "./instructions.ts";
export { descriptorsLeakedBy } from "./open-descriptors.ts";
export { notRun, rootTest } from "./root-test.ts";
export { type TemporaryNamespace, temporaryNamespace } from "./temporary-namespace.ts";
export { untilUp } from "./until-up.ts";
