/**
 * `ebpf-compile`: compiles a packet module and shows what became of it, phase by phase if wanted.
 *
 *     npm run compile -w @weir/ebpf -- examples/packet-counter/counter.ts --print optimise
 */
import { parseArgs } from "node:util";
import { CompileError, type ConfigValues, PHASES, type PhaseName } from "../compiler/index.ts";
import { compileFile } from "../loader/compile-file.ts";
import { listProgram } from "./list-program.ts";

const USAGE = `usage: compile MODULE [--program NAME] [--config NAME=VALUE]... [--print PHASE]
phases: ${PHASES.join(" ")}; without --print, the listing with its source lines`;

process.exitCode = main(process.argv.slice(2));

function main(words: readonly string[]): number {
  const options = parseOptions(words);
  if (options === null) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const { entry, phase, programs, config } = options;
  try {
    const compiled = compileFile(entry, {
      config,
      ...(programs !== undefined && { programs }),
      watch: (program, name, print) => {
        if (name === phase) process.stdout.write(`${program} after ${name}:\n${print()}\n`);
      },
    });
    if (phase === undefined) for (const program of compiled.programs) process.stdout.write(listProgram(program));
    return 0;
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

interface Options {
  readonly entry: string;
  readonly phase: PhaseName | undefined;
  readonly programs: readonly string[] | undefined;
  readonly config: ConfigValues;
}

function parseOptions(words: readonly string[]): Options | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        program: { type: "string", multiple: true },
        config: { type: "string", multiple: true },
        print: { type: "string" },
      },
    });
    const [entry, ...more] = positionals;
    const phase = PHASES.find((name) => name === values.print);
    if (entry === undefined || more.length > 0 || (values.print !== undefined && phase === undefined)) return null;
    return { entry, phase, programs: values.program, config: parseConfig(values.config ?? []) };
  } catch {
    return null; // an option that does not exist
  }
}

/** `nat=true`, `maxHops=3`, `limit=5n`. */
function parseConfig(settings: readonly string[]): ConfigValues {
  return Object.fromEntries(
    settings.map((setting) => {
      const [name = "", value = ""] = setting.split("=", 2);
      if (value === "true" || value === "false") return [name, value === "true"];
      return [name, /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : Number(value)];
    }),
  );
}
