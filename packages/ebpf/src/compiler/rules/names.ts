/**
 * E2xx, names and modules: what resolution refuses.
 *
 * E200-E203 modules, E204-E206 names, E207-E209 constants, E210 types, E211 programs.
 */
import { program, type Rule } from "./rule.ts";

const LIMIT_MODULE = "export const LIMIT = 1;\n";
const USE_LIMIT = "if (head.ttl <= LIMIT) return XDP_DROP;";

export const nameRules = {
  E200: {
    title: "Import modules that are there",
    why: "The compiler reads what it is handed; a path with a slip, or without .ts, leads nowhere.",
    accepted: { "main.ts": program(USE_LIMIT, 'import { LIMIT } from "./limit.ts";'), "limit.ts": LIMIT_MODULE },
    refused: {
      "main.ts": program(USE_LIMIT, 'import { LIMIT } from "./limits.ts"; // refused'),
      "limit.ts": LIMIT_MODULE,
    },
  },
  E201: {
    title: "Modules do not import each other in a circle",
    why: "In a circle some constant is used before it has a value, and which one depends on who was loaded first.",
    accepted: {
      "main.ts": program(USE_LIMIT, 'import { LIMIT } from "./limit.ts";'),
      "limit.ts": 'import { BASE } from "./base.ts";\nexport const LIMIT = BASE + 1;\n',
      "base.ts": "export const BASE = 1;\n",
    },
    refused: {
      "main.ts": program(USE_LIMIT, 'import { LIMIT } from "./limit.ts";'),
      "limit.ts": 'import { BASE } from "./base.ts";\nexport const LIMIT = BASE + 1;\n',
      "base.ts": 'import { LIMIT } from "./limit.ts"; // refused\nexport const BASE = LIMIT + 1;\n',
    },
  },
  E202: {
    title: "Import names that the module exports",
    why: "What is not exported is the module's own business.",
    accepted: { "main.ts": program(USE_LIMIT, 'import { LIMIT } from "./limit.ts";'), "limit.ts": LIMIT_MODULE },
    refused: {
      "main.ts": program(USE_LIMIT, 'import { LIMIT } from "./limit.ts"; // refused'),
      "limit.ts": "const LIMIT = 1;\n",
    },
  },
  E203: {
    title: "Declare a name once in a module",
    why: "Of two meanings one is dead, and a reader cannot know which.",
    accepted: { "main.ts": program(USE_LIMIT, 'import { LIMIT } from "./limit.ts";'), "limit.ts": LIMIT_MODULE },
    refused: {
      "main.ts": program(USE_LIMIT, 'import { LIMIT } from "./limit.ts";\nconst LIMIT = 2; // refused'),
      "limit.ts": LIMIT_MODULE,
    },
  },
  E204: {
    title: "Use names that are declared",
    why: "A packet program sees its parameters, its module's names and its imports, and nothing global but Math, BigInt and Number.",
    accepted: program("if (head.ttl <= LIMIT) return XDP_DROP;", "const LIMIT = 1;"),
    refused: program("if (head.ttl <= LIMITS) return XDP_DROP; // refused", "const LIMIT = 1;"),
  },
  E205: {
    title: "Use a name after its declaration",
    why: "Before it the name has no value: V8 throws, and the compiler has nothing to put there.",
    accepted: program("if (head.ttl <= LIMIT) return XDP_DROP;", "const BASE = 1;\nconst LIMIT = BASE + 1;"),
    refused: program("if (head.ttl <= LIMIT) return XDP_DROP;", "const LIMIT = BASE + 1; // refused\nconst BASE = 1;"),
  },
  E206: {
    title: "Assign to variables only",
    why: "A const has one value. What changes is a let, and what lasts is in a map or a cell.",
    accepted: program("let limit = 1;\nlimit = head.kind;\nif (head.ttl <= limit) return XDP_DROP;"),
    refused: program("const limit = 1;\nlimit = head.kind; // refused\nif (head.ttl <= limit) return XDP_DROP;"),
  },
  E207: {
    title: "A module constant can be computed while compiling",
    why: "No code runs when a program is loaded into the kernel.",
    accepted: program("if (head.ttl <= LIMIT) return XDP_DROP;", "const LIMIT = Math.floor(255 / 4) + (1 << 3);"),
    refused: program(
      "if (head.ttl <= LIMIT) return XDP_DROP;",
      "function limit(): u8 {\n  return 1;\n}\nconst LIMIT = limit(); // refused",
    ),
  },
  E208: {
    title: "Constant arithmetic stays exact",
    why: "Above 2^53 numbers skip integers, a fraction is no integer, and a u64 has 64 bits.",
    accepted: program("if (head.total > LIMIT) return XDP_DROP;", "const LIMIT = 1n << 60n;"),
    refused: program("if (head.total > LIMIT) return XDP_DROP;", "const LIMIT = 1n - 2n; // refused"),
  },
  E209: {
    title: "A declaration holds",
    why: "struct, table, config and the maps check what they are given, in the twin and here, by the same code.",
    accepted: program(
      "const pair = Pair.make({ a: head.ttl });\nif (pair.a === 1) return XDP_DROP;",
      "const Pair = struct({ size: 2, fields: { a: u8, b: u8 } });",
    ),
    refused: program(
      "const pair = Pair.make({ a: head.ttl });\nif (pair.a === 1) return XDP_DROP;",
      "const Pair = struct({ size: 3, fields: { a: u8, b: u8 } }); // refused",
    ),
  },
  E210: {
    title: "Use types that the compiler knows",
    why: "Integers bound values, references name layouts, contexts name program kinds; other types say nothing about a register.",
    accepted: program(
      "if (isData(head)) return XDP_DROP;",
      'import type { Ref } from "@weir/ebpf";\nfunction isData(h: Ref<typeof Head>): boolean {\n  return h.kind === 1;\n}',
    ),
    refused: program(
      "if (isData(head)) return XDP_DROP;",
      "interface Kinded {\n  readonly kind: u8;\n}\nfunction isData(h: Kinded): boolean { // refused\n  return h.kind === 1;\n}",
    ),
  },
  E211: {
    title: "The entry module exports a program",
    why: "A program is an exported function whose only parameter is a context; without one there is nothing to load.",
    accepted: program("if (head.ttl === 1) return XDP_DROP;"),
    refused: "const LIMIT = 1; // refused\n",
  },
} as const satisfies Record<`E2${number}`, Rule>;
