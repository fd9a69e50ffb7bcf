/**
 * Program kinds: the type of a program's context names its kind.
 */
import type { SkLookup } from "./context/sk-lookup.ts";
import type { SkMsg } from "./context/sk-msg.ts";
import type { SkSkbParser, SkSkbVerdict } from "./context/sk-skb.ts";
import type { Skb } from "./context/skb.ts";
import type { Syscall } from "./context/syscall.ts";
import type { Xdp } from "./context/xdp.ts";
import type { AnyLayout } from "./layout.ts";

/** Contexts by the name that a program writes. */
export interface Contexts {
  readonly Xdp: Xdp;
  readonly Skb: Skb;
  readonly SkSkbParser: SkSkbParser;
  readonly SkSkbVerdict: SkSkbVerdict;
  readonly SkMsg: SkMsg;
  readonly SkLookup: SkLookup;
  readonly Syscall: Syscall<AnyLayout>;
}

export type ProgramKind = keyof Contexts;

interface ProgramFacts {
  /** enum bpf_prog_type. */
  readonly type: number;
  readonly since: string;
}

/** The kernel's program type for each kind and the release that brought it (for tcx: the attach type). */
export const PROGRAM_TYPES: { readonly [Kind in ProgramKind]: ProgramFacts } = {
  Skb: { type: 3, since: "6.6" },
  Xdp: { type: 6, since: "4.8" },
  SkSkbParser: { type: 14, since: "4.14" },
  SkSkbVerdict: { type: 14, since: "4.14" },
  SkMsg: { type: 16, since: "4.17" },
  SkLookup: { type: 30, since: "5.9" },
  Syscall: { type: 31, since: "5.14" },
};
