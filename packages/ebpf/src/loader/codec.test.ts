import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { array, bytes, i16, raw32, struct, u8, u16, u32, u64 } from "../language/index.ts";
import { codecOf } from "./codec.ts";
import { isLoaderError } from "./loader-error.ts";

const Address = struct({ order: "network", size: 6, fields: { ip: raw32, port: u16 } });
const Flow = struct({
  size: 32,
  fields: { packets: u64, from: Address, mac: bytes(6), ways: array(u16, 2), drift: i16, kind: u8, pad: u8, last: u32 },
});
const flow = codecOf(Flow);

// Little-endian, but for the port of the network-order layout inside.
const FLOW_BYTES = Buffer.from(
  ["0300000000000000", "0a000001", "1f90", "020000000001", "05000600", "feff", "07", "00", "78563412"].join(""),
  "hex",
);
const FLOW_VALUE = {
  packets: 3n,
  from: { ip: 0x0100_000a, port: 8080 },
  mac: Uint8Array.of(2, 0, 0, 0, 0, 1),
  ways: [5, 6],
  drift: -2,
  kind: 7,
  pad: 0,
  last: 0x1234_5678,
};

describe("the codec of a layout, worked by hand", () => {
  it("decodes integers in their order, raw words as they lie, bytes, lists and structs", () => {
    assert.deepEqual(flow.decode(FLOW_BYTES), FLOW_VALUE);
  });

  it("encodes to the same bytes", () => {
    assert.deepEqual(Buffer.from(flow.encode(FLOW_VALUE)), FLOW_BYTES);
  });

  it("fields that are not named are zero", () => {
    assert.deepEqual(
      Buffer.from(flow.encode({ kind: 7 })),
      Buffer.from(`${"00".repeat(26)}07${"00".repeat(5)}`, "hex"),
    );
  });

  it("an integer kind is the integer itself", () => {
    assert.equal(codecOf(u64).decode(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1)), 0x0100_0000_0000_0001n);
    assert.deepEqual(codecOf(u16).encode(258), Uint8Array.of(2, 1));
  });
});

describe("what the codec refuses, naming the field", () => {
  const refused = [
    { value: { kind: 256 }, text: "Cannot store 256 in kind: it takes an integer from 0 to 255 (u8)." },
    { value: { kind: -1 }, text: "Cannot store -1 in kind" },
    { value: { kind: 1.5 }, text: "Cannot store 1.5 in kind" },
    { value: { drift: 32768 }, text: "in drift: it takes an integer from -32768 to 32767 (i16)." },
    { value: { packets: -1n }, text: "Cannot store -1n in packets" },
    { value: { packets: 1n << 64n }, text: "in packets" },
    { value: { packets: 3 }, text: "Cannot store 3 in packets: it takes a bigint" },
    { value: { from: { port: 65536 } }, text: "in from.port" },
    { value: { ways: [1] }, text: "in ways: it takes a list of 2" },
    { value: { ways: [1, 70000] }, text: "in ways[1]" },
    { value: { pakets: 1n }, text: "in pakets: it takes one of the fields packets, from" },
    { value: 5, text: "it takes an object with packets" },
  ];
  for (const { value, text } of refused) {
    it(text, () => {
      assert.throws(
        // The types refuse most of these already; values from outside have none.
        () => flow.encode(value as never),
        (error) => isLoaderError(error, "value-out-of-range") && error.message.includes(text),
      );
    });
  }

  it("bytes of another length", () => {
    assert.throws(() => flow.decode(new Uint8Array(31)), { name: "RangeError", message: /31 bytes as a layout of 32/ });
  });
});

it("any bytes decode, and encode to themselves again", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (given) => {
      assert.deepEqual(flow.encode(flow.decode(given)), given);
    }),
  );
});
