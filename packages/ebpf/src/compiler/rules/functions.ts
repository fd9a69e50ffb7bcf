/** E5xx, functions and loops. */
import { program, type Rule } from "./rule.ts";

const STEP = 'import { loop, type Ref } from "@weir/ebpf";\nconst Sum = struct({ size: 8, fields: { value: u64 } });';

/** A program that goes past many copies of 480 bytes, each of which takes 120 instructions, when the packet is too short. */
function manyCopies(count: number): string {
  const copies = Array.from({ length: count }, () => "  copy(to, from);").join("\n");
  return `import { array, copy, struct, u64, XDP_PASS, type Xdp } from "@weir/ebpf";

const Block = struct({ size: 480, fields: { words: array(u64, 60) } });

export function program(ctx: Xdp): number {
  const to = ctx.at(0, Block);
  const from = ctx.at(480, Block);
  if (to === null || from === null) return XDP_PASS; // refused
${copies}
  return 1;
}
`;
}

export const functionRules = {
  E501: {
    title: "Write loops, not recursion",
    why: "Functions are inlined, and the stack has 512 bytes.",
    accepted: program("head.ttl = half(head.ttl);", "function half(n: u8): u8 {\n  return n >> 1;\n}"),
    refused: program(
      "head.ttl = down(head.ttl);",
      "function down(n: u8): u8 {\n  return n === 0 ? 0 : down(n >> 1); // refused\n}",
    ),
  },
  E502: {
    title: "Give each parameter one argument",
    why: "There are no optional parameters in the functions of a packet program.",
    accepted: program("head.ttl = half(head.ttl);", "function half(n: u8): u8 {\n  return n >> 1;\n}"),
    refused: program("head.ttl = half(head.ttl, 1); // refused", "function half(n: u8): u8 {\n  return n >> 1;\n}"),
  },
  E503: {
    title: "Give a function of its own types that registers hold",
    why: "It is called with up to five registers and gives one back; a reference could not be proven by its caller.",
    accepted: program(
      "head.ttl = half(head.ttl);",
      'import { noinline } from "@weir/ebpf";\nconst half = noinline((n: u8): u8 => n >> 1);',
    ),
    refused: program(
      "head.ttl = half(head.ttl);",
      'import { noinline } from "@weir/ebpf";\nconst half = noinline((n): u8 => n & 1); // refused',
    ),
  },
  E504: {
    title: "Hand callbacks over by the name of a module-level function",
    why: "The kernel calls it by its address; it has no variables of the program around it.",
    accepted: program(
      "const sum = Sum.make({});\nloop(3, step, sum);\nhead.total = sum.value;",
      `${STEP}\nfunction step(index: u32, sum: Ref<typeof Sum>): 0 | 1 {\n  sum.value = u64wrap(sum.value + BigInt(index));\n  return 0;\n}`.replace(
        "loop, type",
        "loop, u64wrap, type",
      ),
    ),
    refused: program(
      "const sum = Sum.make({});\nloop(3, step, sum); // refused\nhead.total = sum.value;",
      `${STEP}\nfunction step(index: u32): 0 | 1 {\n  return index === 0 ? 0 : 1;\n}`,
    ),
  },
  E505: {
    title: "Call functions of the module, of the language and methods",
    why: "Anything else has no counterpart in the kernel.",
    accepted: program("head.ttl = Math.min(head.ttl, 8);"),
    refused: program("head.ttl = Math.sqrt(head.ttl); // refused"),
  },
  E506: {
    title: "Return a value on every way",
    why: "The kernel wants a result whichever way a function ends.",
    accepted: program(
      "head.ttl = half(head.ttl);",
      "function half(n: u8): u8 {\n  if (n > 3) return 3;\n  return n;\n}",
    ),
    refused: program("head.ttl = half(head.ttl);", "function half(n: u8): u8 { // refused\n  if (n > 3) return 3;\n}"),
  },
  E507: {
    title: "End every loop",
    why: "The kernel proves that a program ends before it runs it.",
    accepted: program("for (let i = 0; i < 4; i++) head.total = head.total >> 1n;"),
    refused: `import { type Xdp } from "@weir/ebpf";

export function program(ctx: Xdp): number { // refused
  for (;;) {
    if (ctx.rxQueueIndex === 3) continue;
  }
}
`,
  },
  E508: {
    title: "Keep functions shorter than a jump is wide",
    why: "A jump has 16 bits: it skips 32,767 instructions.",
    accepted: manyCopies(3),
    refused: manyCopies(280),
  },
} as const satisfies Record<`E5${number}`, Rule>;
