/**
 * One value of the intermediate form becomes the instructions that compute it: by the kind of its operation.
 */
import type { Value } from "../ir/ir.ts";
import { selectArithmetic, selectBits, selectBits64, selectLow, selectSwap, selectUnsigned } from "./arithmetic.ts";
import { selectBoolean } from "./boolean.ts";
import { selectCall } from "./call.ts";
import { selectAtomic, selectLoad, selectStore } from "./memory-access.ts";
import { selectDistance, selectOffset, showRounds } from "./pointer.ts";
import type { Selection } from "./selection.ts";

export function selectValue(s: Selection, value: Value): void {
  const { op, at } = value;
  switch (op.kind) {
    case "arith":
      selectArithmetic(s, value, op);
      return;
    case "bits":
      selectBits(s, value, op);
      return;
    case "imul":
      selectLow(s, value, s.writer.alu("mul", 32, s.operand(op.left), s.operand(op.right), at));
      return;
    case "unsigned32":
      selectUnsigned(s, value, op.value);
      return;
    case "swap":
      selectSwap(s, value, op);
      return;
    case "bits64":
      selectBits64(s, value, op);
      return;
    case "compare":
    case "not":
      if (s.storedBooleans.has(value)) selectBoolean(s, value);
      return;
    case "offset":
      selectOffset(s, value, op);
      return;
    case "distance":
      selectDistance(s, value, op);
      return;
    case "load":
      selectLoad(s, value, op);
      return;
    case "store":
      selectStore(s, value, op);
      return;
    case "atomic":
      selectAtomic(s, value, op);
      return;
    case "helper":
    case "invoke":
      selectCall(s, value, op);
      return;
    case "slotStart":
      s.writer.write({ op: "slotStart", slot: op.slot, at });
      return;
    case "mapValueAddress":
      // A 64-bit constant, needed in a register wherever memory is reached through it.
      s.writer.write({ op: "move", dst: s.registerOf(value), src: s.operand(value), at });
      return;
    case "param":
      showRounds(s, value);
      return;
    case "const":
    case "phi":
    case "wrap64":
    case "convert":
    case "fit":
    case "refine":
    case "slotAddress":
    case "mapAddress":
    case "functionAddress":
      return;
  }
}
