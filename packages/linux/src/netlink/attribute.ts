/**
 * Netlink attributes: typed values behind one another, some of them holding attributes again.
 *
 *     0        2      4
 *     | length | type | value ... | next attribute, at a multiple of 4
 *
 * @see include/uapi/linux/netlink.h, struct nlattr
 */
import { malformed } from "./decoded.ts";

/** Builds a message's payload: its own structure first, then attributes. */
export class PayloadWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** The payload so far, as a copy. */
  get bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  u8(value: number): this {
    this.#view.setUint8(this.#extend(1), value);
    return this;
  }

  u16(value: number): this {
    this.#view.setUint16(this.#extend(2), value, true);
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.#extend(4), value, true);
    return this;
  }

  raw(bytes: Uint8Array): this {
    const offset = this.#extend(bytes.length);
    this.#bytes.set(bytes, offset);
    return this;
  }

  attribute(type: number, value: Uint8Array): this {
    return this.u16(ATTRIBUTE_HEADER_SIZE + value.length)
      .u16(type)
      .raw(value)
      .#pad();
  }

  u8Attribute(type: number, value: number): this {
    return this.attribute(type, Uint8Array.of(value));
  }

  u16Attribute(type: number, value: number): this {
    return this.attribute(type, new Uint8Array(Uint16Array.of(value).buffer));
  }

  /** In network byte order, as ports are. */
  be16Attribute(type: number, value: number): this {
    return this.attribute(type, Uint8Array.of(value >>> 8, value & 0xff));
  }

  u32Attribute(type: number, value: number): this {
    return this.attribute(type, new Uint8Array(Uint32Array.of(value).buffer));
  }

  /** With the final zero that the kernel's own strings have. */
  stringAttribute(type: number, text: string): this {
    return this.attribute(type, Buffer.from(`${text}\0`, "utf8"));
  }

  /** An attribute whose value is whatever `fill` writes. */
  nested(type: number, fill: (writer: PayloadWriter) => void, flag = NLA_F_NESTED): this {
    const start = this.#length;
    this.u16(0).u16(type | flag);
    fill(this);
    this.#view.setUint16(start, this.#length - start, true);
    return this.#pad();
  }

  /** Reserves room and answers where it begins. */
  #extend(size: number): number {
    const offset = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return offset;
  }

  #pad(): this {
    this.#extend(-this.#length & 3);
    return this;
  }
}

/** Attributes of a message that was received. Readers answer undefined for an attribute that is not there. */
export class AttributeReader {
  readonly #values = new Map<number, Uint8Array>();

  /** Stops the decoder around when the attributes do not fit their bytes. A type that comes twice counts once, the last. */
  constructor(bytes: Uint8Array) {
    const view = viewOf(bytes);
    for (let offset = 0; offset < bytes.length; ) {
      const left = bytes.length - offset;
      if (left < ATTRIBUTE_HEADER_SIZE) malformed(`an attribute at byte ${offset} needs 4 bytes, ${left} are left`);
      const length = view.getUint16(offset, true);
      const type = view.getUint16(offset + 2, true) & NLA_TYPE_MASK;
      if (length < ATTRIBUTE_HEADER_SIZE || length > left) {
        malformed(`attribute ${type} at byte ${offset} claims ${length} bytes, ${left} are left`);
      }
      this.#values.set(type, bytes.subarray(offset + ATTRIBUTE_HEADER_SIZE, offset + length));
      offset += (length + 3) & ~3;
    }
  }

  has(type: number): boolean {
    return this.#values.has(type);
  }

  bytes(type: number): Uint8Array | undefined {
    return this.#values.get(type);
  }

  u8(type: number): number | undefined {
    return this.#sized(type, 1)?.getUint8(0);
  }

  u16(type: number): number | undefined {
    return this.#sized(type, 2)?.getUint16(0, true);
  }

  u32(type: number): number | undefined {
    return this.#sized(type, 4)?.getUint32(0, true);
  }

  i32(type: number): number | undefined {
    return this.#sized(type, 4)?.getInt32(0, true);
  }

  /** Up to the first zero. */
  string(type: number): string | undefined {
    const bytes = this.bytes(type);
    if (bytes === undefined) return undefined;
    const end = bytes.indexOf(0);
    return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString("utf8");
  }

  nested(type: number): AttributeReader | undefined {
    const bytes = this.bytes(type);
    return bytes === undefined ? undefined : new AttributeReader(bytes);
  }

  /** A value that must have at least `size` bytes; newer kernels append to their structures. */
  #sized(type: number, size: number): DataView | undefined {
    const bytes = this.bytes(type);
    if (bytes === undefined) return undefined;
    if (bytes.length < size) malformed(`attribute ${type} has ${bytes.length} bytes instead of ${size}`);
    return viewOf(bytes);
  }
}

/** The structure at the start of a payload, checked to be there in full. */
export function fixedPart(payload: Uint8Array, size: number, name: string): DataView {
  if (payload.length < size) malformed(`${name} needs ${size} bytes, the message has ${payload.length}`);
  return viewOf(payload.subarray(0, size));
}

const ATTRIBUTE_HEADER_SIZE = 4;
const NLA_F_NESTED = 0x8000;
/** Without NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
const NLA_TYPE_MASK = 0x3fff;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
