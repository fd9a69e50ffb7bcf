import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { calculation, compileText, filter } from "../testing/snippet.ts";

describe("the spec of a program", () => {
  // enum bpf_prog_type and bpf_attach_type of linux/bpf.h.
  const kinds = [
    ["Xdp", 6, 37],
    ["Skb", 3, 0],
    ["SkSkbParser", 14, 4],
    ["SkSkbVerdict", 14, 5],
    ["SkMsg", 16, 7],
    ["SkLookup", 30, 36],
  ] as const;
  for (const [kind, type, attachType] of kinds) {
    it(`of kind ${kind} is of type ${type}, to be attached as ${attachType}`, () => {
      const text = `import { struct, u32, type ${kind} } from "@weir/ebpf";\nexport function program(ctx: ${kind}): number {\n  return 1;\n}`;
      const [program] = compileText(text).programs;
      assert.deepEqual(
        [program?.kind, program?.type, program?.expectedAttachType, program?.flags],
        [kind, type, attachType, 0],
      );
    });
  }

  it("that is run on demand may sleep", () => {
    const [program] = compileText(calculation("return 1;")).programs;
    assert.deepEqual([program?.type, program?.flags], [31, 1 << 4]);
  });

  it("accepts packets in several buffers if it is told to", () => {
    const text = filter("return ctx.length > 5 ? 1 : 2;");
    assert.equal(compileText(text, { frags: true }).programs[0]?.flags, 1 << 5);
  });

  it("says which functions it has, and of which lines its instructions are made", () => {
    const declarations = "const twice = noinline((n: u32): u32 => (n * 2) >>> 0);";
    const compiled = compileText(filter("const n = twice(ctx.length);\nreturn n;", declarations));
    const [program] = compiled.programs;
    assert.deepEqual(
      program?.functions.map(({ name }) => name),
      ["program", "twice"],
    );
    assert.equal(program?.functions[0]?.instruction, 0);
    const call = program?.lines.find(({ text }) => text === "const n = twice(ctx.length);");
    assert.deepEqual([call?.file, call?.line], ["main.ts", 4]);
    assert.ok(compiled.strings.has("main.ts") && compiled.strings.has("const n = twice(ctx.length);"));
  });
});
