/**
 * Runs a module in both worlds: compiled and interpreted, and as it stands in V8. What the two return, and what they leave in the
 * arguments or the packet and in the tables, must be one thing before a test even looks.
 */
import assert from "node:assert/strict";
import { transformSync } from "esbuild";
import {
  coreHelpers,
  type EntryContext,
  type InterpretedMap,
  interpret,
  PacketBuffer,
  prepareProgram,
  XDP_HEADROOM,
  xdpContext,
} from "../../interpreter/index.ts";
import * as language from "../../language/index.ts";
import type { AnyLayout } from "../../language/layout.ts";
import type { MapDeclaration } from "../../language/map/declaration.ts";
import { Memory } from "../../language/memory.ts";
import type { AnyRef } from "../../language/reference.ts";
import { relocate } from "../../loader/relocate.ts";
import type { MapSpec } from "../../object/spec.ts";
import { layoutsOf } from "../../twin/map/searchable-table.ts";
import { Twin } from "../../twin/twin.ts";
import type { Compiled } from "../compile.ts";
import { calculation, compileText, filter } from "./snippet.ts";

/** What a calculation reads; zero where it is not given. */
export interface Given {
  readonly a?: number;
  readonly b?: number;
  readonly c?: number;
  readonly i?: number;
  readonly x?: bigint;
  readonly y?: bigint;
  /** Stands in front of the program: layouts, maps, functions. */
  readonly declarations?: string;
  /** Values for `const cfg = config({ … })` among the declarations. */
  readonly config?: Record<string, number | bigint | boolean>;
}

/** What the statements return. */
export function calculate(statements: string, given: Given = {}): number {
  return runCalculation(statements, given).result;
}

/** What the statements write to `args.out`. */
export function outOf(statements: string, given: Given = {}): number {
  const { bytes } = runCalculation(statements, given);
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(40, true);
}

/** What the statements write to `args.wide`. */
export function wideOf(statements: string, given: Given = {}): bigint {
  const { bytes } = runCalculation(statements, given);
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(16, true);
}

/** What the statements of an XDP program return, and the packet that they leave. */
export function filterPacket(statements: string, packet: readonly number[], declarations = ""): Run {
  return runBoth(filter(statements, declarations), {}, Uint8Array.from(packet), "packet");
}

function runCalculation(statements: string, given: Given): Run {
  return runBoth(calculation(statements, given.declarations), given.config ?? {}, encode(given), "arguments");
}

function encode({ a = 0, b = 0, c = 0, i = 0, x = 0n, y = 0n }: Given): Uint8Array {
  const bytes = new Uint8Array(48);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, x, true);
  view.setBigUint64(8, y, true);
  view.setUint32(24, a, true);
  view.setUint32(28, b, true);
  view.setUint32(32, c, true);
  view.setInt32(36, i, true);
  return bytes;
}

interface Run {
  readonly result: number;
  /** The arguments or the packet as the program left them. */
  readonly bytes: Uint8Array;
  /** The elements of the tables that the compiled program uses, as text. */
  readonly tables: readonly string[];
}

type Input = "packet" | "arguments";

function runBoth(text: string, config: NonNullable<Given["config"]>, input: Uint8Array, kind: Input): Run {
  const compiled = compileText(text, { config });
  const names = new Set(compiled.declarations.map(({ name }) => name));
  const inKernel = runCompiled(compiled, input.slice(), kind);
  assert.deepEqual(inKernel, runPlain(text, config, names, input.slice(), kind), "compiled and plain TypeScript part");
  return inKernel;
}

function runCompiled(compiled: Compiled, input: Uint8Array, kind: Input): Run {
  const [spec] = compiled.programs;
  assert.ok(spec !== undefined);
  const { machine } = new Twin();
  const numbers = new Map(compiled.maps.map((map, index) => [map.name, index]));
  const maps = new Map(
    compiled.maps.map((map, index) => {
      const declaration = compiled.declarations.find(({ name }) => name === map.name);
      return [index, declaration === undefined ? constantMap(map) : keyedMap(machine, declaration)];
    }),
  );
  const program = prepareProgram(relocate(spec, numbers));
  const run = (context: EntryContext): number =>
    Number(BigInt.asIntN(32, interpret(program, { maps, helpers: coreHelpers }, context).r0));
  const tables = (): readonly string[] => listTables(machine, compiled.declarations);
  if (kind === "arguments") return { result: run(input), bytes: input, tables: tables() };
  const packet = new PacketBuffer(input, XDP_HEADROOM, 1024);
  return { result: run(xdpContext(packet)), bytes: packet.bytes.slice(), tables: tables() };
}

function runPlain(
  text: string,
  config: NonNullable<Given["config"]>,
  names: ReadonlySet<string>,
  input: Uint8Array,
  kind: Input,
): Run {
  const module = evaluate(text);
  const twin = new Twin();
  if (Object.hasOwn(module, "cfg")) twin.configure(module["cfg"] as typeof config, config);
  const declarations = Object.values(module)
    .filter(isMap)
    .filter(({ name }) => names.has(name));
  const program = module["program"] as (ctx: unknown) => number;
  const tables = (): readonly string[] => listTables(twin.machine, declarations);
  if (kind === "packet") {
    const { verdict, packet } = twin.xdp(program, input);
    return { result: verdict | 0, bytes: packet, tables: tables() };
  }
  const args = (module["Args"] as AnyLayout).reference(new Memory(input), 0);
  const result = twin.syscall(program, args as never) | 0;
  return { result, bytes: input, tables: tables() };
}

/** The module's declarations and program, exported or not. */
function evaluate(text: string): Readonly<Record<string, unknown>> {
  const { code } = transformSync(text, { loader: "ts", format: "cjs", target: "node20" });
  const names = [...text.matchAll(/^(?:export )?(?:const|function) (\w+)/gm)].map(([, name]) => name);
  const body = `${code}\nreturn { ${names.join(", ")} };`;
  return new Function("module", "require", body)({ exports: {} }, () => language);
}

function isMap(value: unknown): value is MapDeclaration {
  return typeof value === "object" && value !== null && "maxEntries" in value && "isCell" in value;
}

function keyedMap(machine: Twin["machine"], declaration: MapDeclaration): InterpretedMap {
  const table = machine.openKeyed(declaration);
  const { key: keyLayout, value: valueLayout } = layoutsOf(declaration);
  return {
    ...{ name: declaration.name, keySize: keyLayout.size, valueSize: valueLayout.size },
    ...(declaration.kind === "array" ? { values: table.values.memory.bytes } : {}),
    lookup: (key) => {
      const found = table.lookup(referenceTo(keyLayout, key));
      return found === null ? null : bytesOf(found);
    },
    update: (key, value, flags) =>
      table.update(referenceTo(keyLayout, key), referenceTo(valueLayout, value), Number(flags)),
    delete: (key) => table.delete(referenceTo(keyLayout, key)),
    visit: (visitor) => table.visit((key, value) => visitor(bytesOf(key), bytesOf(value))),
  };
}

function constantMap({ name, keySize, valueSize, contents }: MapSpec): InterpretedMap {
  const refuse = (): never => assert.fail(`${name} is constant`);
  return {
    name,
    keySize,
    valueSize,
    values: contents ?? new Uint8Array(),
    lookup: refuse,
    update: refuse,
    delete: refuse,
  };
}

function listTables(machine: Twin["machine"], declarations: readonly MapDeclaration[]): readonly string[] {
  return declarations
    .flatMap((declaration) => {
      const table = machine.openKeyed(declaration);
      return [...table.elements()].map(([key, element]) => {
        const value = bytesOf(table.values.reference(element));
        return `${declaration.name} ${hex(bytesOf(key))} = ${hex(value)}`;
      });
    })
    .sort();
}

function referenceTo(layout: AnyLayout, bytes: Uint8Array): AnyRef {
  return layout.reference(new Memory(bytes), 0);
}

function bytesOf({ $memory, $at, $layout }: AnyRef): Uint8Array {
  return $memory.bytes.subarray($at, $at + $layout.size);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
