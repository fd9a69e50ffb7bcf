/**
 * BTF for functions: prototypes that tools show, and by which the kernel verifies a function without its callers.
 */
import type { ProgramKind } from "../../language/program-kind.ts";
import type { BtfBuilder } from "../../object/btf.ts";
import type { TypeId } from "../../object/btf-types.ts";
import type { Signature } from "../lower/separate.ts";
import type { LanguageType } from "../resolve/program.ts";
import type { LayoutTypes } from "./layout-types.ts";

/** The struct behind each kind of context: the kernel knows a context by this name. */
const CONTEXT_STRUCTS: Readonly<Record<ProgramKind, string>> = {
  Xdp: "xdp_md",
  Skb: "__sk_buff",
  SkSkbParser: "__sk_buff",
  SkSkbVerdict: "__sk_buff",
  SkMsg: "sk_msg_md",
  SkLookup: "bpf_sk_lookup",
  Syscall: "arguments",
};

export class FunctionTypes {
  readonly #kind: ProgramKind;
  readonly #btf: BtfBuilder;
  readonly #types: LayoutTypes;

  constructor(kind: ProgramKind, btf: BtfBuilder, types: LayoutTypes) {
    this.#kind = kind;
    this.#btf = btf;
    this.#types = types;
  }

  /** `int name(struct xdp_md *ctx)`. */
  program(name: string): TypeId {
    const parameters = [{ name: "ctx", type: this.#context() }];
    return this.#btf.function(name, this.#btf.functionPrototype(this.#types.int(32, true), parameters), "global");
  }

  /** @param signature of a function that the kernel verifies by itself; any other is static, and its parameters are not told */
  function(name: string, signature: Signature | undefined): TypeId {
    const parameters = (signature ?? []).map((parameter) => ({
      name: parameter.name,
      type: this.#parameter(parameter.type),
    }));
    const prototype = this.#btf.functionPrototype(this.#types.int(64, false), parameters);
    return this.#btf.function(name, prototype, signature === undefined ? "static" : "global");
  }

  #parameter(type: LanguageType): TypeId {
    switch (type.kind) {
      case "ref":
        return this.#btf.pointer(this.#types.layout(type.layout));
      case "context":
      case "packet":
        return this.#context();
      default:
        // A register; the verifier takes it for any number.
        return this.#types.int(64, type.kind !== "u64");
    }
  }

  #context(): TypeId {
    return this.#btf.pointer(this.#btf.struct(CONTEXT_STRUCTS[this.#kind], 0, []));
  }
}
