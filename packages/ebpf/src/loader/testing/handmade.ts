/**
 * Programs the compiler would never make, for tests of what the verifier says about them.
 */
import {
  type CollectionSpec,
  createBtfBuilder,
  type Instruction,
  type MapSpec,
  type ProgramSpec,
} from "../../object/index.ts";

const XDP = 6;
const ARRAY = 2;

/** One instruction and the source line it is said to come from. */
export type Line = readonly [text: string, ...instructions: readonly Instruction[]];

/**
 * A collection with one XDP program made of lines of "made.ts", numbered from 1.
 *
 * Every 64-bit immediate load that marks a map's address becomes that of the array "numbers": four elements of eight bytes.
 */
export function handmade(name: string, lines: readonly Line[]): CollectionSpec {
  const btf = createBtfBuilder();
  const int = btf.int("int", 4, "signed");
  const u64 = btf.int("u64", 8, "unsigned");
  const prototype = btf.functionPrototype(int, [{ name: "ctx", type: btf.pointer(btf.forward("xdp_md")) }]);
  const numbers: MapSpec = {
    ...{ name: "numbers", type: ARRAY, keySize: 4, valueSize: 8, maxEntries: 4, flags: 0 },
    ...{ types: { key: int, value: u64 }, inner: null, contents: null },
  };
  const instructions = lines.flatMap(([, ...made]) => made);
  const starts = lines.map((_, index) => lines.slice(0, index).reduce((sum, line) => sum + line.length - 1, 0));
  const program: ProgramSpec = {
    ...{ name, kind: "Xdp", type: XDP, expectedAttachType: 37, flags: 0, license: "Dual MIT/GPL", instructions },
    relocations: instructions.flatMap(({ imm }, instruction) =>
      typeof imm === "bigint" ? [{ instruction, kind: "map" as const, map: numbers.name, offset: 0 }] : [],
    ),
    functions: [{ name, instruction: 0, type: btf.function(name, prototype, "global"), frameSize: 0 }],
    lines: lines.map(([text], index) => ({
      ...{ instruction: starts[index] ?? 0, file: "made.ts", text, line: index + 1, column: 1 },
    })),
    maps: [numbers.name],
  };
  const strings = new Map(["made.ts", ...lines.map(([text]) => text)].map((text) => [text, btf.string(text)]));
  return { programs: [program], maps: [numbers], btf: btf.encode(), strings };
}
