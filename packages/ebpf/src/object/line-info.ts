/**
 * `bpf_line_info`: which source line an instruction was made from; the verifier prints it in its log.
 *
 * Records rise by slot; one holds until the next. Each function's first instruction needs one.
 *
 * @see kernel Documentation/bpf/btf.rst, section 4.2
 */

import { createWordWriter } from "./word-writer.ts";

export interface LineInfo {
  /** First slot made from this line. */
  readonly slot: number;
  /** Offset of the file's name in the BTF string table. */
  readonly file: number;
  /** Offset of the line's text in the BTF string table. */
  readonly text: number;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1; 0 if unknown. */
  readonly column: number;
}

/** What the kernel is told as line_info_rec_size. */
export const LINE_INFO_BYTES = 16;

/** A line number has 22 bits and a column 10. Columns past that are stored as the last one; lines cannot be. */
const MAX_LINE = 0x3f_ffff;
const MAX_COLUMN = 0x3ff;

/** @throws RangeError if a line number does not fit 22 bits */
export function encodeLineInfo(records: readonly LineInfo[]): Uint8Array {
  const writer = createWordWriter();
  for (const { slot, file, text, line, column } of records) {
    if (line > MAX_LINE)
      throw new RangeError(`Cannot encode line number ${line}: line information counts to ${MAX_LINE}.`);
    writer.words(slot, file, text, (line << 10) | Math.min(column, MAX_COLUMN));
  }
  return writer.bytes();
}
