import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { XdpAttachment } from "@weir/linux";
import { modeOf } from "./xdp-mode.ts";

const nothing: XdpAttachment = {
  mode: "none",
  ...{ programId: undefined, nativeProgramId: undefined, genericProgramId: undefined, hardwareProgramId: undefined },
};

describe("the XDP mode of program 7", () => {
  const cases = [
    { xdp: nothing, mode: "none", why: "nothing is attached" },
    { xdp: { ...nothing, mode: "native", programId: 7, nativeProgramId: 7 }, mode: "native", why: "in the driver" },
    { xdp: { ...nothing, mode: "generic", programId: 7, genericProgramId: 7 }, mode: "generic", why: "behind it" },
    {
      xdp: { ...nothing, mode: "native", programId: 8, nativeProgramId: 8 },
      mode: "none",
      why: "another program runs",
    },
    {
      xdp: { ...nothing, mode: "multiple", genericProgramId: 7, hardwareProgramId: 8 },
      mode: "generic",
      why: "two modes at once, each with its program",
    },
    { xdp: { ...nothing, mode: "generic", programId: 7 }, mode: "generic", why: "a kernel without ids by mode" },
  ] as const;
  for (const { xdp, mode, why } of cases) it(`${mode}: ${why}`, () => assert.equal(modeOf(xdp, 7), mode));
});
