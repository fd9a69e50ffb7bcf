import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { drainRing, type RingMemory, ringItem, takeRecord } from "./ring-records.ts";

const SIZE = 64;

/** A ring as the kernel maps it. The second copy of the data is kept equal by hand here. */
function emptyRing(start = 0n): RingMemory {
  const data = new Uint8Array(2 * SIZE);
  return {
    ...{ consumer: BigUint64Array.of(start), producer: BigUint64Array.of(start), data, size: SIZE },
    words: new Uint32Array(data.buffer),
  };
}

/** Writes a record as bpf_ringbuf_output does. False when there is no room. */
function produce(ring: RingMemory, record: Uint8Array, flags = 0): boolean {
  const position = ring.producer[0] ?? 0n;
  const total = (8 + record.length + 7) & ~7;
  if (position + BigInt(total) - (ring.consumer[0] ?? 0n) > BigInt(SIZE)) return false;
  const at = Number(position % BigInt(SIZE));
  const bytes = new Uint8Array(total);
  new DataView(bytes.buffer).setUint32(0, (record.length | flags) >>> 0, true);
  bytes.set(record, 8);
  for (const [index, byte] of bytes.entries()) {
    const place = (at + index) % SIZE;
    ring.data[place] = byte;
    ring.data[place + SIZE] = byte;
  }
  ring.producer[0] = position + BigInt(total);
  return true;
}

const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;
const drained = (ring: RingMemory) => {
  const records: number[][] = [];
  drainRing(ring, (record) => records.push([...record]));
  return records;
};

describe("one item, worked by hand from ringbuf.c", () => {
  const cases = [
    { header: 0, at: 0, available: 0, item: { kind: "empty" } },
    { header: 5, at: 16, available: 16, item: { kind: "record", at: 24, length: 5, advance: 16 } },
    { header: 8, at: 0, available: 24, item: { kind: "record", at: 8, length: 8, advance: 16 } },
    { header: 9, at: 0, available: 24, item: { kind: "record", at: 8, length: 9, advance: 24 } },
    { header: 0, at: 0, available: 8, item: { kind: "record", at: 8, length: 0, advance: 8 } },
    { header: BUSY | 5, at: 0, available: 16, item: { kind: "busy" } },
    { header: DISCARDED | 5, at: 0, available: 16, item: { kind: "discarded", advance: 16 } },
  ];
  for (const { header, at, available, item } of cases) {
    it(`header 0x${(header >>> 0).toString(16)} with ${available} bytes there is ${JSON.stringify(item)}`, () => {
      assert.deepEqual(ringItem(header, at, available), item);
    });
  }

  it("a record longer than what was produced is malformed", () => {
    assert.equal(ringItem(9, 0, 16).kind, "malformed");
  });
});

describe("draining a ring", () => {
  it("hands out records in order and consumes them", () => {
    const ring = emptyRing();
    produce(ring, Uint8Array.of(1, 2, 3));
    produce(ring, Uint8Array.of(4));
    assert.deepEqual(drained(ring), [[1, 2, 3], [4]]);
    assert.deepEqual([ring.consumer[0], drained(ring)], [32n, []]);
  });

  it("skips discarded records and stops at a busy one, to go on when it is complete", () => {
    const ring = emptyRing();
    produce(ring, Uint8Array.of(1), DISCARDED);
    produce(ring, Uint8Array.of(2));
    produce(ring, Uint8Array.of(3), BUSY);
    produce(ring, Uint8Array.of(4));
    assert.deepEqual(drained(ring), [[2]]);
    ring.words[32 / 4] = 1;
    assert.deepEqual(drained(ring), [[3], [4]]);
  });

  it("a record that wraps around comes in one piece", () => {
    const ring = emptyRing(48n);
    const record = Uint8Array.from({ length: 30 }, (_, index) => index);
    produce(ring, record);
    assert.deepEqual(drained(ring), [[...record]]);
  });

  it("positions above 2^53 lose nothing", () => {
    const ring = emptyRing(2n ** 60n);
    produce(ring, Uint8Array.of(7));
    assert.deepEqual([drained(ring), ring.consumer[0]], [[[7]], 2n ** 60n + 16n]);
  });

  it("a record is consumed though its visitor throws, and those behind it are not", () => {
    const ring = emptyRing();
    produce(ring, Uint8Array.of(1));
    produce(ring, Uint8Array.of(2));
    const refuse = () => {
      throw new Error("cannot handle it");
    };
    assert.throws(() => drainRing(ring, refuse), /cannot handle it/);
    assert.deepEqual(drained(ring), [[2]]);
  });

  it("taking a single record copies it, so that it stays good when the place is written again", () => {
    const ring = emptyRing();
    produce(ring, Uint8Array.of(1));
    const taken = takeRecord(ring);
    for (let round = 0; round < 4; round++) produce(ring, Uint8Array.of(9));
    assert.deepEqual(taken, Uint8Array.of(1));
    assert.equal(takeRecord(emptyRing()), undefined);
  });
});

describe("properties of rings", () => {
  const record = fc.record({ bytes: fc.uint8Array({ maxLength: 40 }), isDiscarded: fc.boolean() });

  it("what is produced is read back, over any number of rounds", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 60 }), fc.bigInt(0n, 2n ** 62n), (records, start) => {
        const ring = emptyRing(start & ~7n);
        const read: number[][] = [];
        for (const { bytes, isDiscarded } of records) {
          const flags = isDiscarded ? DISCARDED : 0;
          if (produce(ring, bytes, flags)) continue;
          read.push(...drained(ring));
          assert.ok(produce(ring, bytes, flags));
        }
        read.push(...drained(ring));
        assert.deepEqual(
          read,
          records.filter(({ isDiscarded }) => !isDiscarded).map(({ bytes }) => [...bytes]),
        );
      }),
    );
  });

  it("no bytes lead outside of the memory or past what was produced", () => {
    const words = fc.array(fc.nat(SIZE / 8), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 2 * SIZE, maxLength: 2 * SIZE }),
        words,
        (bytes, [at = 0, available = 0, scale = 0]) => {
          const data = Uint8Array.from(bytes);
          // Mostly short lengths, so that many inputs get past the first header.
          const memory = new Uint32Array(data.buffer);
          if (scale % 2 === 0)
            for (let index = 0; index < memory.length; index += 2) memory[index] = (memory[index] ?? 0) & 0x4000_001f;
          const start = BigInt(at * 8);
          const produced = start + BigInt(available * 8);
          const ring = {
            consumer: BigUint64Array.of(start),
            producer: BigUint64Array.of(produced),
            data,
            words: memory,
            size: SIZE,
          };
          try {
            drainRing(ring, (found) => assert.ok(found.byteOffset + found.length <= 2 * SIZE));
          } catch (error) {
            assert.match(String(error), /out of order/);
          }
          const consumed = ring.consumer[0] ?? 0n;
          assert.ok(consumed >= start && consumed <= produced);
        },
      ),
    );
  });
});
