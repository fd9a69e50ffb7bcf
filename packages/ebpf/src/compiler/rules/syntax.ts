/**
 * E1xx, syntax: what the parser refuses, because the text alone tells that it is outside the subset.
 *
 * E100-E109 modules and functions, E110-E119 types, E120-E129 statements, E130-E149 expressions.
 */
import { program, type Rule } from "./rule.ts";

export const syntaxRules = {
  E100: {
    title: "A packet module is TypeScript",
    why: "What TypeScript's grammar does not allow has no meaning in the twin either.",
    accepted: program("const limit = 64;"),
    refused: program("const = 64; // refused"),
  },
  E101: {
    title: 'Import packet modules by relative path, and the language from "@weir/ebpf"',
    why: "Everything a program says must be visible to the compiler; a library that runs only in V8 is not.",
    accepted: {
      "main.ts": program("if (head.ttl <= LIMIT) return XDP_DROP;", 'import { LIMIT } from "./limit.ts";'),
      "limit.ts": "export const LIMIT = 1;\n",
    },
    refused: program("", 'import { readFileSync } from "node:fs"; // refused'),
  },
  E102: {
    title: "Import names one by one",
    why: "A name that stands in the import list can be found by reading; a namespace or a default cannot.",
    accepted: {
      "main.ts": program("if (head.ttl <= LIMIT) return XDP_DROP;", 'import { LIMIT } from "./limit.ts";'),
      "limit.ts": "export const LIMIT = 1;\n",
    },
    refused: {
      "main.ts": program(
        "if (head.ttl <= limit.LIMIT) return XDP_DROP;",
        'import * as limit from "./limit.ts"; // refused',
      ),
      "limit.ts": "export const LIMIT = 1;\n",
    },
  },
  E103: {
    title: "Export a declaration under its own name, where it is declared",
    why: "One name for one thing in all modules; it is also the program's name in the kernel.",
    accepted: program("return xdpDrop;", "export const xdpDrop = XDP_DROP;"),
    refused: program("return xdpDrop;", "const xdpDrop = XDP_DROP;\nexport default xdpDrop; // refused"),
  },
  E104: {
    title: "A module consists of imports, exports, constants, functions and types",
    why: "Nothing runs when a module loads; state lives in maps, where the kernel and the director see it.",
    accepted: program("return verdict;", "const verdict = XDP_DROP;"),
    refused: program("return verdict;", "let verdict = XDP_DROP; // refused"),
  },
  E105: {
    title: "No classes, enums or namespaces",
    why: "They are run-time objects; a packet program has integers and references only.",
    accepted: program("if (head.kind === KIND_DATA) return XDP_DROP;", "const KIND_DATA = 1;"),
    refused: program("if (head.kind === Kind.data) return XDP_DROP;", "class Kind { static data = 1; } // refused"),
  },
  E106: {
    title: "No closures: functions are declared at module level",
    why: "A function value that carries variables needs memory that outlives a call. Only noinline() takes an arrow.",
    accepted: program(
      "if (double(head.ttl) === 2) return XDP_DROP;",
      "function double(n: u8): u32 {\n  return n * 2;\n}",
    ),
    refused: program("const double = (n: u8): u32 => n * 2; // refused\nif (double(head.ttl) === 2) return XDP_DROP;"),
  },
  E107: {
    title: "No async functions and no generators",
    why: "A packet program runs to its end; there is nobody to resume it.",
    accepted: program(
      "if (next(head.ttl) === 0) return XDP_DROP;",
      "function next(ttl: u8): u8 {\n  return ttl & 15;\n}",
    ),
    refused: program(
      "if (next(head.ttl) === 0) return XDP_DROP;",
      "async function next(ttl: u8) { // refused\n  return ttl & 15;\n}",
    ),
  },
  E108: {
    title: "No generic functions and no explicit type arguments",
    why: "Every function has one type, so that its text says what it does with its integers.",
    accepted: program("if (same(head.ttl) === 0) return XDP_DROP;", "function same(n: u8): u8 {\n  return n;\n}"),
    refused: program(
      "if (same(head.ttl) === 0) return XDP_DROP;",
      "function same<T>(n: T): T { // refused\n  return n;\n}",
    ),
  },
  E109: {
    title: "A parameter is a name and a type",
    why: "Defaults, optional and rest parameters hide from the reader what is passed.",
    accepted: program(
      "if (add(head.ttl, 1) === 2) return XDP_DROP;",
      "function add(a: u8, b: u8): u32 {\n  return a + b;\n}",
    ),
    refused: program(
      "if (add(head.ttl) === 2) return XDP_DROP;",
      "function add(a: u8, b: u8 = 1): u32 { // refused\n  return a + b;\n}",
    ),
  },
  E110: {
    title: "A type is a name, perhaps with arguments, perhaps with | null",
    why: "The compiler knows integers, references and contexts. `any` would switch off the check that tsc makes for it.",
    accepted: program("const n: u32 = head.count;\nif (n === 0) return XDP_DROP;"),
    refused: program("const n: any = head.count; // refused\nif (n === 0) return XDP_DROP;"),
  },
  E111: {
    title: "No casts: no as, no satisfies, no !",
    why: "A cast asserts what the compiler proves. A test for null or a mask says the same in both worlds.",
    accepted: program("const n: u8 = head.count & 255;\nif (n === 0) return XDP_DROP;"),
    refused: program("const n = head.count as u8; // refused\nif (n === 0) return XDP_DROP;"),
  },
  E112: {
    title: "No destructuring",
    why: "Each field of a reference is one load from memory; destructuring hides how many there are.",
    accepted: program("const kind = head.kind;\nif (kind === 1) return XDP_DROP;"),
    refused: program("const { kind } = head; // refused\nif (kind === 1) return XDP_DROP;"),
  },
  E120: {
    title: "Declare with const or let",
    why: "`var` is visible where it has no value yet.",
    accepted: program("let hops = 0;\nhops += 1;\nif (hops === head.ttl) return XDP_DROP;"),
    refused: program("var hops = 0; // refused\nhops += 1;\nif (hops === head.ttl) return XDP_DROP;"),
  },
  E121: {
    title: "A let has an initialiser",
    why: "Without one the variable is `undefined` in V8, and a register has no such value.",
    accepted: program("let port: u16 = 0;\nif (head.kind === 1) port = head.port;\nif (port === 80) return XDP_DROP;"),
    refused: program("let port: u16; // refused\nport = head.port;\nif (port === 80) return XDP_DROP;"),
  },
  E122: {
    title: "Loop with for (;;) and while",
    why: "One form with a test in front, whose bound the compiler and the verifier can see.",
    accepted: program(
      "let n = 0;\nfor (let i = 0; i < 4; i++) n = (n + i) & 0xff;\nif (n === head.ttl) return XDP_DROP;",
    ),
    refused: program("let n = 0;\ndo { n += 1; } while (n < 4); // refused\nif (n === head.ttl) return XDP_DROP;"),
  },
  E123: {
    title: "No exceptions",
    why: "Nothing in the kernel can catch them. A function says with its result that it failed.",
    accepted: program("if (head.ttl === 0) return XDP_DROP;"),
    refused: program('if (head.ttl === 0) throw new Error("expired"); // refused'),
  },
  E124: {
    title: "No labels",
    why: "break and continue belong to the innermost loop, where a reader looks for them. A function leaves two loops.",
    accepted: program("for (let i = 0; i < 4; i++) {\n  if (i === head.ttl) break;\n}"),
    refused: program("outer: for (let i = 0; i < 4; i++) { // refused\n  if (i === head.ttl) break outer;\n}"),
  },
  E125: {
    title: "Every body of a switch ends with break, return or continue",
    why: "A body that runs on into the next one is nearly always a forgotten break.",
    accepted: program(
      "let weight = 0;\nswitch (head.kind) {\n  case 0:\n  case 1:\n    weight = 1;\n    break;\n  default:\n    weight = 2;\n}\nif (weight === 2) return XDP_DROP;",
    ),
    refused: program(
      "let weight = 0;\nswitch (head.kind) {\n  case 1: // refused\n    weight = 1;\n  default:\n    weight = 2;\n}\nif (weight === 2) return XDP_DROP;",
    ),
  },
  E126: {
    title: "A case that declares a name stands in braces",
    why: "All cases of a switch share one scope in JavaScript: the name would be visible, but dead, in the other cases.",
    accepted: program(
      "switch (head.kind) {\n  case 1: {\n    const port = head.port;\n    if (port === 80) return XDP_DROP;\n    break;\n  }\n}",
    ),
    refused: program(
      "switch (head.kind) {\n  case 1:\n    const port = head.port; // refused\n    if (port === 80) return XDP_DROP;\n}",
    ),
  },
  E127: {
    title: "An expression statement is a call, an assignment, ++ or --",
    why: "Anything else computes a value and drops it.",
    accepted: program("head.ttl -= 1;"),
    refused: program("head.ttl - 1; // refused"),
  },
  E128: {
    title: "No debugger, with, using or directives",
    why: "They speak to a JavaScript engine, and the kernel has none.",
    accepted: program("const port = head.port;\nif (port === 80) return XDP_DROP;"),
    refused: program("debugger; // refused"),
  },
  E130: {
    title: "Compare with === and !==",
    why: "== converts its sides first; integers need no conversion, and null has one spelling.",
    accepted: program("if (head.ttl === 0) return XDP_DROP;"),
    refused: program("if (head.ttl == 0) return XDP_DROP; // refused"),
  },
  E131: {
    title: "An assignment is a statement",
    why: "Inside an expression it makes the order of evaluation matter, and looks like a comparison.",
    accepted: program("let n: u32 = 0;\nn = head.count;\nif (n === 0) return XDP_DROP;"),
    refused: program("let n: u32 = 0;\nif ((n = head.count) === 0) return XDP_DROP; // refused"),
  },
  E132: {
    title: "No comma operator",
    why: "Two statements say it plainly.",
    accepted: program("for (let i = 0; i < 4; i++) head.ttl = i;"),
    refused: program("let n = 0;\nfor (let i = 0; i < 4; i++, n++) head.ttl = i; // refused"),
  },
  E133: {
    title: "Nothing is undefined; test for null with ===",
    why: "A reference is there or it is null. ?. and ?? make a third value out of a missing one.",
    accepted: program("const second = ctx.at(16, Head);\nif (second !== null && second.kind === 1) return XDP_DROP;"),
    refused: program("const second = ctx.at(16, Head);\nif (second?.kind === 1) return XDP_DROP; // refused"),
  },
  E134: {
    title: "Index with .get(i) and .at(i)",
    why: "a[b] reads past the end without a word. get, set and at make the compiler prove the index.",
    accepted: program(
      "if (weights.at(head.kind & 1) === 2) return XDP_DROP;",
      'import { table } from "@weir/ebpf";\nconst weights = table(u32, [1, 2]);',
    ),
    refused: program(
      "if (weights[head.kind & 1] === 2) return XDP_DROP; // refused",
      'import { table } from "@weir/ebpf";\nconst weights = table(u32, [1, 2]);',
    ),
  },
  E135: {
    title: "Objects and arrays stand only in declarations and calls",
    why: "There is no heap. Layout.make({ … }) puts an instance on the stack; table() makes a constant array.",
    accepted: program("const next = Head.make({ ttl: head.ttl });\nif (next.ttl === 1) return XDP_DROP;"),
    refused: program("const next = { ttl: head.ttl }; // refused\nif (next.ttl === 1) return XDP_DROP;"),
  },
  E136: {
    title: "Strings stand only in declarations and calls, in plain quotes",
    why: "They name maps, cells and fields while compiling; at run time there are none.",
    accepted: program(
      "stats.update(0, head);",
      'import { array } from "@weir/ebpf";\nconst stats = array("stats", { value: Head, maxEntries: 1 });',
    ),
    refused: program('const name = "data"; // refused'),
  },
  E137: {
    title: "No spread",
    why: "It copies an unknown number of values.",
    accepted: program("const next = Head.make({ ttl: head.ttl });\nif (next.ttl === 1) return XDP_DROP;"),
    refused: program("const next = Head.make({ ...head }); // refused\nif (next.ttl === 1) return XDP_DROP;"),
  },
  E138: {
    title: "Use the operators + - * / % & | ^ ~ << >> >>> and the comparisons",
    why: "The others (** in instanceof typeof void delete, unary +) work on objects or leave the integers.",
    accepted: program("if ((1 << (head.kind & 7)) === head.port) return XDP_DROP;"),
    refused: program("if (2 ** (head.kind & 7) === head.port) return XDP_DROP; // refused"),
  },
  E139: {
    title: "No new, this, super, import() or import.meta",
    why: "There are no objects to make and no engine to ask.",
    accepted: program("const next = Head.make({ ttl: 64 });\nif (next.ttl === head.ttl) return XDP_DROP;"),
    refused: program("const next = new Head(); // refused\nif (next.ttl === head.ttl) return XDP_DROP;"),
  },
  E140: {
    title: "Numbers are integers",
    why: "eBPF has no floating point.",
    accepted: program("if (head.count > 1500) return XDP_DROP;"),
    refused: program("if (head.count > 1.5) return XDP_DROP; // refused"),
  },
  E141: {
    title: "A number literal is below 2^53",
    why: "From there on a JavaScript number skips integers. A u64 is written as a bigint.",
    accepted: program("if (head.total > 9007199254740993n) return XDP_DROP;"),
    refused: program("if (head.count > 9007199254740993) return XDP_DROP; // refused"),
  },
  E142: {
    title: "A bigint literal fits 64 bits",
    why: "A register has no more.",
    accepted: program("if (head.total === 18446744073709551615n) return XDP_DROP;"),
    refused: program("if (head.total === 18446744073709551616n) return XDP_DROP; // refused"),
  },
  E143: {
    title: "Call a function or method by its name",
    why: "What is called must be known while compiling; there are no function values.",
    accepted: program(
      "if (double(head.ttl) === 2) return XDP_DROP;",
      "function double(n: u8): u32 {\n  return n * 2;\n}",
    ),
    refused: program(
      "if ((head.kind === 0 ? double : double)(head.ttl) === 2) return XDP_DROP; // refused",
      "function double(n: u8): u32 {\n  return n * 2;\n}",
    ),
  },
  E144: {
    title: "Do not nest deeper than a reader can follow",
    why: "The parser's stack is finite, and 200 brackets or 1,000 levels are generated by accident, not written.",
    accepted: program("if (((head.count + 1)) === 2) return XDP_DROP;"),
    refused: program(`if (${"(".repeat(201)}head.count${")".repeat(201)} === 2) return XDP_DROP; // refused`),
  },
} as const satisfies Record<`E1${number}`, Rule>;
