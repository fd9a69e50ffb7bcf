/**
 * From the messages of an answer to values, with an error that says which answer could not be read.
 */
import { SystemError } from "../system-error.ts";
import type { Decoded } from "./decoded.ts";
import type { NetlinkMessage } from "./message.ts";

type Decode<Value> = (payload: Uint8Array) => Decoded<Value>;

interface Question {
  readonly operation: string;
  readonly what: string;
}

export function decodeAll<Value>(
  messages: readonly NetlinkMessage[],
  decode: Decode<Value>,
  question: Question,
): Value[] {
  return messages.map(({ payload }) => decodeOrThrow(payload, decode, question));
}

export function decodeOne<Value>(
  message: NetlinkMessage | undefined,
  decode: Decode<Value>,
  question: Question,
): Value | undefined {
  return message === undefined ? undefined : decodeOrThrow(message.payload, decode, question);
}

function decodeOrThrow<Value>(payload: Uint8Array, decode: Decode<Value>, question: Question): Value {
  const decoded = decode(payload);
  if (decoded.ok) return decoded.value;
  throw new SystemError(EPROTO, {
    ...question,
    why: `the kernel's answer cannot be read: ${decoded.problem}`,
    fix: "Report this together with the kernel's version (uname -r).",
  });
}

const EPROTO = 71;
