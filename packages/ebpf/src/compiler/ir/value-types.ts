/**
 * Which types the operands and the result of each operation have.
 */
import type { Operation, Value, ValueType } from "./ir.ts";

/** What is wrong with the types of a value as the end of a sentence; `null` when they agree. */
export function typeFault(value: Value): string | null {
  const { op, type } = value;
  const result = resultTypes(op);
  if (!result.includes(type)) return `the result is ${type} and should be ${result.join(" or ")}`;
  return operandFault(op, type);
}

const ANY: readonly ValueType[] = ["int", "u64", "bool", "pointer"];

function resultTypes(op: Operation): readonly ValueType[] {
  switch (op.kind) {
    case "const":
    case "param":
    case "phi":
    case "fit":
    case "refine":
      return ANY;
    case "arith":
    case "convert":
      return ["int", "u64"];
    case "bits":
    case "imul":
    case "unsigned32":
    case "swap":
    case "distance":
      return ["int"];
    case "bits64":
    case "wrap64":
      return ["u64"];
    case "compare":
    case "not":
      return ["bool"];
    case "slotStart":
      return ["pointer", "none"];
    case "slotAddress":
    case "mapAddress":
    case "mapValueAddress":
    case "functionAddress":
    case "offset":
      return ["pointer"];
    case "load":
      return op.size === 8 ? ["u64", "pointer"] : ["int", "pointer"];
    case "store":
      return ["none"];
    case "atomic":
      return ["int", "u64", "none"];
    case "helper":
    case "invoke":
      return [...ANY, "none"];
  }
}

function operandFault(op: Operation, type: ValueType): string | null {
  switch (op.kind) {
    case "phi":
      return firstFault(op.inputs.map((input) => expect(input, [type])));
    case "arith":
      return firstFault([expect(op.left, [type]), expect(op.right, [type])]);
    case "bits":
    case "imul":
      return firstFault([expect(op.left, ["int"]), expect(op.right, ["int"])]);
    case "bits64": {
      const isShift = op.operator === "shl" || op.operator === "shr";
      return firstFault([expect(op.left, ["u64"]), expect(op.right, isShift ? ["u64", "int"] : ["u64"])]);
    }
    case "unsigned32":
    case "swap":
      return expect(op.value, ["int"]);
    case "wrap64":
      return expect(op.value, ["u64"]);
    case "convert":
      return expect(op.value, [type === "int" ? "u64" : "int"]);
    case "not":
      return expect(op.value, ["bool"]);
    case "fit":
      return expect(op.value, [type]);
    case "refine":
      return firstFault([expect(op.value, [type]), expect(op.other, [type])]);
    case "compare": {
      const isOrder = op.operator !== "==" && op.operator !== "!=";
      const comparable: readonly ValueType[] = isOrder ? ["int", "u64", "pointer"] : ANY;
      return firstFault([expect(op.left, comparable), expect(op.right, [op.left.type])]);
    }
    case "offset":
      return firstFault([expect(op.base, ["pointer"]), expect(op.amount, ["int"])]);
    case "distance":
      return firstFault([expect(op.from, ["pointer"]), expect(op.to, ["pointer"])]);
    case "load":
      return expect(op.base, ["pointer"]);
    case "store":
      return firstFault([expect(op.base, ["pointer"]), expect(op.value, ["int", "u64"])]);
    case "atomic": {
      const operand: readonly ValueType[] = ["int", "u64"];
      const expected = op.expected === null ? null : expect(op.expected, operand);
      return firstFault([expect(op.base, ["pointer"]), expect(op.value, operand), expected]);
    }
    case "helper":
    case "invoke":
      return firstFault(op.args.map((arg) => expect(arg, ANY)));
    default:
      return null;
  }
}

function expect(operand: Value, types: readonly ValueType[]): string | null {
  return types.includes(operand.type) ? null : `v${operand.id} is ${operand.type} and should be ${types.join(" or ")}`;
}

function firstFault(faults: readonly (string | null)[]): string | null {
  return faults.find((fault) => fault !== null) ?? null;
}
