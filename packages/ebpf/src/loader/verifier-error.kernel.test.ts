/** What a person is told about each well-known refusal, by the verifier of the running kernel. */
import assert from "node:assert/strict";
import { rootTest } from "@weir/linux/testing";
import * as asm from "../object/index.ts";
import { load } from "./collection.ts";
import { handmade, type Line } from "./testing/handmade.ts";
import { leavingNoTrace } from "./testing/traces.ts";
import { VerifierError } from "./verifier-error.ts";

const LOOKUP = 1;
const NO_SUCH_HELPER = 9999;
const BOUNDS_CHECK: readonly asm.Instruction[] = [
  asm.load(4, 2, 1, 0), // r2 = data
  asm.load(4, 3, 1, 4), // r3 = data_end
];
const lookUp: Line = [
  "const found = numbers.lookup(9);",
  ...[asm.storeImm(4, 10, -4, 9), asm.alu64Reg("mov", 2, 10), asm.alu64Imm("add", 2, -4)],
  ...[asm.loadImm64(1, 0n), asm.call(LOOKUP)],
];
const leave: Line = ["return XDP_PASS;", asm.alu64Imm("mov", 0, 2), asm.exit()];

interface Case {
  readonly title: string;
  readonly lines: readonly Line[];
  /** As the message prints it, from its second line on. */
  readonly source: readonly string[];
  readonly reason: RegExp;
  readonly hint: RegExp;
}

const cases: readonly Case[] = [
  {
    title: "a value that may be missing",
    lines: [lookUp, ["found.value = 1n;", asm.storeImm(8, 0, 0, 1)], leave],
    source: ["  made.ts:1  const found = numbers.lookup(9);", "  made.ts:2  found.value = 1n;"],
    reason: /^R0 invalid mem access 'map_value_or_null'$/,
    hint: /test what lookup\(\) or ctx\.at\(\) gave against null/,
  },
  {
    title: "a number used as an address",
    lines: [["const stale = 5;", asm.alu64Imm("mov", 2, 5)], ["stale.ttl;", asm.load(1, 0, 2, 0)], leave],
    source: ["  made.ts:1  const stale = 5;", "  made.ts:2  stale.ttl;"],
    reason: /^R2 invalid mem access 'scalar'$/,
    hint: /went stale/,
  },
  {
    title: "a packet read without a bounds check",
    lines: [["const first = ctx.at(0, First);", ...BOUNDS_CHECK], ["first.ttl;", asm.load(1, 0, 2, 0)], leave],
    source: ["  made.ts:1  const first = ctx.at(0, First);", "  made.ts:2  first.ttl;"],
    reason: /^invalid access to packet/,
    hint: /reaches past what was checked/,
  },
  {
    title: "an offset without an upper bound",
    lines: [
      ["const offset = randomU64();", ...BOUNDS_CHECK, asm.storeReg(8, 10, 2, -8), asm.call(7), asm.load(8, 2, 10, -8)],
      ["ctx.at(-offset, First);", asm.negate64(0), asm.alu64Reg("add", 2, 0)],
      leave,
    ],
    source: ["  made.ts:1  const offset = randomU64();", "  made.ts:2  ctx.at(-offset, First);"],
    reason: /^math between pkt pointer and register with unbounded min value is not allowed$/,
    hint: /An offset has no upper bound/,
  },
  {
    title: "a loop that never ends",
    lines: [["while (true) {}", asm.alu64Imm("mov", 0, 0), asm.jumpImm("eq", 0, 0, -1)], leave],
    source: ["  made.ts:1  while (true) {}"],
    reason: /^infinite loop detected at insn \d+$/,
    hint: /Nothing the verifier can see ends this loop/,
  },
  {
    title: "more branches in a row than the verifier remembers",
    lines: [
      ["const bits = randomU32();", asm.call(7)],
      [
        "for (let i = 0; i < 9000; i++) if (bits === i * 2) break;",
        ...Array.from({ length: 9000 }, (_, i) => asm.jumpImm("eq", 0, i * 2, 8999 - i)),
      ],
      leave,
    ],
    source: [
      "  made.ts:1  const bits = randomU32();",
      "  made.ts:2  for (let i = 0; i < 9000; i++) if (bits === i * 2) break;",
    ],
    reason: /^The sequence of 8193 jumps is too complex\.$/,
    hint: /loop\(count, callback, state\)/,
  },
  {
    title: "a helper that no kernel has",
    lines: [["helper();", asm.call(NO_SUCH_HELPER)], leave],
    source: ["  made.ts:1  helper();"],
    reason: /^invalid func unknown#9999$/,
    hint: /This kernel does not offer helper number 9999/,
  },
  {
    title: "a helper of another kind of program names the release that brought it",
    lines: [["ctx.redirectPeer(1);", asm.alu64Imm("mov", 1, 1), asm.alu64Imm("mov", 2, 0), asm.call(155)], leave],
    source: ["  made.ts:1  ctx.redirectPeer(1);"],
    reason: /bpf_redirect_peer#155$/,
    hint: /bpf_redirect_peer \(redirectPeer in the language\) came with Linux 5\.10 for Skb programs/,
  },
  {
    title: "a field the context does not have",
    lines: [["ctx.mark;", asm.load(4, 0, 1, 400)], leave],
    source: ["  made.ts:1  ctx.mark;"],
    reason: /^invalid bpf_context access off=400 size=4$/,
    hint: /no such field/,
  },
];

for (const { title, lines, source, reason, hint } of cases) {
  rootTest(`${title}: source first, then the verifier's words, then what to do, and the log kept`, async () => {
    await leavingNoTrace(() => {
      const error = refusalOf(lines);
      const [first, ...rest] = error.message.split("\n");
      assert.equal(first, "Cannot load the program refused: the verifier refused it.");
      assert.deepEqual(rest.slice(0, source.length), source);
      assert.equal(rest[source.length], `  ${error.reason}`);
      assert.match(error.reason, reason);
      assert.match(rest[source.length + 1] ?? "", hint);
      assert.match(rest[source.length + 2] ?? "", /^The whole log \(\d+ lines\) is the property log of this error\.$/);
      assert.ok(error.log.includes(error.reason));
    });
  });
}

function refusalOf(lines: readonly Line[]): VerifierError {
  try {
    load(handmade("refused", lines)).close();
  } catch (error) {
    assert.ok(error instanceof VerifierError, String(error));
    return error;
  }
  throw new Error("The verifier accepted the program.");
}
