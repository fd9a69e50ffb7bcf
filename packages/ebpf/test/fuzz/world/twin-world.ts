/**
 * The source as it stands, in V8.
 */
import { transform } from "esbuild";
import type { Skb, Syscall, Xdp } from "../../../src/language/index.ts";
import * as language from "../../../src/language/index.ts";
import type { AnyLayout } from "../../../src/language/layout.ts";
import type { MapDeclaration } from "../../../src/language/map/declaration.ts";
import { Memory } from "../../../src/language/memory.ts";
import { PacketBuffer, Twin, XDP_SIZES } from "../../../src/twin/index.ts";
import { ENTRY } from "../generate/generate.ts";
import { Tables } from "./tables.ts";
import { type Fill, hex, type Outcome, type Runnable, TEST_RUN_IFINDEX, type World } from "./world.ts";

/** Takes the types out of a packet module. Many at once go faster than one after another. */
export async function stripTypes(source: string): Promise<string> {
  return (await transform(source, STRIP)).code;
}

const STRIP = { loader: "ts", format: "cjs", target: "node20" } as const;

/** Evaluates a module without types; `@weir/ebpf` is the language itself. */
function evaluateModule(javascript: string): Readonly<Record<string, unknown>> {
  const module: { exports: Record<string, unknown> } = { exports: {} };
  const require = (name: string): unknown => {
    if (name === "@weir/ebpf") return language;
    throw new Error(`A generated module imports ${name}.`);
  };
  new Function("module", "exports", "require", javascript)(module, module.exports, require);
  return module.exports;
}

/**
 * @param javascript the module as `stripTypes` gives it
 * @param maps names of the maps that the compiled program uses: only these are filled and listed
 */
export function twinWorld(
  javascript: string,
  { kind, config }: Runnable,
  maps: ReadonlySet<string>,
  fills: readonly Fill[],
): World {
  const module = evaluateModule(javascript);
  const twin = new Twin();
  const { cfg } = module;
  if (cfg !== undefined) twin.configure(cfg as Record<string, number | bigint | boolean>, config);
  const declarations = Object.values(module).filter(isMap);
  const tables = new Tables(
    twin.machine,
    declarations.filter(({ name }) => maps.has(name)),
  );
  tables.fill(fills);
  return { run: runnerOf(kind, twin, module), contents: () => tables.contents() };
}

function runnerOf(
  kind: Runnable["kind"],
  twin: Twin,
  module: Readonly<Record<string, unknown>>,
): (input: Uint8Array) => Outcome {
  const program = module[ENTRY];
  switch (kind) {
    case "Xdp":
      return (input) => {
        // A buffer of its own, as every test run has: what lies around the packet is zero.
        const buffer = new PacketBuffer(XDP_SIZES);
        buffer.load(input);
        const verdict = twin.xdpInPlace(program as (ctx: Xdp) => number, buffer, TEST_RUN_IFINDEX);
        return { verdict: verdict >>> 0, bytes: hex(buffer.bytes) };
      };
    case "Skb":
      return (input) => {
        const facts = { ifindex: TEST_RUN_IFINDEX };
        const { verdict, packet, mark, priority } = twin.skb(program as (ctx: Skb) => number, input, facts);
        return { verdict: verdict >>> 0, bytes: hex(packet), mark, priority };
      };
    case "Syscall":
      return (input) => {
        const { Args } = module;
        const layout = Args as AnyLayout;
        const bytes = Uint8Array.from(input);
        const args = layout.reference(new Memory(bytes), 0);
        const verdict = twin.syscall(program as (ctx: Syscall<AnyLayout>) => number, args as never);
        return { verdict: verdict >>> 0, bytes: hex(bytes) };
      };
  }
}

function isMap(value: unknown): value is MapDeclaration {
  return typeof value === "object" && value !== null && "maxEntries" in value && "kind" in value;
}
