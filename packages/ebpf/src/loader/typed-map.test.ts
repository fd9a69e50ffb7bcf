import assert from "node:assert/strict";
import { test } from "node:test";
import { u32 } from "../language/index.ts";
import { codecOf } from "./codec.ts";
import { slotsCodec } from "./typed-map.ts";

test("values of a per-CPU map lie at multiples of 8 bytes, one for each CPU", () => {
  const codec = slotsCodec(codecOf(u32), 16);
  const bytes = Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0);
  assert.deepEqual(codec.decode(bytes), [5, 6]);
  assert.deepEqual(codec.encode([5, 6]), bytes);
});

test("as many values as CPUs must be given", () => {
  assert.throws(
    () => slotsCodec(codecOf(u32), 16).encode([1]),
    /Cannot set 1 values of a per-CPU map: this machine has 2 CPUs/,
  );
});
