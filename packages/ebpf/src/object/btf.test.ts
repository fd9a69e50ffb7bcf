import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createBtfBuilder } from "./btf.ts";
import { VOID } from "./btf-types.ts";
import { encodeFunctionInfo } from "./func-info.ts";
import { encodeLineInfo } from "./line-info.ts";

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeUInt32LE(value, index * 4);
  });
  return bytes;
};

// The header of Documentation/bpf/btf.rst section 2: magic, version 1, flags 0, 24 bytes, then the two sections.
const header = (typeBytes: number, stringBytes: number): Buffer =>
  words(0x0001_eb9f, 24, 0, typeBytes, typeBytes, stringBytes);

describe("BTF bytes, worked by hand from btf.rst", () => {
  it("an empty builder is a header and the empty string", () => {
    assert.deepEqual(Buffer.from(createBtfBuilder().encode()), Buffer.concat([header(0, 1), Buffer.from("\0")]));
  });

  it("an integer is name, kind 1, size, and its encoding with its bits", () => {
    const btf = createBtfBuilder();
    assert.equal(btf.int("i32", 4, "signed"), 1);
    assert.deepEqual(
      Buffer.from(btf.encode()),
      Buffer.concat([header(16, 5), words(1, 0x0100_0000, 4, 0x0100_0020), Buffer.from("\0i32\0")]),
    );
  });

  it("a struct is kind 4 with its member count, and members at bit offsets", () => {
    const btf = createBtfBuilder();
    const u8 = btf.int("u8", 1, "unsigned");
    const six = btf.array(u8, 6, u8);
    const mac = btf.struct("mac", 7, [
      { name: "kind", type: u8, bitOffset: 0 },
      { name: "mac", type: six, bitOffset: 8 },
    ]);
    assert.deepEqual([u8, six, mac], [1, 2, 3]);
    const types = words(
      ...[1, 0x0100_0000, 1, 0x0000_0008], // int "u8"
      ...[0, 0x0300_0000, 0, 1, 1, 6], // array of type 1, indexed by type 1, 6 long
      ...[9, 0x0400_0002, 7, 4, 1, 0, 9, 2, 8], // struct "mac": "kind" at bit 0, "mac" at bit 8; one text for both "mac"
    );
    const strings = Buffer.from("\0u8\0kind\0mac\0");
    assert.deepEqual(Buffer.from(btf.encode()), Buffer.concat([header(types.length, strings.length), types, strings]));
  });

  it("a function is kind 12 with its linkage as count, over a prototype of kind 13", () => {
    const btf = createBtfBuilder();
    const int = btf.int("int", 4, "signed");
    const pointer = btf.pointer(VOID);
    const prototype = btf.functionPrototype(int, [{ name: "ctx", type: pointer }]);
    assert.equal(btf.function("lb", prototype, "global"), 4);
    const types = words(
      ...[1, 0x0100_0000, 4, 0x0100_0020],
      ...[0, 0x0200_0000, 0],
      ...[0, 0x0d00_0001, 1, 5, 2],
      ...[9, 0x0c00_0001, 3],
    );
    const strings = Buffer.from("\0int\0ctx\0lb\0");
    assert.deepEqual(Buffer.from(btf.encode()), Buffer.concat([header(types.length, strings.length), types, strings]));
  });
});

describe("the BTF builder", () => {
  it("gives a type that was built before the id it has", () => {
    const btf = createBtfBuilder();
    const first = btf.int("u32", 4, "unsigned");
    btf.int("u64", 8, "unsigned");
    assert.equal(btf.int("u32", 4, "unsigned"), first);
    assert.notEqual(btf.int("u32", 4, "signed"), first);
    assert.equal(btf.types.length, 3);
  });

  it("keeps every text once, and 0 for the empty one", () => {
    const btf = createBtfBuilder();
    assert.deepEqual(["", "lb.ts", "", "lb.ts", "x"].map(btf.string), [0, 1, 0, 1, 7]);
  });

  it("refuses a text with a zero byte, which would end it early", () => {
    assert.throws(() => createBtfBuilder().string("a\0b"), { name: "RangeError", message: /"a\\u0000b"/ });
  });
});

describe("function and line information", () => {
  it("a function is its slot and its type", () => {
    assert.deepEqual(
      Buffer.from(
        encodeFunctionInfo([
          { slot: 0, type: 4 },
          { slot: 9, type: 6 },
        ]),
      ),
      words(0, 4, 9, 6),
    );
  });

  it("a line is its slot, file, text, and line << 10 | column", () => {
    const record = { slot: 2, file: 1, text: 7, line: 12, column: 3 };
    assert.deepEqual(Buffer.from(encodeLineInfo([record])), words(2, 1, 7, 0x3003));
  });

  it("a column past 1023 is stored as 1023; a line past 2^22 - 1 is refused", () => {
    const record = { slot: 0, file: 1, text: 1, line: 0x3f_ffff, column: 5000 };
    assert.deepEqual(Buffer.from(encodeLineInfo([record])), words(0, 1, 1, 0xffff_ffff));
    assert.throws(() => encodeLineInfo([{ ...record, line: 0x40_0000 }]), { name: "RangeError", message: /4194304/ });
  });
});
