/** E3xx, integers: intervals, u64 and the conversions between them. */
import { program, type Rule } from "./rule.ts";

export const integerRules = {
  E301: {
    title: "Keep results of + - * within ±2^53",
    why: "Beyond it V8's numbers round, and the kernel's do not: the two worlds would part.",
    accepted: program("const area = head.count * head.port;\nif (area > 9) return XDP_DROP;"),
    refused: program("const area = head.count * head.count; // refused\nif (area > 9) return XDP_DROP;"),
  },
  E302: {
    title: "Store only what fits the declared type",
    why: "The type is what every later proof stands on: an index, a divisor, a packet offset.",
    accepted: program("const next: u8 = (head.ttl + 1) & 0xff;\nhead.ttl = next;"),
    refused: program("const next: u8 = head.ttl + 1; // refused\nhead.ttl = next;"),
  },
  E303: {
    title: "Divide numbers by Math.floor(a / b) or (a / b) >>> 0",
    why: "A bare '/' gives a fraction in V8, and there are no fractions in the kernel.",
    accepted: program("const half = Math.floor(head.count / 2);\nhead.port = half;"),
    refused: program("const half = head.count / 2; // refused\nhead.port = half;"),
  },
  E304: {
    title: "Prove the dividend not negative and the divisor at least 1",
    why: "Division by zero gives NaN in V8 and 0 in the kernel, and the kernel divides unsigned numbers only.",
    accepted: program("if (head.ttl === 0) return XDP_DROP;\nhead.count = head.port % Math.max(head.ttl, 1);"),
    refused: program("head.count = head.port % head.ttl; // refused"),
  },
  E305: {
    title: "Wrap a u64 before it is compared, divided, shifted right or masked",
    why: "A bigint grows beyond 64 bits where a register wraps around.",
    accepted: program(
      "const sum = u64wrap(head.total + head.total);\nif (sum > 9n) return XDP_DROP;",
      'import { u64wrap } from "@weir/ebpf";',
    ),
    refused: program("const sum = head.total + head.total;\nif (sum > 9n) return XDP_DROP; // refused"),
  },
  E306: {
    title: "Convert only what both types hold",
    why: "Number(x) rounds above 2^53, and a negative number has no u64.",
    accepted: program("const low = Number(head.total & 0xffffn);\nhead.port = low;"),
    refused: program("const low = Number(head.total); // refused\nhead.port = low & 0xffff;"),
  },
  E307: {
    title: "Give both sides one type",
    why: "JavaScript throws when a number meets a bigint.",
    accepted: program("const sum = head.total + BigInt(head.count);\nhead.total = sum;"),
    refused: program("const sum = head.total + head.count; // refused\nhead.total = sum;"),
  },
  E308: {
    title: "Conditions are booleans",
    why: "Which numbers count as true is for the reader to see, not to remember.",
    accepted: program("if (head.count !== 0) return XDP_DROP;"),
    refused: program("if (head.count) return XDP_DROP; // refused"),
  },
  E309: {
    title: "Prove an index inside its vector or table",
    why: "Beyond it V8 throws and the kernel refuses the program.",
    accepted: program(
      "head.ttl = STEPS.at(head.kind & 3);",
      'import { table } from "@weir/ebpf";\nconst STEPS = table(u8, [4, 3, 2, 1]);',
    ),
    refused: program(
      "head.ttl = STEPS.at(head.kind); // refused",
      'import { table } from "@weir/ebpf";\nconst STEPS = table(u8, [4, 3, 2, 1]);',
    ),
  },
  E310: {
    title: "Use operators on what they are defined for",
    why: "Each has one meaning in both worlds, and only on some types.",
    accepted: program("const high = head.total >> 32n;\nhead.total = high;"),
    refused: program("const high = head.total >>> 32n; // refused\nhead.total = high;"),
  },
} as const satisfies Record<`E3${number}`, Rule>;
