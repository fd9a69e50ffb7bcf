/**
 * One program in several worlds: compiled once, given the same packets, compared after each of them.
 */
import { type Compiled, CompileError, compile } from "../../src/compiler/index.ts";
import { ProgramFault } from "../../src/interpreter/index.ts";
import { VerifierError } from "../../src/loader/verifier-error.ts";
import { type GeneratedProgram, printProgram } from "./generate/generate.ts";
import { interpreterWorld } from "./world/interpreter-world.ts";
import { kernelWorld } from "./world/kernel-world.ts";
import { stripTypes, twinWorld } from "./world/twin-world.ts";
import type { Contents, Outcome, World } from "./world/world.ts";

export interface WorldsWanted {
  readonly twin: boolean;
  readonly interpreter: boolean;
  readonly kernel: boolean;
}

/** What became of a program. */
export type Judgement =
  | {
      readonly kind: "agreed";
      /** One for each packet. */
      readonly verdicts: readonly number[];
      readonly instructions: number;
      /** Instructions that the verifier followed; 0 without the kernel. */
      readonly verified: number;
    }
  /** The compiler refused the source. */
  | { readonly kind: "refused"; readonly rule: string; readonly message: string }
  /** The verifier refused what the compiler accepted. */
  | { readonly kind: "rejected"; readonly reason: string; readonly message: string }
  /** The worlds part, or the compiler or a world failed. */
  | { readonly kind: "failed"; readonly what: string; readonly message: string };

const FILE = "main.ts";

export async function judge(program: GeneratedProgram, wanted: WorldsWanted): Promise<Judgement> {
  const source = printProgram(program.text);
  return judgeText(program, source, wanted.twin ? await stripTypes(source) : "", wanted);
}

function judgeText(program: GeneratedProgram, source: string, javascript: string, wanted: WorldsWanted): Judgement {
  const { fills } = program;
  let compiled: Compiled;
  try {
    compiled = compile(FILE, { readSource: (path) => (path === FILE ? source : undefined), config: program.config });
  } catch (error) {
    if (error instanceof CompileError) return refused(error);
    return { kind: "failed", what: "compiler", message: textOf(error) };
  }
  const worlds: [name: string, world: World][] = [];
  const used = new Set(compiled.maps.map(({ name }) => name));
  try {
    if (wanted.twin) worlds.push(["twin", twinWorld(javascript, program, used, fills)]);
    if (wanted.interpreter) worlds.push(["interpreter", interpreterWorld(compiled, program, fills)]);
  } catch (error) {
    return { kind: "failed", what: "loading", message: textOf(error) };
  }
  const instructions = compiled.programs[0]?.instructions.length ?? 0;
  if (!wanted.kernel) return run(worlds, program, instructions, 0);
  try {
    using kernel = kernelWorld(compiled, program, fills);
    return run([...worlds, ["kernel", kernel]], program, instructions, kernel.verified);
  } catch (error) {
    // What the verifier refuses is still compared in the other worlds.
    const rest = run(worlds, program, instructions, 0);
    if (rest.kind === "failed") return rest;
    if (!(error instanceof VerifierError)) return { kind: "failed", what: "loader", message: textOf(error) };
    return { kind: "rejected", reason: reasonOf(error), message: `${error.message}\n${error.log.slice(-3000)}` };
  }
}

function run(
  worlds: readonly (readonly [name: string, world: World])[],
  { inputs }: GeneratedProgram,
  instructions: number,
  verified: number,
): Judgement {
  const verdicts: number[] = [];
  for (const [index, input] of inputs.entries()) {
    const outcomes = worlds.map(([name, world]) => [name, runOne(world, input)] as const);
    const difference = differenceOf(outcomes);
    if (difference === null) {
      verdicts.push(Number(/^verdict (\d+)/.exec(outcomes[0]?.[1] ?? "")?.[1] ?? 0));
      continue;
    }
    const bytes = Buffer.from(input).toString("hex");
    return { kind: "failed", what: difference.what, message: `input ${index} (${bytes}):\n${difference.message}` };
  }
  const difference = differenceOf(worlds.map(([name, world]) => [name, listing(world.contents())] as const));
  if (difference !== null) return { kind: "failed", what: "contents", message: difference.message };
  return { kind: "agreed", verdicts, instructions, verified };
}

function runOne(world: World, input: Uint8Array): string {
  try {
    return describe(world.run(input));
  } catch (error) {
    return `threw ${textOf(error)}`;
  }
}

function describe({ verdict, bytes, mark, priority }: Outcome): string {
  const notes = mark === undefined ? "" : ` mark ${mark} priority ${priority}`;
  return `verdict ${verdict}${notes} bytes ${bytes}`;
}

function listing(contents: Contents): string {
  return [...contents]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, lines]) => `${name}\n${lines.map((line) => `  ${line}\n`).join("")}`)
    .join("");
}

function differenceOf(seen: readonly (readonly [name: string, text: string])[]) {
  const [first] = seen;
  if (first === undefined || seen.every(([, text]) => text === first[1])) {
    if (first?.[1].startsWith("threw") !== true) return null;
  }
  const who = seen.filter(([, text]) => text !== first?.[1]).map(([name]) => name);
  const threw = seen.find(([, text]) => text.startsWith("threw"));
  const what = threw === undefined ? `${who.join(" and ")} against ${first?.[0]}` : `${threw[0]} threw`;
  return { what, message: seen.map(([name, text]) => `${name.padEnd(12)}${text}`).join("\n") };
}

function refused(error: CompileError): Judgement {
  return { kind: "refused", rule: error.diagnostics[0]?.rule ?? "", message: error.message };
}

/** The verifier's sentence without its numbers, so that equal reasons count as one. */
function reasonOf({ reason }: VerifierError): string {
  return reason.replace(/-?\b(0x[0-9a-f]+|\d+)\b/g, "N").replace(/\bR\d+\b/g, "R");
}

function textOf(error: unknown): string {
  if (error instanceof ProgramFault) return `${error.code}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
