/**
 * Register allocation: machine code on virtual registers becomes machine code on the kernel's ten.
 *
 *     validate -> legalise -> live intervals -> hints -> linear scan -> frame -> rewrite -> verify
 */
import type { Flow } from "../machine/flow.ts";
import { item } from "../machine/item.ts";
import type { MachineFunction, MachineProgram } from "../machine/machine.ts";
import { validateMachine } from "../machine/validate.ts";
import type { AllocatedFunction, AllocatedProgram } from "./allocated.ts";
import { checkStackDepth } from "./call-stack.ts";
import { type FrameObject, layOutFrame } from "./frame.ts";
import { findHints } from "./hints.ts";
import type { IntVector } from "./int-vector.ts";
import { IN_MEMORY, NONE } from "./interval-table.ts";
import { type LegalCode, legalise } from "./legalise.ts";
import { linearScan } from "./linear-scan.ts";
import { findLiveIntervals, type LiveIntervals } from "./live-intervals.ts";
import { findLoops } from "./loops.ts";
import type { ConstantOperand } from "./placement.ts";
import { rewrite } from "./rewrite.ts";
import { findSlotLiveness } from "./slot-liveness.ts";
import { chooseSpillStore } from "./spill-stores.ts";
import { Stretches } from "./stretches.ts";
import { verifyAllocation } from "./verify-allocation.ts";

/**
 * @throws CompileError (E401) if the frames of a chain of calls exceed the kernel's 512 bytes
 * @throws Error if the machine code is not SSA (a bug of an earlier phase), or if the result computes something else (one of this phase)
 */
export function allocate(program: MachineProgram): AllocatedProgram {
  const flows = validateMachine(program);
  const functions = program.functions.map((fn, index) => allocateFunction(fn, item(flows, index)));
  functions.forEach((fn, index) => {
    verifyAllocation(fn, item(flows, index));
  });
  checkStackDepth(functions);
  return { functions };
}

/** One function, unchecked. */
export function allocateFunction(fn: MachineFunction, flow: Flow): AllocatedFunction {
  const code = legalise(fn, flow);
  const live = findLiveIntervals(fn, flow, code);
  const constants = findConstants(code);
  const hints = findHints(fn, flow, code, live);
  linearScan(flow, live, hints, findLoops(flow), (register) => constants.has(register));
  releaseUnreadConstants(live, constants);
  const spilled = findSpilled(live, constants);
  const frame = layOutFrame([
    ...findSlotLiveness(fn, flow, code, live).map((inUse, slot) => slotObject(fn, slot, inUse)),
    ...spillObjects(live, spilled, hints.web, fn.slots.length),
  ]);
  const slotOffsets = frame.offsets.slice(0, fn.slots.length);
  const spillOffsets = new Map(
    spilled.map((register, index) => [register, frame.offsets[fn.slots.length + index] ?? 0]),
  );
  const spillStores = new Map(spilled.map((register) => [register, chooseSpillStore(flow, live, register)]));
  return rewrite(fn, flow, code, { live, constants, spillOffsets, spillStores, slotOffsets }, frame.size);
}

function findConstants(code: LegalCode): ReadonlyMap<number, ConstantOperand> {
  const constants = new Map<number, ConstantOperand>();
  for (const { body } of code.blocks) {
    for (const { code: read } of body) {
      if (read.op === "move" && read.src.kind !== "register") constants.set(read.dst, read.src);
    }
  }
  return constants;
}

/** A constant held in a register that nobody reads there is better remade later. */
function releaseUnreadConstants(live: LiveIntervals, constants: ReadonlyMap<number, ConstantOperand>): void {
  const { table } = live;
  for (const register of constants.keys()) {
    const first = live.intervalOf.get(register);
    for (let part = first; part !== NONE; part = table.nextPart(part)) {
      // The definition is a use of the first part.
      const from = part === first ? table.start(part) + 1 : table.start(part);
      if (table.nextUse(part, from) >= table.end(part)) table.setLocation(part, IN_MEMORY);
    }
  }
}

/** Registers whose value is in memory for a part of its life, constants apart. */
function findSpilled(live: LiveIntervals, constants: ReadonlyMap<number, ConstantOperand>): readonly number[] {
  const { table } = live;
  const spilled: number[] = [];
  for (let register = 0; register < live.intervalOf.length; register++) {
    if (constants.has(register)) continue;
    for (let part = live.intervalOf.get(register); part !== NONE; part = table.nextPart(part)) {
      if (table.locationOf(part) !== IN_MEMORY) continue;
      spilled.push(register);
      break;
    }
  }
  return spilled;
}

function slotObject(fn: MachineFunction, slot: number, inUse: Stretches): FrameObject {
  const { size, align } = fn.slots[slot] ?? { size: 0, align: 1 };
  return { size, align, inUse, beside: null };
}

/** @param firstIndex where these objects begin among all of the frame */
function spillObjects(
  live: LiveIntervals,
  spilled: readonly number[],
  web: IntVector,
  firstIndex: number,
): FrameObject[] {
  const { table } = live;
  const lastOfWeb = new Map<number, number>();
  return spilled.map((register, index) => {
    const inUse = new Stretches();
    for (let part = live.intervalOf.get(register); part !== NONE; part = table.nextPart(part)) {
      for (let range = table.firstRange(part); range !== NONE; range = table.nextRange(range)) {
        inUse.add(table.rangeFrom(range), table.rangeTo(range));
      }
    }
    // Values that a phi passes on to each other need no move if they have the same slot.
    const beside = lastOfWeb.get(web.get(register)) ?? null;
    lastOfWeb.set(web.get(register), firstIndex + index);
    return { size: 8, align: 8, inUse, beside };
  });
}
