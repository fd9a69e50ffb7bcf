/** Appends little-endian 32-bit words, which is all that BTF and its companions are made of. */
export interface WordWriter {
  /** Appends each word; negative ones in two's complement. */
  words(...values: readonly number[]): void;
  bytes(): Uint8Array;
}

export function createWordWriter(): WordWriter {
  const values: number[] = [];
  return {
    words(...more) {
      values.push(...more);
    },
    bytes() {
      const bytes = new Uint8Array(values.length * 4);
      const view = new DataView(bytes.buffer);
      values.forEach((value, index) => {
        view.setUint32(index * 4, value, true);
      });
      return bytes;
    },
  };
}
