/**
 * Makes a run repeatable: a program that puts the packet back as it was and then tail-calls the one under test.
 *
 * The kernel's test run repeats a program on one buffer and restores nothing, so that a program which rewrites or encapsulates
 * would see its own output from the second run on: another flow, a TTL that runs out. The wrapper is the same for both rivals and
 * for the empty program, whose time is taken off.
 */
import {
  alu64Imm,
  alu64Reg,
  call,
  encodeInstructions,
  exit,
  FRAME_POINTER,
  type Instruction,
  type JumpCondition,
  jump,
  jumpImm,
  jumpReg,
  load,
  loadMapFd,
  SLOT_BYTES,
  storeImm,
} from "@weir/ebpf/object";
import { type FileDescriptor, mapCreate, mapUpdate } from "@weir/linux";
import type { Case } from "./cases.ts";
import { loadInstructions, type Maps } from "./rival.ts";

const MAP_DELETE_ELEM = 3;
const TAIL_CALL = 12;
const XDP_ADJUST_HEAD = 44;
/** Slot of the two instructions that return XDP_ABORTED; they stand in front, so that every jump to them is known. */
const ABORT = 1;

export interface Wrapper {
  readonly program: FileDescriptor;
  /** Puts a program behind the wrapper. */
  target(program: FileDescriptor): void;
  close(): void;
}

export function createWrapper(each: Case, maps: Maps): Wrapper {
  const targets = mapCreate({ type: "prog_array", name: "targets", keySize: 4, valueSize: 4, maxEntries: 1 });
  const program = loadInstructions("wrapper", instructionsFor(each, maps, targets));
  return {
    program,
    target: (next) => {
      mapUpdate(targets, new Uint8Array(4), new Uint8Array(Uint32Array.of(next.number).buffer));
    },
    close: () => {
      program.close();
      targets.close();
    },
  };
}

function instructionsFor({ packet, forgets }: Case, maps: Maps, targets: FileDescriptor): readonly Instruction[] {
  const code: Instruction[] = [jump(2), alu64Imm("mov", 0, 0), exit()];
  const here = (): number => encodeInstructions(code).length / SLOT_BYTES;
  const abortIf = (condition: JumpCondition, dst: number, src: number): void => {
    code.push(jumpReg(condition, dst, src, ABORT - here() - 1));
  };
  code.push(alu64Reg("mov", 6, 1));
  // What the last run put in front (or took away) is undone: r2 = (end - data) - length.
  code.push(load(4, 2, 6, 0), load(4, 3, 6, 4), alu64Reg("sub", 3, 2), alu64Imm("add", 3, -packet.length));
  code.push(jumpImm("eq", 3, 0, 5), alu64Reg("mov", 2, 3), alu64Reg("mov", 1, 6), call(XDP_ADJUST_HEAD));
  code.push(jumpImm("eq", 0, 0, 1), jump(ABORT - here() - 2));
  code.push(load(4, 2, 6, 0), load(4, 3, 6, 4), alu64Reg("mov", 4, 2), alu64Imm("add", 4, packet.length));
  abortIf("gt", 4, 3);
  code.push(...restore(packet));
  if (forgets !== null) code.push(...forget(forgets.key, maps.get(forgets.map)));
  code.push(alu64Reg("mov", 1, 6), loadMapFd(2, targets.number), alu64Imm("mov", 3, 0), call(TAIL_CALL));
  code.push(alu64Imm("mov", 0, 0), exit());
  return code;
}

/**
 * Writes the packet through r2. Two bytes first, then words: IPv4 lies at 14, so its fields are read back as they were written
 * and no processor has to stitch a load together from two stores that are still on their way.
 */
function restore(packet: Uint8Array): readonly Instruction[] {
  // Nothing under test changes bytes beyond the headers.
  const bytes = Buffer.from(packet.subarray(0, 62));
  const code: Instruction[] = [storeImm(2, 2, 0, bytes.readInt16LE(0))];
  for (let at = 2; at + 4 <= bytes.length; at += 4) code.push(storeImm(4, 2, at, bytes.readInt32LE(at)));
  return code;
}

function forget(key: Uint8Array, map: FileDescriptor | undefined): readonly Instruction[] {
  if (map === undefined) throw new Error("The case deletes from a map that the program does not have.");
  const words = Array.from({ length: key.length / 4 }, (_, i) => Buffer.from(key).readInt32LE(i * 4));
  return [
    ...words.map((word, i) => storeImm(4, FRAME_POINTER, i * 4 - key.length, word)),
    loadMapFd(1, map.number),
    alu64Reg("mov", 2, FRAME_POINTER),
    alu64Imm("add", 2, -key.length),
    call(MAP_DELETE_ELEM),
  ];
}
