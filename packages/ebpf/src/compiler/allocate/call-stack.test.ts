import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CompileError } from "../diagnostic.ts";
import { parseMachine } from "../machine/testing/parse-machine.ts";
import { allocate } from "./allocate.ts";

/** A program with a slot of that size, which calls `inner` with another one. */
const nested = (outer: number, inner: number): string => `program(v0)
  slot0: ${outer} bytes, aligned to 8
block 0:
  store u64 [slot0] = 1
  v1 = call inner(v0)
  v2 = load u64 [slot0]
  return v2
inner(_)
  slot0: ${inner} bytes, aligned to 8
block 0:
  store u64 [slot0] = 1
  v0 = load u64 [slot0]
  return v0
`;

const diagnosticsOf = (text: string): CompileError["diagnostics"] => {
  try {
    allocate(parseMachine(text));
  } catch (error) {
    if (error instanceof CompileError) return error.diagnostics;
    throw error;
  }
  return [];
};

describe("the stack of a chain of calls", () => {
  // A frame counts in steps of 32 bytes.
  const cases = [
    { outer: 256, inner: 256, fits: true },
    { outer: 480, inner: 8, fits: true },
    { outer: 488, inner: 8, fits: false },
    { outer: 264, inner: 256, fits: false },
  ];
  for (const { outer, inner, fits } of cases) {
    it(`${outer} and ${inner} bytes ${fits ? "fit" : "do not fit"}`, () => {
      assert.equal(diagnosticsOf(nested(outer, inner)).length, fits ? 0 : 1);
    });
  }

  it("is refused with its functions and their frames", () => {
    const [diagnostic] = diagnosticsOf(nested(400, 200));
    assert.equal(diagnostic?.rule, "E401");
    assert.match(diagnostic?.got ?? "", /would take 640 bytes .* allows 512 \(program 400 bytes, inner 200 bytes;/);
  });

  it("counts callbacks as calls", () => {
    const text = nested(400, 200).replace("call inner(v0)", "call loop(9, &function inner)");
    assert.equal(diagnosticsOf(text).length, 1);
  });

  it("counts one function alone", () => {
    const alone = `program()
  slot0: 520 bytes, aligned to 8
block 0:
  store u64 [slot0] = 1
  return 0
`;
    assert.match(diagnosticsOf(alone)[0]?.got ?? "", /program 520 bytes/);
  });
});
