import { describe, it } from "node:test";
import { assertAgrees } from "./agree.ts";
import { regressions } from "./programs.ts";

describe("what random programs have found", () => {
  for (const regression of regressions) {
    it(regression.title, () => assertAgrees(regression, { twin: true, interpreter: true, kernel: false }));
  }
});
