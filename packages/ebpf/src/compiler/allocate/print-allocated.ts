/**
 * Allocated code as text, in the notation of the kernel's verifier log: `w` is the low half of a register.
 *
 * ```
 * program: 16 bytes of stack
 * 0:
 *   r6 = r1
 *   r2 = r10 - 8
 *   r1 = &map flows
 *   call map_lookup_elem
 *   if r0 == 0 goto 2 else 1
 * ```
 */
import type { Condition } from "../machine/machine.ts";
import type {
  AllocatedEnd,
  AllocatedFunction,
  AllocatedInstruction,
  AllocatedProgram,
  Constant,
  Source,
} from "./allocated.ts";

export function printAllocated(program: AllocatedProgram): string {
  return program.functions.map(printAllocatedFunction).join("\n");
}

export function printAllocatedFunction(fn: AllocatedFunction): string {
  const blocks = fn.blocks.map((block, place) => {
    const { origin } = block;
    const title = origin.kind === "edge" ? `${place}: (from block ${origin.from} to block ${origin.to})` : `${place}:`;
    const lines = [...block.body.map(printAllocatedInstruction), printAllocatedEnd(block.end)];
    return `${title}\n${lines.map((line) => `  ${line}\n`).join("")}`;
  });
  return `${fn.name}: ${fn.frameSize} bytes of stack\n${blocks.join("")}`;
}

const SYMBOLS = {
  add: "+=",
  sub: "-=",
  mul: "*=",
  div: "/=",
  mod: "%=",
  and: "&=",
  or: "|=",
  xor: "^=",
  lsh: "<<=",
  rsh: ">>=",
  arsh: "s>>=",
} as const;

const CONDITIONS: Readonly<Record<Condition, string>> = {
  "==": "==",
  "!=": "!=",
  "u<": "<",
  "u<=": "<=",
  "u>": ">",
  "u>=": ">=",
  "s<": "s<",
  "s<=": "s<=",
  "s>": "s>",
  "s>=": "s>=",
  "&": "&",
};

export function printAllocatedInstruction(instruction: AllocatedInstruction): string {
  switch (instruction.op) {
    case "copy":
      return `r${instruction.dst} = r${instruction.src}`;
    case "constant":
      return `r${instruction.dst} = ${printConstant(instruction.value)}`;
    case "frameAddress":
      return `r${instruction.dst} = r10${signed(instruction.offset)}`;
    case "alu": {
      const { dst, operator, width, right } = instruction;
      return `${name(dst, width)} ${SYMBOLS[operator]} ${printSource(right, width)}`;
    }
    case "unary":
      return `r${instruction.dst} = ${instruction.operator} r${instruction.dst}`;
    case "zero32":
      return `w${instruction.dst} = w${instruction.src}`;
    case "load":
      return `r${instruction.dst} = ${memory(instruction)}`;
    case "store":
      return `${memory(instruction)} = ${printSource(instruction.src, 64)}`;
    case "atomic": {
      const fetch = instruction.fetch ? "fetch " : "";
      return `lock ${fetch}${instruction.operator} ${memory(instruction)}, r${instruction.src}`;
    }
    case "call":
      return `call ${instruction.callee.name}`;
    case "slotStart":
      return `; slot${instruction.slot} begins`;
  }
}

export function printAllocatedEnd(end: AllocatedEnd): string {
  switch (end.op) {
    case "jump":
      return `goto ${end.target}`;
    case "branch": {
      const test = `${name(end.left, end.width)} ${CONDITIONS[end.condition]} ${printSource(end.right, end.width)}`;
      return `if ${test} goto ${end.ifTrue} else ${end.ifFalse}`;
    }
    case "return":
      return "exit";
  }
}

function printConstant(constant: Constant): string {
  switch (constant.kind) {
    case "immediate":
      return String(constant.value);
    case "map":
      return `&map ${constant.map}`;
    case "mapValue":
      return `&value of ${constant.map}${signed(constant.offset)}`;
    case "function":
      return `&function ${constant.name}`;
  }
}

function printSource(source: Source, width: 32 | 64): string {
  return source.kind === "immediate" ? String(source.value) : name(source.register, width);
}

function name(register: number, width: 32 | 64): string {
  return `${width === 32 ? "w" : "r"}${register}`;
}

function memory(access: { readonly size: number; readonly base: number; readonly offset: number }): string {
  return `*(u${access.size * 8} *)(r${access.base}${signed(access.offset)})`;
}

function signed(offset: number): string {
  return offset < 0 ? ` - ${-offset}` : ` + ${offset}`;
}
