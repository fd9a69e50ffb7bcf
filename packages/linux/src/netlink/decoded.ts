/**
 * Reading bytes that may be anything: an outcome is a value or the reason why there is none, never an exception.
 */

export type Decoded<Value> =
  | { readonly ok: true; readonly value: Value }
  /** `problem` says what is wrong and where: "attribute 3 at byte 32 claims 200 bytes, 12 are left". */
  | { readonly ok: false; readonly problem: string };

/** Runs a decoder whose readers stop it with `malformed`. Other exceptions are ours to fix and pass through. */
export function decoding<Value>(decode: () => Value): Decoded<Value> {
  try {
    return { ok: true, value: decode() };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, problem: error.message };
    throw error;
  }
}

/** Stops the decoder around. */
export function malformed(problem: string): never {
  throw new Malformed(problem);
}

class Malformed extends Error {}
