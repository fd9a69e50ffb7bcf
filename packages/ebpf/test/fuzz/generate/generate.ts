/**
 * Random packet programs: TypeScript that the compiler accepts, from a seed.
 *
 * The generator tracks what the compiler can prove (intervals, tested references, packets that have moved), so that nearly
 * everything it writes is accepted. Nothing in its programs depends on a clock, on chance, on the order of a hash, or on memory
 * that the kernel may already have given to somebody else.
 */
import { Random } from "../random.ts";
import { Body, type ContextKind } from "./body.ts";
import { addFunction } from "./function.ts";
import { isMapOfMaps, type MapModel } from "./map.ts";
import { type ConfigValues, ModuleModel } from "./module.ts";
import { finish, statements } from "./statement.ts";
import { braces, printText, type Text } from "./text.ts";

export interface GeneratedProgram {
  readonly seed: number;
  readonly kind: ContextKind;
  readonly text: readonly Text[];
  readonly config: ConfigValues;
  /** What is in the maps before the first packet. */
  readonly fills: readonly Fill[];
  /** Packets in the order in which they arrive, or arguments of a program that is run on demand. */
  readonly inputs: readonly Uint8Array[];
}

/** The name of the exported function. */
export const ENTRY = "main";

export function generateProgram(seed: number): GeneratedProgram {
  const random = new Random(seed);
  const kind = random.weighted([
    [14, "Xdp"],
    [3, "Skb"],
    [2, "Syscall"],
  ] as const);
  const module = new ModuleModel(random, kind);
  for (let count = random.below(3); count > 0; count--) addFunction(module, false);
  for (let count = random.below(3); count > 0; count--) addFunction(module, true);
  const body = generateMain(module);
  const context = kind === "Syscall" ? `Syscall<typeof ${module.args.name}>` : kind;
  const main = braces(`export function ${ENTRY}(ctx: ${context}): number {`, body);
  const count = random.between(3, 6);
  const inputs = Array.from({ length: count }, () =>
    kind === "Syscall" ? random.bytes(module.args.size) : generatePacket(random),
  );
  return {
    seed,
    kind,
    text: [IMPORTS, ...module.declarations, main],
    config: module.config,
    fills: module.maps.flatMap((map) => fillsOf(random, map)),
    inputs,
  };
}

export function printProgram(text: readonly Text[]): string {
  return printText(text);
}

function generateMain(module: ModuleModel): readonly Text[] {
  const { random, kind } = module;
  const body = new Body(module, {
    context: kind,
    result: { kind: "int", type: null },
    budget: random.between(10, 34),
    changesMaps: true,
    calls: true,
  });
  return body.block(() => {
    body.add(`let acc: u32 = ${random.below(1000)};`);
    body.declareInt({
      text: "acc",
      type: { name: "u32", low: 0n, high: 0xffffffffn },
      low: 0n,
      high: 0xffffffffn,
      tainted: true,
    });
    if (kind === "Syscall") {
      body.refs.push({ text: "ctx.args", layout: module.args, place: "args", shared: false, moves: 0, element: null });
    }
    statements(body);
    finish(body);
  });
}

/** An entry that is there before the first packet. */
export interface Fill {
  readonly map: string;
  readonly key: Uint8Array;
  /** `null` in a map of maps: a new inner map. */
  readonly value: Uint8Array | null;
}

/** Entries under some of the keys that programs use most. */
function fillsOf(random: Random, map: MapModel): readonly Fill[] {
  const { name, key, value, kind } = map;
  if (key === null) return [];
  return [0, 1, 2, 3].flatMap((first) => {
    if (random.chance(0.5)) return [];
    const bytes = new Uint8Array(key.size);
    bytes[0] = kind === "lpmTrie" ? random.pick([0, 8, 16, 32]) : first;
    if (kind === "lpmTrie") bytes[key.size - 4] = first;
    return [{ map: name, key: bytes, value: isMapOfMaps(map) ? null : random.bytes(value.size) }];
  });
}

/**
 * A packet that the kernel's test run takes: not shorter than an Ethernet header, and one that
 * says IP has an IP header behind it, so none says it.
 */
function generatePacket(random: Random): Uint8Array {
  const packet = random.bytes(random.chance(0.2) ? random.between(14, 30) : random.between(14, 200));
  const type = ((packet[12] ?? 0) << 8) | (packet[13] ?? 0);
  if (type === ETH_P_IP || type === ETH_P_IPV6) packet[12] = 0;
  return packet;
}

const ETH_P_IP = 0x0800;
const ETH_P_IPV6 = 0x86dd;

const NAMES = [
  ...["array", "arrayOfMaps", "atomicAdd", "atomicAnd", "atomicCompareExchange", "atomicExchange", "atomicFetchAdd"],
  ...[
    "atomicOr",
    "atomicXor",
    "BPF_ANY",
    "BPF_EXIST",
    "BPF_NOEXIST",
    "bytes",
    "cell",
    "config",
    "copy",
    "cpuId",
    "equal",
  ],
  ...[
    "hash",
    "hashOfMaps",
    "i16",
    "i32",
    "i8",
    "type int",
    "ktimeNs",
    "loop",
    "lpmTrie",
    "lruHash",
    "noinline",
    "percpuArray",
  ],
  ...[
    "percpuHash",
    "queue",
    "randomU32",
    "raw16",
    "raw32",
    "redirect",
    "type Ref",
    "type RefOf",
    "type Skb",
    "stack",
    "struct",
    "swap16",
  ],
  ...["swap32", "type Syscall", "table", "u16", "u32", "u64", "u64wrap", "u8", "type Xdp"],
] as const;

const IMPORTS = `import { ${NAMES.join(", ")} } from "@weir/ebpf";`;
