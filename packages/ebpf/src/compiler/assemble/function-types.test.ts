import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeBtf } from "../../object/index.ts";
import { compileText, filter } from "../testing/snippet.ts";

const DECLARATIONS = `const Pair = struct({ size: 8, fields: { left: u32, right: u32 } });
const pairs = array("pairs", { value: Pair, maxEntries: 4 });
const sum = noinline((ctx: Packet, pair: Ref<typeof Pair>, n: u32, wide: u64, is: boolean): u32 => (pair.left + n) >>> 0);
const leftOf = noinline((pair: Ref<typeof Pair>): u32 => pair.left);
const store = noinline((pair: Ref<typeof Pair>): i32 => pairs.update(0, pair));`;

const BODY = `const pair = ctx.at(0, Pair);
if (pair === null) return 1;
const own = Pair.make({ left: pair.left });
return leftOf(pair) + sum(ctx, own, 3, 4n, true) + store(own);`;

/** Functions of the object by name: linkage, and the types of parameters as they are written. */
function functionsOf(text: string): Record<string, string> {
  const decoded = decodeBtf(compileText(text).btf);
  assert.ok(decoded.ok);
  const types = decoded.value;
  const typeOf = (id: number) => types[id - 1] ?? assert.fail(`no type ${id}`);
  const written = (id: number): string => {
    const type = typeOf(id);
    if (type.kind === "ptr") return `${written(type.type)} *`;
    return "name" in type ? type.name : type.kind;
  };
  return Object.fromEntries(
    types.flatMap((type) => {
      if (type.kind !== "func") return [];
      const prototype = typeOf(type.prototype);
      assert.ok(prototype.kind === "funcProto");
      const parameters = prototype.parameters.map((parameter) => `${parameter.name}: ${written(parameter.type)}`);
      return [[type.name, `${type.linkage} (${parameters.join(", ")})`]];
    }),
  );
}

describe("the types of functions", () => {
  const functions = functionsOf(filter(BODY, DECLARATIONS));

  it("show a program with the kernel's context", () => {
    assert.equal(functions["program"], "global (ctx: xdp_md *)");
  });

  it("tell the kernel what a function takes that it verifies by itself", () => {
    assert.equal(functions["sum"], "global (ctx: xdp_md *, pair: Pair *, n: __s64, wide: __u64, is: __s64)");
  });

  it("leave a function with its callers that is passed a packet, which no other function may be", () => {
    assert.equal(functions["leftOf"], "static ()");
  });

  it("leave one with them that hands what it was passed to a helper, as kernels before 6.2 want it", () => {
    assert.equal(functions["store"], "static ()");
  });
});
