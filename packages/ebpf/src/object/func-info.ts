/**
 * `bpf_func_info`: which BTF function starts at which instruction.
 *
 * The kernel wants one record for each function of a program, the main one at slot 0 first, in rising order.
 *
 * @see kernel Documentation/bpf/btf.rst, section 4.1
 */

import type { TypeId } from "./btf-types.ts";
import { createWordWriter } from "./word-writer.ts";

export interface FunctionInfo {
  /** Slot of the function's first instruction. */
  readonly slot: number;
  /** Id of a BTF `func`. */
  readonly type: TypeId;
}

/** What the kernel is told as func_info_rec_size. */
export const FUNCTION_INFO_BYTES = 8;

export function encodeFunctionInfo(records: readonly FunctionInfo[]): Uint8Array {
  const writer = createWordWriter();
  for (const { slot, type } of records) writer.words(slot, type);
  return writer.bytes();
}
