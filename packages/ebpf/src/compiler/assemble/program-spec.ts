/**
 * Bytecode becomes a program spec: kinds as kernel numbers, functions with their BTF types, lines with their text.
 */
import { PROGRAM_TYPES, type ProgramKind } from "../../language/program-kind.ts";
import type { BtfBuilder } from "../../object/btf.ts";
import type { LineSpec, ProgramSpec } from "../../object/spec.ts";
import type { AllocatedProgram } from "../allocate/allocated.ts";
import { lineAndColumn, lineText } from "../diagnostic.ts";
import type { Bytecode, LineEntry } from "../emit/bytecode.ts";
import type { Signature } from "../lower/separate.ts";
import { FunctionTypes } from "./function-types.ts";
import type { LayoutTypes } from "./layout-types.ts";

/** enum bpf_attach_type where loading wants it. */
const ATTACH_TYPES: Readonly<Record<ProgramKind, number>> = {
  Xdp: 37,
  // tcx programs are told the direction when they are attached.
  Skb: 0,
  SkSkbParser: 4,
  SkSkbVerdict: 5,
  SkMsg: 7,
  SkLookup: 36,
  Syscall: 0,
};
const BPF_F_SLEEPABLE = 1 << 4;
const BPF_F_XDP_HAS_FRAGS = 1 << 5;

export interface ProgramFacts {
  readonly name: string;
  readonly kind: ProgramKind;
  readonly bytecode: Bytecode;
  readonly allocated: AllocatedProgram;
  readonly maps: readonly string[];
  /** Parameters of the functions that the kernel verifies by themselves. */
  readonly signatures: ReadonlyMap<string, Signature>;
  /** Accept packets that lie in several buffers (XDP; kernel 5.18). */
  readonly frags: boolean;
}

/** The kernel's own helpers are for GPL-compatible programs; the source stays MIT. */
const LICENSE = "Dual MIT/GPL";

export function programSpec(facts: ProgramFacts, btf: BtfBuilder, types: LayoutTypes): ProgramSpec {
  const { name, kind, bytecode, allocated, maps, signatures } = facts;
  const functionTypes = new FunctionTypes(kind, btf, types);
  return {
    name,
    kind,
    type: PROGRAM_TYPES[kind].type,
    expectedAttachType: ATTACH_TYPES[kind],
    flags: programFlags(facts),
    license: LICENSE,
    instructions: bytecode.instructions,
    relocations: bytecode.relocations.map(({ index, kind: what, name: map, offset }) => ({
      instruction: index,
      kind: what,
      map,
      offset,
    })),
    functions: bytecode.functions.map((entry, index) => ({
      name: entry.name,
      instruction: entry.start,
      type:
        index === 0
          ? functionTypes.program(entry.name)
          : functionTypes.function(entry.name, signatures.get(entry.name)),
      frameSize: allocated.functions[index]?.frameSize ?? 0,
    })),
    lines: bytecode.lines.map(lineSpec),
    maps,
  };
}

function programFlags({ kind, frags }: ProgramFacts): number {
  if (kind === "Syscall") return BPF_F_SLEEPABLE;
  return kind === "Xdp" && frags ? BPF_F_XDP_HAS_FRAGS : 0;
}

function lineSpec({ index, at }: LineEntry): LineSpec {
  const { line, column } = lineAndColumn(at);
  return { instruction: index, file: at.source.path, text: lineText(at.source, line).trim(), line, column };
}
