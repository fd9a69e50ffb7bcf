import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { hardwareBytes, hardwareText } from "./hardware-address.ts";
import { addressBytes, addressText } from "./ip-address.ts";

const v6 = (...groups: number[]) => Uint8Array.from(groups.flatMap((group) => [group >>> 8, group & 0xff]));

describe("IP addresses", () => {
  const cases = [
    { text: "10.0.0.1", bytes: Uint8Array.of(10, 0, 0, 1) },
    { text: "::", bytes: v6(0, 0, 0, 0, 0, 0, 0, 0) },
    { text: "::1", bytes: v6(0, 0, 0, 0, 0, 0, 0, 1) },
    { text: "fd00::", bytes: v6(0xfd00, 0, 0, 0, 0, 0, 0, 0) },
    { text: "2001:db8:0:1:1:1:1:1", bytes: v6(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1) },
    { text: "2001:db8::1:0:0:1", bytes: v6(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1) },
  ];
  for (const { text, bytes } of cases) {
    it(`${text} has its bytes and comes back in the form of RFC 5952`, () => {
      assert.deepEqual(addressBytes(text), bytes);
      assert.equal(addressText(bytes), text);
    });
  }

  it("may end in a dotted IPv4 address", () => {
    assert.deepEqual(addressBytes("::ffff:10.0.0.1"), v6(0, 0, 0, 0, 0, 0xffff, 0x0a00, 0x0001));
  });

  it("that are none are refused with what to write", () => {
    for (const text of ["", "10.0.0", "10.0.0.256", "10.0.0.1/24", "fe80::1%eth0", "::1::", "host"]) {
      assert.throws(() => addressBytes(text), /neither IPv4 nor IPv6.*Write one address/s, text);
    }
  });

  it("of any 16 bytes come back from their text", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        assert.deepEqual(addressBytes(addressText(bytes) ?? ""), bytes);
      }),
    );
  });

  it("have 4 or 16 bytes and no other number", () => {
    assert.equal(addressText(new Uint8Array(5)), undefined);
  });
});

describe("hardware addresses", () => {
  it("are six pairs of hexadecimal digits", () => {
    assert.deepEqual(hardwareBytes("02:00:5E:00:01:ff"), Uint8Array.of(2, 0, 0x5e, 0, 1, 0xff));
    assert.equal(hardwareText(Uint8Array.of(2, 0, 0x5e, 0, 1, 0xff)), "02:00:5e:00:01:ff");
  });

  it("that are none are refused", () => {
    for (const text of ["", "02:00", "02-00-00-00-00-01", "02:00:00:00:00:0g"]) {
      assert.throws(() => hardwareBytes(text), TypeError, text);
    }
  });
});
