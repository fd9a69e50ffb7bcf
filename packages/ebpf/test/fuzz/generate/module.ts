/**
 * A module while it is generated: its declarations, and what functions may use of them.
 */
import type { MapKind } from "../../../src/language/map/declaration.ts";
import type { Random } from "../random.ts";
import type { ContextKind } from "./body.ts";
import { constant, type Integer } from "./expression.ts";
import type { FunctionModel } from "./function.ts";
import { ofField } from "./integer.ts";
import { declareLayout, fixedLayout, generateLayout, integerField, type LayoutModel } from "./layout.ts";
import { declareMap, MapGenerator, type MapModel, type TableModel } from "./map.ts";
import type { Text } from "./text.ts";

export type ConfigValues = Readonly<Record<string, number | bigint | boolean>>;

export class ModuleModel {
  readonly random: Random;
  readonly kind: ContextKind;
  /** In the order of the text. */
  readonly declarations: Text[] = [];
  /** Layouts that packets, instances and values have. */
  readonly layouts: readonly LayoutModel[];
  /** The layout that loops and visits carry their state in. */
  readonly state: LayoutModel;
  /** Arguments of a program that is run on demand. */
  readonly args: LayoutModel;
  readonly keys: readonly LayoutModel[];
  readonly prefix: LayoutModel;
  readonly maps: readonly MapModel[];
  readonly tables: readonly TableModel[];
  /** Named constants and numbers of the configuration. */
  readonly constants: Integer[] = [];
  /** Booleans of the configuration. */
  readonly flags: string[] = [];
  /** What the compiler and the twin are given in place of defaults. */
  readonly config: ConfigValues;
  readonly functions: FunctionModel[] = [];
  /** Lines that inlining may still add. */
  inlineBudget = 60;
  /** Counts statements that change maps, so that functions know whether they hold any. */
  mapChanges = 0;
  /** Counts loops and calls of functions that have any, for the same reason. */
  repetitions = 0;
  #names = 0;

  constructor(random: Random, kind: ContextKind) {
    this.random = random;
    this.kind = kind;
    const inner = generateLayout(random, "Inner", "host", []);
    const host = [generateLayout(random, "HostA", "host", [inner]), generateLayout(random, "HostB", "host", [])];
    const wire = [generateLayout(random, "NetA", "network", []), generateLayout(random, "NetB", "network", [])];
    this.layouts = [inner, ...host, ...wire];
    this.args = generateLayout(random, "Args", "host", [inner]);
    this.state = fixedLayout("State", [
      ["total", "u64"],
      ["sum", "u32"],
      ["mix", "u32"],
      ["count", "u16"],
      ["flag", "u8"],
    ]);
    const generator = new MapGenerator(random, [inner, ...host]);
    this.keys = generator.keys;
    this.prefix = generator.prefix;
    this.declarations.push(...[...this.layouts, this.args, this.state, ...this.keys, this.prefix].map(declareLayout));
    this.maps = this.#generateMaps(generator);
    this.tables = this.#generateTables();
    this.config = this.#generateConfig();
  }

  fresh(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  #generateMaps(generator: MapGenerator): readonly MapModel[] {
    const { random } = this;
    const kinds: readonly MapKind[] = random
      .shuffled<MapKind>([
        ...(["array", "hash", "hash", "percpuArray", "percpuHash", "lruHash", "queue", "stack"] as const),
        ...(["arrayOfMaps", "hashOfMaps"] as const),
        // Sleepable programs have no tries.
        ...(this.kind === "Syscall" ? [] : (["lpmTrie"] as const)),
      ])
      .slice(0, random.between(2, 4));
    const maps = kinds.map((kind, index) => generator.generate(`m${index}`, kind));
    if (random.chance(0.5)) maps.push(generator.cell("total"));
    this.declarations.push(...maps.flatMap(declareMap));
    return maps;
  }

  #generateTables(): readonly TableModel[] {
    const { random } = this;
    const tables: TableModel[] = [];
    for (let count = random.below(3); count > 0; count--) {
      const type = random.pick(["u8", "u16", "u32", "i8", "i16", "i32", "u64"]);
      const field = integerField("", type);
      const length = random.pick([2, 4, 5, 16]);
      const name = this.fresh("table");
      const bounds = ofField(field, false);
      const values = Array.from({ length }, () => this.#valueWithin(bounds.low, bounds.high));
      const is64 = field.bits === 64;
      const list = values.map((value) => `${value}${is64 ? "n" : ""}`).join(", ");
      this.declarations.push(`const ${name} = table(${type}, [${list}]);`);
      tables.push({ name, length, element: { ...bounds, text: "" }, is64 });
    }
    return tables;
  }

  #valueWithin(low: bigint, high: bigint): bigint {
    const { random } = this;
    const any = low + (BigInt(random.word()) * (high - low)) / 0xffffffffn;
    return random.pick([low, high, 0n, 1n, any, any]);
  }

  #generateConfig(): ConfigValues {
    const { random } = this;
    const limit = this.fresh("LIMIT");
    const value = BigInt(random.below(300));
    this.declarations.push(`const ${limit} = ${value} + (1 << 3);`);
    this.constants.push({ ...constant(value + 8n), text: limit });
    if (random.chance(0.4)) return {};
    this.declarations.push("export const cfg = config({ on: true, off: false, hops: 3, mask: 0xff00n });");
    this.flags.push("cfg.on", "cfg.off");
    const hops = random.chance(0.5) ? 3 : random.below(100);
    this.constants.push({ ...constant(BigInt(hops)), text: "cfg.hops" });
    return { hops, on: random.chance(0.5), off: random.chance(0.5) };
  }
}
