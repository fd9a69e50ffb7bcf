/**
 * Instruction selection: from exact integers to eBPF operations on virtual registers.
 *
 * Here and only here it is decided how wide an operation is and whether a sign is extended.
 */
import type { Block, IrFunction, IrProgram, OperationOf, Value } from "../ir/ir.ts";
import type { MachineFunction, MachineProgram, Operand, VirtualRegister } from "../machine/machine.ts";
import { removeDeadCode } from "./dead-code.ts";
import { rootOf } from "./demand.ts";
import { selectEnd } from "./end.ts";
import { orderForSelection } from "./order.ts";
import { Selection } from "./selection.ts";
import { selectValue } from "./value.ts";

export function select(program: IrProgram): MachineProgram {
  return { functions: program.functions.map(selectFunction) };
}

function selectFunction(fn: IrFunction): MachineFunction {
  const s = new Selection(fn);
  const cold = coldBlocks(fn);
  const phis: { readonly block: Block; readonly value: Value; readonly sources: Map<number, Operand> }[] = [];
  for (const block of orderForSelection(fn)) {
    s.writer.open(block.id, cold.has(block));
    for (const value of block.phis) {
      const sources = new Map<number, Operand>();
      s.writer.block.phis.push({ dst: s.registerOf(value), sources });
      phis.push({ block, value, sources });
    }
    for (const value of block.body) selectValue(s, value);
    selectEnd(s, block);
  }
  // Inputs come last: those of a loop are computed after its head.
  for (const { block, value, sources } of phis) {
    inputsOf(value).forEach((input, index) => {
      const pred = block.preds[index];
      if (pred === undefined) throw new Error(`v${value.id} has more inputs than block ${block.id} has predecessors`);
      sources.set(s.lastBlockOf(pred), s.operand(input));
    });
  }
  return removeDeadCode(s.writer.finish(fn, params(s, fn)));
}

function inputsOf(value: Value): readonly Value[] {
  if (value.op.kind !== "phi") throw new Error(`v${value.id} is no phi`);
  return value.op.inputs;
}

/** A block is cold when it is said to be, or can only be reached from cold ones. */
function coldBlocks(fn: IrFunction): ReadonlySet<Block> {
  const cold = new Set<Block>();
  for (const block of fn.blocks) {
    if (block.cold || (block.preds.length > 0 && block.preds.every((pred) => cold.has(pred)))) cold.add(block);
  }
  return cold;
}

function params(s: Selection, fn: IrFunction): readonly (VirtualRegister | null)[] {
  const registers: (VirtualRegister | null)[] = Array.from({ length: fn.paramCount }, () => null);
  for (const value of fn.blocks[0]?.body ?? []) {
    if (value.op.kind === "param") registers[(value.op as OperationOf<"param">).index] = s.registerOf(rootOf(value));
  }
  return registers;
}
