/** What the kernel makes of encoded instructions, BTF and line information. */

import assert from "node:assert/strict";
import { release } from "node:os";
import { btfLoad, programLoad } from "@weir/linux";
import { rootTest } from "@weir/linux/testing";
import * as asm from "./assemble.ts";
import { createBtfBuilder } from "./btf.ts";
import { encodeInstructions } from "./encoding.ts";
import { encodeFunctionInfo, FUNCTION_INFO_BYTES } from "./func-info.ts";
import { encodeLineInfo, LINE_INFO_BYTES } from "./line-info.ts";
import { listInstructions } from "./listing.ts";

rootTest("the kernel accepts BTF with a type of each kind that the builder makes", () => {
  const btf = createBtfBuilder();
  const u32 = btf.int("u32", 4, "unsigned");
  const bool = btf.int("bool", 1, "bool");
  const node = btf.struct("node", 24, [
    { name: "next", type: btf.pointer(btf.forward("node")), bitOffset: 0 },
    { name: "mac", type: btf.array(bool, 6, u32), bitOffset: 64 },
    { name: "port", type: btf.typedef("port_t", u32), bitOffset: 128 },
    { name: "flags", type: u32, bitOffset: 160, bitSize: 3 },
  ]);
  const prototype = btf.functionPrototype(u32, [{ name: "node", type: btf.pointer(node) }]);
  btf.function("lb", prototype, "global");
  btf.function("pick", prototype, "static");
  const total = btf.variable("total", u32, "global");
  btf.dataSection(".bss", 4, [{ type: total, offset: 0, size: 4 }]);
  using fd = btfLoad(btf.encode());
  assert.ok(fd.number > 0);
});

function compareWithLog(): void {
  const btf = createBtfBuilder();
  const int = btf.int("int", 4, "signed");
  const prototype = btf.functionPrototype(int, [{ name: "ctx", type: btf.pointer(0) }]);
  const program = [
    ...[asm.alu64Imm("mov", 0, 1), asm.loadImm64(2, 0x1122_3344_5566_7788n), asm.alu32Imm("and", 2, 255)],
    ...[asm.alu64Reg("add", 0, 2), asm.moveSigned64(8, 3, 2), asm.endian("be", 16, 3), asm.negate64(3)],
    ...[
      asm.storeImm(4, 10, -8, -5),
      asm.storeReg(8, 10, 3, -16),
      asm.loadSigned(1, 4, 10, -16),
      asm.load(4, 5, 10, -8),
    ],
    ...[asm.atomic("add", 8, false, 10, 3, -16), asm.atomic("xor", 8, true, 10, 3, -16)],
    ...[asm.atomic("xchg", 4, true, 10, 5, -8), asm.atomic("cmpxchg", 8, true, 10, 3, -16)],
    ...[
      asm.alu64Reg("sdiv", 4, 5),
      asm.alu32Imm("arsh", 4, 3),
      asm.jumpImm("sgt", 4, 5, 1),
      asm.jump32Reg("set", 4, 5, 0),
    ],
    ...[asm.callSub(2), asm.call(8), asm.exit(), asm.alu32Imm("mov", 0, 2), asm.exit()],
  ];
  const second = 23;
  const file = btf.string("lb.ts");
  const lines = [
    { slot: 0, file, text: btf.string("const one = 1;"), line: 3, column: 9 },
    { slot: second, file, text: btf.string("return XDP_PASS;"), line: 70, column: 1 },
  ];
  const functions = [
    { slot: 0, type: btf.function("lb", prototype, "global") },
    { slot: second, type: btf.function("pick", btf.functionPrototype(int, []), "static") },
  ];
  using fd = btfLoad(btf.encode());
  const loaded = programLoad({
    type: "xdp",
    instructions: encodeInstructions(program),
    license: "Dual MIT/GPL",
    btf: fd,
    funcInfo: { bytes: encodeFunctionInfo(functions), recordSize: FUNCTION_INFO_BYTES },
    lineInfo: { bytes: encodeLineInfo(lines), recordSize: LINE_INFO_BYTES },
    logLevel: "instructions",
  });
  loaded.fd[Symbol.dispose]();
  assert.match(loaded.log, /; const one = 1; @ lb\.ts:3\n0: \(b7\) r0 = 1/);
  assert.match(loaded.log, /; return XDP_PASS; @ lb\.ts:70\n23: \(b4\) w0 = 2/);
  assert.deepEqual(
    listingOf(loaded.log),
    listInstructions(program)
      .trimEnd()
      .split("\n")
      .map((line) => line.trim()),
  );
}

rootTest("the verifier's log shows our source lines at our instructions, in our syntax", compareWithLog, () => {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  return major > 6 || (major === 6 && minor >= 9) ? undefined : "the log names files and lines since Linux 6.9";
});

/** The instructions in a verifier's log, each once and in order, without opcodes and register states. */
function listingOf(log: string): readonly string[] {
  const seen = new Map<number, string>();
  for (const [, slot = "", text = ""] of log.matchAll(/^(\d+): \([0-9a-f]{2}\) ([^;\n]*)/gm)) {
    seen.set(Number(slot), `${slot}: ${text.trim()}`);
  }
  return [...seen].sort(([a], [b]) => a - b).map(([, line]) => line);
}
