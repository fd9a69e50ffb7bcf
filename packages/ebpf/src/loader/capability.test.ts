import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { missingCapabilities } from "./capability.ts";

const NET_ADMIN = 1n << 12n;
const SYS_ADMIN = 1n << 21n;
const BPF = 1n << 39n;

describe("missing capabilities", () => {
  const cases = [
    { effective: 0n, missing: ["CAP_BPF", "CAP_NET_ADMIN"], why: "an ordinary user has none" },
    { effective: BPF, missing: ["CAP_NET_ADMIN"], why: "one of two" },
    { effective: BPF | NET_ADMIN, missing: [], why: "both" },
    { effective: SYS_ADMIN, missing: ["CAP_NET_ADMIN"], why: "CAP_SYS_ADMIN includes CAP_BPF, not CAP_NET_ADMIN" },
  ];
  for (const { effective, missing, why } of cases) {
    it(why, () => {
      const status = `Name:\tnode\nCapEff:\t${effective.toString(16).padStart(16, "0")}\nCapBnd:\t0\n`;
      assert.deepEqual(missingCapabilities(["CAP_BPF", "CAP_NET_ADMIN"], status), missing);
    });
  }
});
