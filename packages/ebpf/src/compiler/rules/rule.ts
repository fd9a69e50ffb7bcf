/**
 * A rule of the packet language: what is refused, why, and both sides of its border as code that a test compiles.
 */

/** Modules by path. A plain string is the one module `main.ts`, which is also where compilation starts. */
export type Example = string | Readonly<Record<string, string>>;

export interface Rule {
  /** The rule as an imperative: "Compare with === and !==". */
  readonly title: string;
  /** The reason, in terms of what would go wrong between the twin and the kernel, or for the reader. */
  readonly why: string;
  readonly accepted: Example;
  /** The line that is refused ends with `// refused`. */
  readonly refused: Example;
}

/** The first line of every example that needs a packet: a layout to look at it with. */
const PROLOGUE = `import { struct, u8, u16, u32, u64, XDP_DROP, XDP_PASS, type Xdp } from "@weir/ebpf";

const Head = struct({ size: 16, fields: { kind: u8, ttl: u8, port: u16, count: u32, total: u64 } });
`;

/**
 * A whole program around the statements that show a rule. They may use `head`, a tested reference into the packet with
 * the fields `kind ttl port count total`. `declarations` stand in front of the program.
 */
export function program(statements: string, declarations = ""): string {
  const body = statements
    .trim()
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
  return `${PROLOGUE}${declarations === "" ? "" : `\n${declarations.trim()}\n`}
export function program(ctx: Xdp): number {
  const head = ctx.at(0, Head);
  if (head === null) return XDP_PASS;
${body}
  return head.kind === 0 ? XDP_DROP : XDP_PASS;
}
`;
}
