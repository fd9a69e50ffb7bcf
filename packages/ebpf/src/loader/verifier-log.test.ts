import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hintFor } from "./verifier-hint.ts";
import { type SourceLine, summariseLog } from "./verifier-log.ts";

const line = (slot: number, number: number, text: string): SourceLine => ({
  ...{ slot, file: "lb.ts", line: number, column: 3, text },
});
const LINES = [
  line(0, 9, "const k = K.make({});"),
  line(3, 10, "const v = m.lookup(k);"),
  line(6, 11, "v.packets += 1n;"),
];

const NULL_VALUE = `func#0 @0
0: R1=ctx() R10=fp0
; const k = K.make({}); @ lb.ts:9
0: (7a) *(u64 *)(r10 -8) = 0          ; R10=fp0 fp-8_w=0
; const v = m.lookup(k); @ lb.ts:10
5: (85) call bpf_map_lookup_elem#1    ; R0_w=map_value_or_null(id=1,map=m,ks=8,vs=16)
; v.packets += 1n; @ lb.ts:11
6: (62) *(u32 *)(r0 +0) = 1
R0 invalid mem access 'map_value_or_null'
processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`;

describe("the telling lines of a log", () => {
  it("are the last reason, the line of the last instruction and the line before it", () => {
    assert.deepEqual(summariseLog(NULL_VALUE, LINES), {
      reason: "R0 invalid mem access 'map_value_or_null'",
      source: [LINES[1], LINES[2]],
    });
  });

  it("source is found by slots, so that logs without source lines lead there too", () => {
    const log = "4: (79) r2 = *(u64 *)(r1 +0)\nR1 invalid mem access 'inv'\nprocessed 5 insns (limit 1000000)\n";
    assert.deepEqual(summariseLog(log, LINES).source, [LINES[1]]);
  });

  it("a reason that is glued to the line of an instruction is found all the same", () => {
    const log =
      "6: (05) goto pc-3BPF program is too large. Processed 1000001 insn\nprocessed 1000001 insns (limit 1000000)\n";
    assert.deepEqual(summariseLog(log, LINES), {
      reason: "BPF program is too large. Processed 1000001 insn",
      source: [LINES[2]],
    });
  });

  const tails = [
    {
      why: "states follow the reason of an endless loop",
      log: "0: (b7) r0 = 0\n1: (05) goto pc-2\ninfinite loop detected at insn 1\ncur state: R0=0 R10=fp0\nold state: R0=0 R10=fp0\nprocessed 3 insns (limit 1000000)\n",
      reason: "infinite loop detected at insn 1",
    },
    {
      why: "the reason why an access is refused is longer on the first of its two lines",
      log: "3: (71) r0 = *(u8 *)(r2 +0)\ninvalid access to packet, off=0 size=1, R2(id=0,off=0,r=0)\nR2 offset is outside of the packet\nprocessed 3 insns (limit 1000000)\n",
      reason: "invalid access to packet, off=0 size=1, R2(id=0,off=0,r=0)",
    },
    {
      why: "a program that takes too long has its last instruction in front",
      log: "7: (07) r0 += 1\nBPF program is too large. Processed 1000001 insn\nprocessed 1000001 insns (limit 1000000)\n",
      reason: "BPF program is too large. Processed 1000001 insn",
    },
    {
      why: "precision marks are no reason",
      log: "4: (95) exit\nR0 !read_ok\nmark_precise: frame0: regs=r2 stack= before 3: (b7) r2 = 1\nprocessed 4 insns (limit 1000000)\n",
      reason: "R0 !read_ok",
    },
    {
      why: "a branch's state is no reason",
      log: "back-edge from insn 3 to 1\nfrom 2 to 4: R0=1 R10=fp0\n",
      reason: "back-edge from insn 3 to 1",
    },
  ];
  for (const { why, log, reason } of tails) it(why, () => assert.equal(summariseLog(log, LINES).reason, reason));

  it("a refusal before any path is followed names its instruction itself", () => {
    const log = "unreachable insn 4\nprocessed 0 insns (limit 1000000)\n";
    assert.deepEqual(summariseLog(log, LINES), { reason: "unreachable insn 4", source: [LINES[1]] });
  });

  it("an empty log and a program without lines give nothing", () => {
    assert.deepEqual(summariseLog("", LINES), { reason: "", source: [] });
    assert.deepEqual(summariseLog(NULL_VALUE, []).source, []);
  });
});

describe("hints", () => {
  const known = [
    { reason: "R0 invalid mem access 'map_value_or_null'", hint: /against null/ },
    { reason: "R3 invalid mem access 'inv'", hint: /stale/ },
    { reason: "R3 invalid mem access 'scalar'", hint: /stale/ },
    { reason: "BPF program is too large. Processed 1000001 insn", hint: /every path/ },
    { reason: "math between pkt pointer and register with unbounded min value is not allowed", hint: /upper bound/ },
    { reason: "infinite loop detected at insn 9", hint: /ends this loop/ },
    { reason: "back-edge from insn 9 to 3", hint: /ends this loop/ },
    { reason: "unknown func bpf_loop#181", hint: /bpf_loop \(loop in the language\) came with Linux 5\.17/ },
    { reason: "program of this type cannot use helper bpf_xdp_adjust_tail#65", hint: /Linux 4\.18 for Xdp programs/ },
    { reason: "invalid func unknown#9999", hint: /does not offer helper number 9999/ },
    { reason: "BPF_XADD uses reserved fields", hint: /Linux 5\.12/ },
    { reason: "combined stack size of 2 calls is 544. Too large", hint: /512 bytes/ },
    { reason: "At program exit the register R0 has value (0x5; 0x0) should have been in (0x0; 0x1)", hint: /verdicts/ },
    { reason: "cannot call GPL-restricted function from non-GPL compatible program", hint: /licence/ },
  ];
  for (const { reason, hint } of known) it(reason, () => assert.match(hintFor(reason), hint));

  it("there is none for a message nobody knows", () => assert.equal(hintFor("the moon is full"), ""));
});
