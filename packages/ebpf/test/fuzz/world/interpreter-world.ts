/**
 * The compiled instructions, in the interpreter; its maps are the twin's tables.
 */
import type { Compiled } from "../../../src/compiler/index.ts";
import {
  coreHelpers,
  type EntryContext,
  type InterpretedHelper,
  type InterpreterMachine,
  interpret,
  PacketBuffer,
  prepareProgram,
  type SocketBufferFields,
  socketBufferContext,
  XDP_HEADROOM,
  xdpContext,
} from "../../../src/interpreter/index.ts";
import { relocate } from "../../../src/loader/relocate.ts";
import { TwinMachine } from "../../../src/twin/machine.ts";
import { packetHelpers } from "./packet-helpers.ts";
import { Tables } from "./tables.ts";
import { type Fill, hex, type Outcome, type Runnable, TEST_RUN_IFINDEX, type World } from "./world.ts";

/** From the start of the packet's headroom, less what the kernel keeps there, to the end of the page's usable part. */
const XDP_ROOM = 4096 - 320 - 40;

export function interpreterWorld(compiled: Compiled, { kind }: Runnable, fills: readonly Fill[]): World {
  const [spec] = compiled.programs;
  if (spec === undefined) throw new Error("There is no program to run.");
  const tables = new Tables(new TwinMachine(), compiled.declarations);
  tables.fill(fills);
  const numbers = new Map(compiled.maps.map((map, index) => [map.name, index]));
  const program = prepareProgram(relocate(spec, numbers));
  const machine: InterpreterMachine = { maps: openMaps(compiled, tables), helpers: HELPERS };
  const run = (context: EntryContext): number => Number(BigInt.asUintN(32, interpret(program, machine, context).r0));
  return { run: (input) => runOn(kind, input, run), contents: () => tables.contents() };
}

const HELPERS: ReadonlyMap<number, InterpretedHelper> = new Map([...coreHelpers, ...packetHelpers]);

function openMaps({ maps, declarations }: Compiled, tables: Tables): InterpreterMachine["maps"] {
  return new Map(
    maps.map(({ name, keySize, valueSize, contents }, index) => {
      if (contents !== null) return [index, constantMap(name, keySize, valueSize, contents)];
      const declaration = declarations.find((candidate) => candidate.name === name);
      if (declaration === undefined) throw new Error(`Map ${name} has no declaration.`);
      return [index, tables.map(declaration)];
    }),
  );
}

/** A constant table. */
function constantMap(name: string, keySize: number, valueSize: number, values: Uint8Array) {
  const refuse = (): never => {
    throw new Error(`${name} is constant.`);
  };
  return { name, keySize, valueSize, values, lookup: refuse, update: refuse, delete: refuse };
}

function runOn(kind: Runnable["kind"], input: Uint8Array, run: (context: EntryContext) => number): Outcome {
  switch (kind) {
    case "Xdp": {
      const packet = new PacketBuffer(input, XDP_HEADROOM, XDP_ROOM - XDP_HEADROOM - input.length);
      const verdict = run(xdpContext(packet, { ingressIfindex: TEST_RUN_IFINDEX }));
      return { verdict, bytes: hex(packet.bytes) };
    }
    case "Skb": {
      const packet = new PacketBuffer(input);
      const fields: SocketBufferFields = { ifindex: TEST_RUN_IFINDEX };
      const verdict = run(socketBufferContext(packet, fields));
      return { verdict, bytes: hex(packet.bytes), mark: fields.mark ?? 0, priority: fields.priority ?? 0 };
    }
    case "Syscall": {
      const bytes = Uint8Array.from(input);
      const verdict = run(bytes);
      return { verdict, bytes: hex(bytes) };
    }
  }
}
