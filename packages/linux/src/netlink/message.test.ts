import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decodeAddress } from "./address.ts";
import { AttributeReader, PayloadWriter } from "./attribute.ts";
import { type Decoded, decoding } from "./decoded.ts";
import { decodeInterface } from "./interface-message.ts";
import { decodeMessages, encodeMessage } from "./message.ts";
import { decodeNeighbour } from "./neighbour.ts";
import { decodeRoute } from "./route.ts";
import { changeEvents } from "./watch.ts";

describe("netlink messages", () => {
  it("are a header of 16 bytes and the payload", () => {
    // Worked by hand from struct nlmsghdr: length 18, type 16, flags 5, sequence 7, port 9.
    const bytes = encodeMessage({ type: 16, flags: 5, sequence: 7, port: 9, payload: Uint8Array.of(1, 2) });
    assert.deepEqual(bytes, Uint8Array.of(18, 0, 0, 0, 16, 0, 5, 0, 7, 0, 0, 0, 9, 0, 0, 0, 1, 2));
  });

  it("begin at multiples of 4 in a datagram", () => {
    const message = (type: number) =>
      encodeMessage({ type, flags: 0, sequence: 1, port: 0, payload: Uint8Array.of(type) });
    const datagram = new Uint8Array(Buffer.concat([message(1), Buffer.alloc(3), message(2)]));
    const decoded = decodeMessages(datagram);
    assert.ok(decoded.ok);
    assert.deepEqual(
      decoded.value.map(({ type, payload }) => [type, ...payload]),
      [
        [1, 1],
        [2, 2],
      ],
    );
  });

  it("that claim more than there is are refused with their place", () => {
    const bytes = encodeMessage({ type: 1, flags: 0, sequence: 0, port: 0, payload: new Uint8Array(4) });
    assert.deepEqual(decodeMessages(bytes.subarray(0, 18)), {
      ok: false,
      problem: "the message at byte 0 claims 20 bytes, 18 are left",
    });
    assert.deepEqual(decodeMessages(bytes.subarray(0, 3)), {
      ok: false,
      problem: "a message at byte 0 needs a header of 16 bytes, 3 are left",
    });
  });

  it("come back from their bytes unchanged", () => {
    const u16 = fc.integer({ min: 0, max: 0xffff });
    const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
    const fields = { type: u16, flags: u16, sequence: u32, port: u32, payload: fc.uint8Array() };
    const message = fc.record(fields, { noNullPrototype: true });
    fc.assert(
      fc.property(message, (original) => {
        const decoded = decodeMessages(encodeMessage(original));
        assert.ok(decoded.ok);
        assert.deepEqual(decoded.value, [original]);
      }),
    );
  });
});

describe("netlink attributes", () => {
  it("are padded to multiples of 4, which their length does not count", () => {
    const bytes = new PayloadWriter().u8Attribute(7, 0xaa).stringAttribute(3, "lo").bytes;
    assert.deepEqual(bytes, Uint8Array.of(5, 0, 7, 0, 0xaa, 0, 0, 0, 7, 0, 3, 0, 0x6c, 0x6f, 0, 0));
  });

  it("nest, with the flag that says so", () => {
    const bytes = new PayloadWriter().nested(18, (inner) => inner.u16Attribute(1, 0x0203)).bytes;
    assert.deepEqual(bytes, Uint8Array.of(12, 0, 18, 0x80, 6, 0, 1, 0, 3, 2, 0, 0));
    assert.equal(new AttributeReader(bytes).nested(18)?.u16(1), 0x0203);
  });

  it("grow beyond the writer's first buffer", () => {
    const value = Uint8Array.from({ length: 5000 }, (_, index) => index & 0xff);
    assert.deepEqual(new AttributeReader(new PayloadWriter().attribute(1, value).bytes).bytes(1), value);
  });

  it("that are too short for their type are refused", () => {
    const bytes = new PayloadWriter().u8Attribute(4, 1).bytes;
    assert.deepEqual(
      decoding(() => new AttributeReader(bytes).u32(4)),
      { ok: false, problem: "attribute 4 has 1 bytes instead of 4" },
    );
  });
});

describe("decoders of messages", () => {
  const decoders: Readonly<Record<string, (bytes: Uint8Array) => Decoded<unknown>>> = {
    decodeMessages,
    decodeInterface,
    decodeAddress,
    decodeRoute,
    decodeNeighbour,
  };

  // Bytes that are often almost right: random ones would rarely get past the first length.
  const attribute = fc
    .tuple(fc.integer({ min: 0, max: 64 }), fc.uint8Array({ maxLength: 40 }), fc.integer({ min: -3, max: 3 }))
    .map(([type, value, lie]) => {
      const bytes = new PayloadWriter().attribute(type, value).bytes;
      bytes[0] = (bytes[0] ?? 0) + lie;
      return bytes;
    });
  const almost = fc
    .tuple(fc.constantFrom(0, 2, 10), fc.uint8Array({ maxLength: 20 }), fc.array(attribute, { maxLength: 6 }))
    .map(([family, header, attributes]) => new Uint8Array(Buffer.concat([Buffer.of(family), header, ...attributes])));

  for (const [name, decode] of Object.entries(decoders)) {
    it(`${name} makes a value or a reason of any bytes, and never throws`, () => {
      fc.assert(
        fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), almost), (bytes) => {
          const decoded = decode(bytes);
          assert.ok(decoded.ok || decoded.problem.length > 0);
        }),
        { numRuns: 2000 },
      );
    });
  }

  it("changeEvents makes events of any bytes, and never throws", () => {
    const types = fc.constantFrom(16, 17, 20, 21, 24, 25, 28, 29, 99);
    fc.assert(
      fc.property(types, almost, (type, payload) => {
        changeEvents(encodeMessage({ type, flags: 0, sequence: 0, port: 0, payload }));
        changeEvents(payload);
      }),
      { numRuns: 2000 },
    );
  });
});
