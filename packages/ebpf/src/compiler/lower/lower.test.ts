import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { assertRefused, compileText, filter, withImports } from "../testing/snippet.ts";

describe("a program", () => {
  it("gives a number", () => {
    assertRefused(
      withImports("\nexport function program(ctx: Xdp) {\n  return ctx.length > 5;\n}"),
      "E307",
      "return ctx.length > 5",
    );
    assertRefused(
      withImports("\nexport function program(ctx: Xdp) {\n  return ktimeNs();\n}"),
      "E307",
      "return ktimeNs()",
    );
  });

  it("that chooses sockets gives 0 or 1, which the verifier wants to see", () => {
    assertRefused(filter("return ctx.localPort;", "", "SkLookup"), "E302", "return ctx.localPort");
    assert.equal(compileText(filter("return ctx.localPort === 80 ? 1 : 0;", "", "SkLookup")).programs.length, 1);
  });

  it("does not call itself", () => {
    assertRefused(filter("return ctx.length > 5 ? program(ctx) : 1;"), "E501", "program(ctx)");
  });

  it("ends on every way with a value", () => {
    assertRefused(filter("if (ctx.length > 5) return 1;"), "E506", "export function program");
  });
});

describe("a collection", () => {
  it("has one map of a name, in whichever of its programs it is used", () => {
    const text = withImports(`
const one = array("same", { value: u32, maxEntries: 2 });
const other = array("same", { value: u64, maxEntries: 2 });
export function first(ctx: Xdp): number {
  return one.update(0, 1);
}
export function second(ctx: Xdp): number {
  return other.update(0, 1n);
}`);
    assertRefused(text, "E606", "other.update");
  });

  it("holds the maps that its programs use, and each table once", () => {
    const text = withImports(`
const used = array("used", { value: u32, maxEntries: 2 });
const unused = array("unused", { value: u32, maxEntries: 2 });
const powers = table(u16, [1, 2, 4, 0x1234]);
export function first(ctx: Xdp): number {
  return used.update(0, 1) + powers.at(ctx.length & 3);
}
export function second(ctx: Xdp): number {
  return powers.at(ctx.length & 1);
}`);
    const { maps, programs } = compileText(text);
    assert.deepEqual(
      maps.map(({ name }) => name),
      ["used", "powers.0"],
    );
    assert.deepEqual(
      programs.map((program) => program.maps),
      [["used", "powers.0"], ["powers.0"]],
    );
    assert.deepEqual([...(maps[1]?.contents ?? [])], [1, 0, 2, 0, 4, 0, 0x34, 0x12]);
  });
});
