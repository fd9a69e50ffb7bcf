/**
 * Bytecode becomes a program spec: kinds as kernel numbers, functions with their BTF types, lines with their text.
 */
import { PROGRAM_TYPES, type ProgramKind } from "../../language/program-kind.ts";
import type { BtfBuilder } from "../../object/btf.ts";
import type { TypeId } from "../../object/btf-types.ts";
import type { LineSpec, ProgramSpec } from "../../object/spec.ts";
import type { AllocatedProgram } from "../allocate/allocated.ts";
import { lineAndColumn, lineText } from "../diagnostic.ts";
import type { Bytecode, LineEntry } from "../emit/bytecode.ts";
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

/** Kernel structs behind the contexts, for the prototypes that tools show. */
const CONTEXT_STRUCTS: Readonly<Record<ProgramKind, string>> = {
  Xdp: "xdp_md",
  Skb: "__sk_buff",
  SkSkbParser: "__sk_buff",
  SkSkbVerdict: "__sk_buff",
  SkMsg: "sk_msg_md",
  SkLookup: "bpf_sk_lookup",
  Syscall: "arguments",
};

export interface ProgramFacts {
  readonly name: string;
  readonly kind: ProgramKind;
  readonly bytecode: Bytecode;
  readonly allocated: AllocatedProgram;
  readonly maps: readonly string[];
  /** Accept packets that lie in several buffers (XDP; kernel 5.18). */
  readonly frags: boolean;
}

/** The kernel's own helpers are for GPL-compatible programs; the source stays MIT. */
const LICENSE = "Dual MIT/GPL";

export function programSpec(facts: ProgramFacts, btf: BtfBuilder, types: LayoutTypes): ProgramSpec {
  const { name, kind, bytecode, allocated, maps } = facts;
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
      type: functionType(entry.name, index === 0 ? kind : null, btf, types),
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

/** `int name(struct xdp_md *ctx)` for programs; other functions are static and give an integer. */
function functionType(name: string, kind: ProgramKind | null, btf: BtfBuilder, types: LayoutTypes): TypeId {
  const result = types.int(32, true);
  if (kind === null) return btf.function(name, btf.functionPrototype(types.int(64, false), []), "static");
  const context = btf.pointer(btf.forward(CONTEXT_STRUCTS[kind]));
  return btf.function(name, btf.functionPrototype(result, [{ name: "ctx", type: context }]), "global");
}

function lineSpec({ index, at }: LineEntry): LineSpec {
  const { line, column } = lineAndColumn(at);
  return { instruction: index, file: at.source.path, text: lineText(at.source, line).trim(), line, column };
}
