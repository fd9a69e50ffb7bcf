import assert from "node:assert/strict";
import { release } from "node:os";
import { describe, it } from "node:test";
import { SystemError } from "@weir/linux";
import type { MapSpec, ProgramSpec } from "../object/index.ts";
import { type Ask, explainAttachFailure, explainMapFailure, explainProgramFailure } from "./explain-failure.ts";
import { isLoaderError, LoaderError } from "./loader-error.ts";
import { VerifierError } from "./verifier-error.ts";

const EPERM = 1;
const ENOMEM = 12;
const EBUSY = 16;
const EINVAL = 22;
const EOPNOTSUPP = 95;
const refusal = (errno: number, log = "") =>
  new SystemError(errno, { operation: "bpf(BPF_TEST)", what: "Cannot do it", log });

const ringSpec: MapSpec = {
  ...{ name: "events", type: 27, keySize: 0, valueSize: 0, maxEntries: 4096, flags: 0 },
  ...{ types: null, inner: null, contents: null },
};
const syscallSpec: ProgramSpec = {
  ...{ name: "sweep", kind: "Syscall", type: 31, expectedAttachType: 0, flags: 16, license: "GPL" },
  ...{ instructions: [], relocations: [], functions: [], lines: [], maps: [] },
};

/** A kernel that lacks what is asked for, but for BTF. */
const oldKernel: Ask = ({ kind }) => {
  const answer = kind === "function information" ? "yes" : "no";
  return { answer, feature: `feature ${kind}`, since: "5.8", why: "it is old" };
};
const newKernel: Ask = ({ kind }) => ({ answer: "yes", feature: kind, since: "5.8", why: "it is new" });
const cannotTell: Ask = ({ kind }) => ({ answer: "could not tell", feature: kind, since: "5.8", why: "EPERM" });

describe("an old kernel is told by what it lacks and the release that brought it", () => {
  const told = (error: unknown, feature: string) => {
    assert.ok(isLoaderError(error, "kernel-too-old"));
    assert.equal(
      error.message,
      `Cannot do it: it needs feature ${feature}, which came with Linux 5.8, and Linux ${release()} does not have it. ` +
        "Boot Linux 5.8 or newer.",
    );
  };
  it("for a kind of map", () => told(explainMapFailure(refusal(EINVAL), ringSpec, oldKernel), "map"));
  it("for a kind of program", () => told(explainProgramFailure(refusal(EINVAL), syscallSpec, oldKernel), "program"));
  it("for a link", () => {
    const place = { ifindex: null, feature: { kind: "socket map link" } } as const;
    told(explainAttachFailure(refusal(EINVAL), place, oldKernel), "socket map link");
  });
});

describe("what has another reason stays as the kernel said it", () => {
  const cases = [
    { errno: EINVAL, ask: newKernel, why: "the feature is there" },
    { errno: EINVAL, ask: cannotTell, why: "nobody could tell" },
    { errno: ENOMEM, ask: oldKernel, why: "the error is not about features" },
  ];
  for (const { errno, ask, why } of cases) {
    it(why, () => {
      const error = refusal(errno);
      assert.equal(explainMapFailure(error, ringSpec, ask), error);
      assert.equal(explainProgramFailure(error, syscallSpec, ask), error);
    });
  }
  it("what is no error of a system call", () => {
    const error = new TypeError("a slip");
    assert.equal(explainMapFailure(error, ringSpec, oldKernel), error);
  });
});

describe("errors by their number", () => {
  it("a verifier's log makes a VerifierError", () => {
    const error = explainProgramFailure(refusal(EINVAL, "R0 !read_ok\n"), syscallSpec, oldKernel);
    assert.ok(error instanceof VerifierError);
    assert.equal(error.reason, "R0 !read_ok");
  });

  it("no native XDP and a taken hook have codes of their own", () => {
    const place = { ifindex: 3, feature: { kind: "XDP link" } } as const;
    const codes = [EOPNOTSUPP, EBUSY].map((errno) => {
      const error = explainAttachFailure(refusal(errno), place, newKernel);
      return error instanceof LoaderError ? error.code : "";
    });
    assert.deepEqual(codes, ["native-xdp-unsupported", "hook-taken"]);
  });

  it("EPERM is a missing capability, or, when none is missing, what the kernel said", () => {
    const error = explainMapFailure(refusal(EPERM), ringSpec, oldKernel);
    assert.ok(isLoaderError(error, "capability-missing") || error instanceof SystemError);
  });
});
