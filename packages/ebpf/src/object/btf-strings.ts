/**
 * The string table of BTF: every text once, ended by a zero byte, named by the offset of its first byte.
 *
 * Offset 0 is the empty string. Line information stores source lines and file names in the same table.
 */
export interface StringTable {
  /** Offset of this text, which is added if it is new. Throws a RangeError if it contains a zero byte. */
  offsetOf(text: string): number;
  /** The table as it stands now. */
  bytes(): Uint8Array;
}

export function createStringTable(): StringTable {
  const offsets = new Map<string, number>([["", 0]]);
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [Uint8Array.of(0)];
  let length = 1;
  return {
    offsetOf(text) {
      const known = offsets.get(text);
      if (known !== undefined) return known;
      if (text.includes("\0")) {
        throw new RangeError(
          `Cannot put ${JSON.stringify(text)} into a BTF string table: a zero byte ends a string there.`,
        );
      }
      const offset = length;
      const bytes = encoder.encode(`${text}\0`);
      parts.push(bytes);
      length += bytes.length;
      offsets.set(text, offset);
      return offset;
    },
    bytes() {
      const table = new Uint8Array(length);
      let at = 0;
      for (const part of parts) {
        table.set(part, at);
        at += part.length;
      }
      return table;
    },
  };
}
