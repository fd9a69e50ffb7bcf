import assert from "node:assert/strict";
import { isSystemError } from "../system-error.ts";
import {
  descriptorsLeakedBy,
  EXIT,
  instruction,
  LOAD_WORD,
  MOV64_IMMEDIATE,
  program,
  returning,
  rootTest,
  STORE_WORD_IMMEDIATE,
} from "../testing/index.ts";
import { btfLoad } from "./btf-load.ts";
import { mapCreate } from "./map.ts";
import { mapInfo, programInfo, programTranslated } from "./object-info.ts";
import { programAttach, programBindMap, programDetach } from "./program-attach.ts";
import { programLoad } from "./program-load.ts";
import { programTestRun } from "./test-run.ts";

const XDP_PASS = 2;
const packet = new Uint8Array(64);

rootTest("a program loads, runs on a packet and reports its verdict", () => {
  const { fd, log } = programLoad({ type: "xdp", instructions: returning(XDP_PASS), license: "MIT", name: "pass" });
  using _ = fd;
  assert.equal(log, "");
  const run = programTestRun(fd, { data: packet, repeat: 10 });
  assert.equal(run.returnValue, XDP_PASS);
  assert.equal(run.data.length, 64);
});

rootTest("what the kernel tells about a program matches what was loaded", () => {
  using fd = programLoad({
    type: "xdp",
    instructions: returning(XDP_PASS),
    license: "MIT",
    name: "a-long-name-of-a-program",
  }).fd;
  using map = mapCreate({ type: "array", keySize: 4, valueSize: 4, maxEntries: 1 });
  programBindMap(fd, map);
  const info = programInfo(fd);
  assert.equal(info.type, "xdp");
  assert.equal(info.name, "a_long_name_of_");
  assert.deepEqual(info.mapIds, [mapInfo(map).id]);
  assert.match(info.tag, /^[0-9a-f]{16}$/);
  assert.equal(programTranslated(fd).length, info.translatedSize);
});

rootTest("a refused program throws the verifier's reason, carries the whole log and leaks nothing", () => {
  // r0 = *(u32 *)(r1 + 400) reads beyond the context of an XDP program.
  const instructions = program(instruction(LOAD_WORD, 0, 1, 400), instruction(EXIT));
  const leaked = descriptorsLeakedBy(() =>
    assert.throws(
      () => programLoad({ type: "xdp", instructions, license: "MIT", name: "bad" }),
      (error) =>
        isSystemError(error, "EACCES") &&
        error.why === "the verifier says: invalid bpf_context access off=400 size=4" &&
        error.log.includes("processed ") &&
        error.what === "Cannot load the xdp program bad (2 instructions)",
    ),
  );
  assert.deepEqual(leaked, []);
});

rootTest("a log longer than the first buffer arrives whole", () => {
  const moves = Array.from({ length: 4000 }, (_, index) => instruction(MOV64_IMMEDIATE, 0, 0, 0, index));
  const loaded = programLoad({
    type: "xdp",
    instructions: program(...moves, instruction(EXIT)),
    license: "MIT",
    logLevel: "instructions",
  });
  loaded.fd.close();
  assert.ok(loaded.log.length > 64 * 1024, `${loaded.log.length} bytes`);
  assert.match(loaded.log, /processed 4001 insns/);
  assert.match(loaded.log, /^0: /m);
});

rootTest("level stats gives the closing counts alone", () => {
  const loaded = programLoad({ type: "xdp", instructions: returning(1), license: "MIT", logLevel: "stats" });
  loaded.fd.close();
  assert.match(loaded.log, /processed 2 insns/);
});

rootTest("a syscall program reads and writes its context in place", () => {
  const instructions = program(
    instruction(STORE_WORD_IMMEDIATE, 1, 0, 4, 7), // *(u32 *)(r1 + 4) = 7
    instruction(LOAD_WORD, 0, 1, 0), //               r0 = *(u32 *)(r1 + 0)
    instruction(EXIT),
  );
  const flags = 1 << 4; // syscall programs must be sleepable
  using fd = programLoad({ type: "syscall", instructions, license: "GPL", flags }).fd;
  const context = Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0);
  const run = programTestRun(fd, { context });
  assert.equal(run.returnValue, 5);
  assert.deepEqual(run.context, Uint8Array.of(5, 0, 0, 0, 7, 0, 0, 0));
  assert.equal(context[4], 0, "the caller's bytes stay as they were");
});

rootTest("a verdict program attaches to a socket map and detaches", () => {
  using map = mapCreate({ type: "sockmap", keySize: 4, valueSize: 4, maxEntries: 1 });
  using fd = programLoad({ type: "sk_msg", instructions: returning(1), license: "MIT" }).fd;
  programAttach(fd, map, "sk_msg_verdict");
  programDetach(fd, map, "sk_msg_verdict");
  assert.throws(
    () => programDetach(fd, map, "sk_msg_verdict"),
    (error) => isSystemError(error, "ENOENT"),
  );
});

rootTest("a test run of a packet too short for Ethernet is a clear error", () => {
  using fd = programLoad({ type: "xdp", instructions: returning(1), license: "MIT" }).fd;
  assert.throws(
    () => programTestRun(fd, { data: new Uint8Array(4) }),
    (error) => isSystemError(error, "EINVAL") && error.message.includes("4 bytes of packet"),
  );
});

rootTest("BTF with one integer type loads; garbage is refused with the kernel's reason", () => {
  using btf = btfLoad(btfWithOneInteger());
  assert.equal(btf.isOpen, true);
  assert.throws(
    () => btfLoad(new Uint8Array(24)),
    (error) => isSystemError(error, "EINVAL") && /Invalid magic/.test(error.why) && error.log !== "",
  );
});

/** struct btf_header, one BTF_KIND_INT "int" of 32 signed bits, strings "\0int\0". */
function btfWithOneInteger(): Uint8Array {
  const bytes = new Uint8Array(24 + 16 + 5);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xeb9f, true);
  view.setUint8(2, 1);
  view.setUint32(4, 24, true);
  view.setUint32(12, 16, true); // type_len
  view.setUint32(16, 16, true); // str_off
  view.setUint32(20, 5, true); // str_len
  view.setUint32(24, 1, true); // name_off
  view.setUint32(28, 1 << 24, true); // BTF_KIND_INT
  view.setUint32(32, 4, true); // size
  view.setUint32(36, (1 << 24) | 32, true); // signed, 32 bits
  bytes.set(Buffer.from("\0int\0"), 40);
  return bytes;
}
