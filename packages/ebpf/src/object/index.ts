/** What a compiled packet program is made of, as data: instructions, BTF, source lines, and a readable listing. Pure. */

export * from "./assemble.ts";
export * from "./btf.ts";
export { decodeBtf } from "./btf-decode.ts";
export { encodeBtf } from "./btf-encode.ts";
export { createStringTable, type StringTable } from "./btf-strings.ts";
export type * from "./btf-types.ts";
export { VOID } from "./btf-types.ts";
export * from "./encoding.ts";
export * from "./func-info.ts";
export { helperName } from "./helper-names.ts";
export * from "./instruction.ts";
export * from "./line-info.ts";
export { formatInstruction, type ListingNotes, listInstructions } from "./listing.ts";
export * from "./opcode.ts";
export type { Decoded, DecodeProblem } from "./outcome.ts";
export type * from "./spec.ts";
