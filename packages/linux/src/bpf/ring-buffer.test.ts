import assert from "node:assert/strict";
import { Mapping, pageSize } from "../syscall/memory.ts";
import { Readiness } from "../syscall/readiness.ts";
import {
  EXIT,
  instruction,
  MOV64_IMMEDIATE,
  MOV64_REGISTER,
  program,
  rootTest,
  STORE_WORD_IMMEDIATE,
} from "../testing/index.ts";
import { mapCreate } from "./map.ts";
import { programLoad } from "./program-load.ts";
import { programTestRun } from "./test-run.ts";

const LOAD_IMMEDIATE_64 = 0x18;
const BPF_PSEUDO_MAP_FD = 1;
const ADD64_IMMEDIATE = 0x07;
const CALL = 0x85;
const BPF_FUNC_RINGBUF_OUTPUT = 130;

rootTest("a ring buffer becomes readable when a program writes to it, and its record is in mapped memory", async () => {
  const page = pageSize();
  using ring = mapCreate({ type: "ringbuf", keySize: 0, valueSize: 0, maxEntries: page, name: "ring" });
  // ringbuf_output(&ring, &(u32){42}, 4, 0)
  const instructions = program(
    instruction(STORE_WORD_IMMEDIATE, 10, 0, -4, 42),
    instruction(LOAD_IMMEDIATE_64, 1, BPF_PSEUDO_MAP_FD, 0, ring.number),
    instruction(0),
    instruction(MOV64_REGISTER, 2, 10),
    instruction(ADD64_IMMEDIATE, 2, 0, 0, -4),
    instruction(MOV64_IMMEDIATE, 3, 0, 0, 4),
    instruction(MOV64_IMMEDIATE, 4, 0, 0, 0),
    instruction(CALL, 0, 0, 0, BPF_FUNC_RINGBUF_OUTPUT),
    instruction(EXIT),
  );
  using writer = programLoad({ type: "xdp", instructions, license: "GPL", name: "writer" }).fd;
  using readiness = new Readiness(ring);
  using consumer = new Mapping({ fd: ring, size: page, isWritable: true });
  using producer = new Mapping({ fd: ring, size: page + 2 * page, offset: page });

  for (let round = 1; round <= 3; round++) {
    const waiting = readiness.wait();
    assert.equal(programTestRun(writer, { data: new Uint8Array(64) }).returnValue, 0);
    assert.equal(await waiting, true);
    // A record is a header of 8 bytes, the length first, and the value padded to 8.
    const start = (round - 1) * 16;
    const [produced] = new BigUint64Array(producer.buffer, 0, 1);
    assert.equal(produced, BigInt(start + 16));
    const data = new DataView(producer.buffer, page);
    assert.equal(data.getUint32(start, true), 4);
    assert.equal(data.getUint32(start + 8, true), 42);
    new BigUint64Array(consumer.buffer)[0] = produced ?? 0n;
  }
});
