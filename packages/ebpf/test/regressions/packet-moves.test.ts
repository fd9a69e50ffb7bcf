import assert from "node:assert/strict";
import { test } from "node:test";
import { CompileError, compile } from "../../src/compiler/index.ts";

test("a reference is stale after a call of a function that may move the packet", () => {
  const source = `import { noinline, struct, u8, u32, type Xdp } from "@weir/ebpf";
const Byte = struct({ size: 1, fields: { value: u8 } });
const shorten = noinline((ctx: Xdp, by: u32): u32 => (ctx.adjustHead(by & 7) === 0 ? 1 : 0));
export function main(ctx: Xdp): number {
  const byte = ctx.at(0, Byte);
  if (byte === null) return 0;
  const done = shorten(ctx, 4);
  return byte.value + done;
}
`;
  assert.throws(
    () => compile("main.ts", { readSource: (path) => (path === "main.ts" ? source : undefined) }),
    (error) => error instanceof CompileError && error.diagnostics.every(({ rule }) => rule === "E403"),
  );
});
