import { rootTest } from "@weir/linux/testing";
import { assertAgrees } from "./agree.ts";
import { regressions } from "./programs.ts";

for (const regression of regressions) {
  rootTest(`in the kernel: ${regression.title}`, () =>
    assertAgrees(regression, { twin: true, interpreter: false, kernel: true }),
  );
}
