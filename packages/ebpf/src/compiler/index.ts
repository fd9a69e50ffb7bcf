/** The compiler's public face. */
export { type Compiled, type CompileOptions, compile } from "./compile.ts";
export { CompileError, type Diagnostic, formatDiagnostic, lineAndColumn } from "./diagnostic.ts";
export type { ConfigValues } from "./resolve/configuration.ts";
export type { ReadSource } from "./resolve/load.ts";
export type { Source, Span } from "./tree.ts";
export { PHASES, type PhaseName, type Watch } from "./watch.ts";
