/** E4xx, memory: references, layouts, tables and the stack. */
import { program, type Rule } from "./rule.ts";

const COUNTERS =
  'import { array, atomicAdd, percpuArray } from "@weir/ebpf";\nconst Counter = struct({ size: 8, fields: { packets: u64 } });';
const BIG = (name: string): string =>
  `const ${name} = Big.make({ first: head.count });\nhead.count = ${name}.words.get(head.kind & 31);`;

export const memoryRules = {
  E401: {
    title: "Keep the stack of a call chain within 512 bytes",
    why: "The kernel gives no more, callers and callees together.",
    accepted: program(
      BIG("one"),
      'import { array } from "@weir/ebpf";\nconst Big = struct({ size: 260, fields: { first: u32, words: array(u32, 64) } });',
    ),
    refused: `import { array, struct, u32, XDP_PASS, type Xdp } from "@weir/ebpf";

const Big = struct({ size: 520, fields: { first: u32, words: array(u32, 129) } });

export function program(ctx: Xdp): number { // refused
  const big = Big.make({ first: ctx.rxQueueIndex });
  return big.words.get(big.first & 127) === 0 ? XDP_PASS : 1;
}
`,
  },
  E402: {
    title: "Test a reference before using it",
    why: "A null reference has no bytes: V8 throws, and the kernel refuses the program.",
    accepted: program("const next = ctx.at(16, Head);\nif (next === null) return XDP_PASS;\nhead.ttl = next.ttl;"),
    refused: program("const next = ctx.at(16, Head);\nhead.ttl = next.ttl; // refused"),
  },
  E403: {
    title: "Take references again after the packet has moved",
    why: "A helper that moves the packet leaves old references pointing to where it was.",
    accepted: program(
      "if (ctx.adjustHead(-4) !== 0) return XDP_DROP;\nconst moved = ctx.at(4, Head);\nif (moved === null) return XDP_DROP;\nif (moved.kind === 0) return XDP_DROP;\nreturn XDP_PASS;\n}\nexport function other(ctx: Xdp): number {\n  const head = ctx.at(0, Head);\n  if (head === null) return XDP_PASS;",
    ),
    refused: program("if (ctx.adjustHead(-4) !== 0) return XDP_DROP;\nhead.ttl = 1; // refused"),
  },
  E404: {
    title: "Change shared values by atomics",
    why: "Two CPUs that read, add and write back lose one of the two updates. V8 has one thread and would never show it.",
    accepted: program(
      'const counter = counters.lookup(0);\nif (counter !== null) atomicAdd(counter, "packets", 1n);',
      `${COUNTERS}\nconst counters = array("counters", { value: Counter, maxEntries: 4 });`,
    ),
    refused: program(
      "const counter = counters.lookup(0);\nif (counter !== null) counter.packets += 1n; // refused",
      `${COUNTERS}\nconst counters = array("counters", { value: Counter, maxEntries: 4 });`,
    ),
  },
  E405: {
    title: "Keep what is read of a packet within its first 65,535 bytes",
    why: "The verifier forgets a pointer that may lie farther away.",
    accepted: program("const next = ctx.at(head.port & 0x7fff, Head);\nif (next === null) return XDP_PASS;"),
    refused: program("const next = ctx.at(head.port, Head); // refused\nif (next === null) return XDP_PASS;"),
  },
  E406: {
    title: "Use the fields that are declared",
    why: "A layout is declared once, and everything is made from it.",
    accepted: program("head.ttl = 3;"),
    refused: program("head.hops = 3; // refused"),
  },
  E407: {
    title: "Reach variable places in a packet by ctx.at",
    why: "The verifier's proof covers constant distances from a tested pointer; a variable one needs a test of its own.",
    accepted: program(
      "const one = ctx.at(head.kind & 7, Byte);\nif (one === null) return XDP_PASS;\nhead.ttl = one.value;",
      "const Byte = struct({ size: 1, fields: { value: u8 } });",
    ),
    refused: program(
      "const all = ctx.at(0, Bytes);\nif (all === null) return XDP_PASS;\nhead.ttl = all.octets.get(head.kind & 7); // refused",
      'import { bytes } from "@weir/ebpf";\nconst Bytes = struct({ size: 8, fields: { octets: bytes(8) } });',
    ),
  },
  E408: {
    title: "Use atomics on u32 and u64 fields of tables",
    why: "The kernel's atomics work on 4 and 8 bytes in host order, and not on packets.",
    accepted: program(
      'const counter = counters.lookup(0);\nif (counter !== null) atomicAdd(counter, "packets", 1n);',
      `${COUNTERS}\nconst counters = array("counters", { value: Counter, maxEntries: 4 });`,
    ),
    refused: program('atomicAdd(head, "port", 1); // refused', 'import { atomicAdd } from "@weir/ebpf";'),
  },
  E409: {
    title: "Pass references to the layout that is wanted",
    why: "A layout is known by its declaration: two that look alike today may differ tomorrow.",
    accepted: program(
      "const saved = Head.make({ kind: 1 });\ncopy(saved, head);\nhead.ttl = saved.kind;",
      'import { copy } from "@weir/ebpf";',
    ),
    refused: program(
      "const saved = Other.make({ total: 1n });\ncopy(saved, head); // refused\nhead.total = saved.total;",
      'import { copy } from "@weir/ebpf";\nconst Other = struct({ size: 16, fields: { total: u64, rest: u64 } });',
    ),
  },
  E410: {
    title: "Carry through a loop only references to memory that outlives the round",
    why: "An instance made in a loop is one place on the stack, made anew in each round; in V8 it would be another object each time.",
    accepted: program(
      "let found = Head.make({ kind: 1 });\nconst other = Head.make({ kind: 2 });\nif (head.ttl > 3) found = other;\nhead.kind = found.kind;",
    ),
    refused: program(
      "let last = Head.make({ kind: 1 });\nfor (let i = 0; i < 3; i++) { // refused\n  last = Head.make({ kind: last.kind & 7 });\n}\nhead.kind = last.kind;",
    ),
  },
  E411: {
    title: "Assign to variables declared with let, and to fields",
    why: "Constants and read-only fields of the context do not change.",
    accepted: program("let ttl = head.ttl;\nif (ttl > 8) ttl = 8;\nhead.ttl = ttl;"),
    refused: program("ctx.ingressIfindex = 3; // refused"),
  },
} as const satisfies Record<`E4${number}`, Rule>;
