import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SystemError } from "@weir/linux";
import { answerBy } from "./answer.ts";

const EPERM = 1;
const ENOMEM = 12;
const ENODEV = 19;
const EINVAL = 22;
const feature = { kind: "map", map: "ringBuffer" } as const;
const trial = (errno: number) => () => {
  throw new SystemError(errno, { operation: "trial", what: "Cannot try it" });
};
const verdicts = { present: ["ENODEV"], absent: ["EINVAL"] };

describe("the answer to a trial", () => {
  const cases = [
    { run: () => {}, answer: "yes", why: /a trial worked/ },
    { run: trial(ENODEV), answer: "yes", why: /ENODEV, which only a kernel that has it gives/ },
    { run: trial(EINVAL), answer: "no", why: /EINVAL by Linux/ },
    { run: trial(EPERM), answer: "could not tell", why: /may not try it \(EPERM\)/ },
    { run: trial(ENOMEM), answer: "could not tell", why: /ENOMEM: Cannot try it/ },
  ] as const;
  for (const { run, answer, why } of cases) {
    it(`${answer}: ${why.source}`, () => {
      const found = answerBy(feature, run, verdicts);
      assert.deepEqual({ ...found, why: "" }, { answer, feature: "map kind ringBuffer", since: "5.8", why: "" });
      assert.match(found.why, why);
    });
  }

  it("an error of our own is no answer", () => {
    assert.throws(
      () =>
        answerBy(
          feature,
          () => {
            throw new TypeError("a slip");
          },
          verdicts,
        ),
      TypeError,
    );
  });
});
