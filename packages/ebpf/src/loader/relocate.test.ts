import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as asm from "../object/index.ts";
import { isLoaderError } from "./loader-error.ts";
import { relocate } from "./relocate.ts";

const descriptors = new Map([
  ["conns", 7],
  ["settings", 9],
]);

describe("relocation", () => {
  it("a map's name becomes its descriptor, marked as one (pseudo source 1)", () => {
    const program = {
      name: "lb",
      instructions: [asm.alu64Imm("mov", 0, 1), asm.loadImm64(1, 0n), asm.exit()],
      relocations: [{ instruction: 1, kind: "map", map: "conns", offset: 0 }],
    } as const;
    assert.deepEqual(relocate(program, descriptors)[1], { opcode: 0x18, dst: 1, src: 1, off: 0, imm: 7n });
  });

  it("a map's value is the offset in the high half and the descriptor in the low half (pseudo source 2)", () => {
    const program = {
      name: "lb",
      instructions: [asm.loadImm64(3, 0n), asm.exit()],
      relocations: [{ instruction: 0, kind: "mapValue", map: "settings", offset: 16 }],
    } as const;
    assert.deepEqual(relocate(program, descriptors)[0], { opcode: 0x18, dst: 3, src: 2, off: 0, imm: 0x10_0000_0009n });
  });

  it("the spec itself stays as it was", () => {
    const instructions = [asm.loadImm64(1, 0n), asm.exit()];
    relocate(
      { name: "lb", instructions, relocations: [{ instruction: 0, kind: "map", map: "conns", offset: 0 }] },
      descriptors,
    );
    assert.deepEqual(instructions[0], asm.loadImm64(1, 0n));
  });

  it("an unknown map and a wrong instruction are errors of the spec, told by name", () => {
    const of = (instruction: number, map: string) => () =>
      relocate(
        {
          name: "lb",
          instructions: [asm.loadImm64(1, 0n), asm.exit()],
          relocations: [{ instruction, kind: "map", map, offset: 0 }],
        },
        descriptors,
      );
    assert.throws(
      of(0, "missing"),
      (error) => isLoaderError(error, "spec-invalid") && /map missing/.test(error.message),
    );
    assert.throws(
      of(1, "conns"),
      (error) => isLoaderError(error, "spec-invalid") && /instruction 1/.test(error.message),
    );
    assert.throws(of(5, "conns"), (error) => isLoaderError(error, "spec-invalid"));
  });
});
