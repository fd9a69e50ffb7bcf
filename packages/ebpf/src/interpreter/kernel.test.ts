/** The interpreter against the kernel's own execution of the same programs. */

import assert from "node:assert/strict";
import { isSystemError, programLoad, programTestRun } from "@weir/linux";
import { rootTest } from "@weir/linux/testing";
import fc from "fast-check";
import * as asm from "../object/index.ts";
import { xdpContext } from "./context-layouts.ts";
import { coreHelpers } from "./core-helpers.ts";
import { interpret } from "./interpret.ts";
import { PacketBuffer } from "./packet.ts";
import { prepareProgram } from "./program.ts";
import { PACKET_BYTES, randomProgram } from "./testing/random-program.ts";

interface Seen {
  readonly verdict: number;
  readonly packet: readonly number[];
}

function inKernel(program: readonly asm.Instruction[], packets: readonly Uint8Array[]): readonly Seen[] {
  const instructions = asm.encodeInstructions(program);
  using fd = programLoad({ type: "xdp", instructions, license: "Dual MIT/GPL", name: "compared" }).fd;
  return packets.map((data) => {
    const { returnValue, data: left } = programTestRun(fd, { data });
    return { verdict: returnValue, packet: [...left] };
  });
}

function inInterpreter(program: readonly asm.Instruction[], packets: readonly Uint8Array[]): readonly Seen[] {
  const prepared = prepareProgram(program);
  return packets.map((bytes) => {
    const packet = new PacketBuffer(bytes);
    const { r0 } = interpret(prepared, { maps: new Map(), helpers: coreHelpers }, xdpContext(packet));
    // The kernel's test run gives metadata back as if it were the packet's beginning.
    const left = packet.buffer.subarray(packet.metaStart, packet.end);
    return { verdict: Number(BigInt.asUintN(32, r0)), packet: [...left] };
  });
}

/** Bytes that make extreme numbers as often as ordinary ones. */
const packetBytes = fc
  .array(fc.oneof(fc.constantFrom(0, 0xff, 0x80, 0x7f, 1), fc.nat(255)), {
    minLength: PACKET_BYTES,
    maxLength: PACKET_BYTES,
  })
  .map((bytes) => Uint8Array.from(bytes));

function agree(isNew: boolean, numRuns: number): void {
  // A failure prints its seed and the smallest program that shows it.
  const packets = fc.array(packetBytes, { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(randomProgram(isNew), packets, (program, inputs) => {
      assert.deepEqual(inInterpreter(program, inputs), inKernel(program, inputs), asm.listInstructions(program));
    }),
    { numRuns },
  );
}

rootTest("200 random programs give the same packets here and in the kernel", () => agree(false, 200));

rootTest(
  "200 random programs with the instructions of Linux 6.6 give the same packets here and in the kernel",
  () => agree(true, 200),
  () => (hasNewInstructions() ? undefined : "this kernel lacks signed division and sign-extending moves (Linux 6.6)"),
);

function hasNewInstructions(): boolean {
  try {
    inKernel([asm.alu64Imm("mov", 0, 2), asm.moveSigned64(8, 0, 0), asm.exit()], []);
    return true;
  } catch (error) {
    if (isSystemError(error, "EINVAL")) return false;
    throw error;
  }
}

const ADJUST_HEAD = 44;
const ADJUST_META = 54;
const ADJUST_TAIL = 65;

rootTest("packets move as far here as in the kernel, and are refused alike", () => {
  const packets = [Uint8Array.from({ length: PACKET_BYTES }, (_, index) => index)];
  // Room behind a packet differs by driver, so that no growth beyond it is compared.
  const moves = [
    ...[-217, -216, -4, 0, 50, 51].map((delta) => ({ helper: ADJUST_HEAD, delta })),
    ...[-51, -50, 0, 4].map((delta) => ({ helper: ADJUST_TAIL, delta })),
    ...[-256, -252, -32, -6, 0, 4].map((delta) => ({ helper: ADJUST_META, delta })),
  ];
  for (const { helper, delta } of moves) {
    const program = [asm.alu64Imm("mov", 2, delta), asm.call(helper), asm.exit()];
    assert.deepEqual(inInterpreter(program, packets), inKernel(program, packets), `helper ${helper} by ${delta}`);
  }
});
