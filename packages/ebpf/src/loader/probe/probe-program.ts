/**
 * Probes that load a small program: kinds of programs, helpers, instructions, type information.
 */
import { release } from "node:os";
import { btfLoad, isSystemError } from "@weir/linux";
import type { ProgramKind } from "../../language/program-kind.ts";
import {
  alu64Imm,
  atomic,
  call,
  createBtfBuilder,
  exit,
  type Instruction,
  jumpImm,
  storeImm,
  VOID,
} from "../../object/index.ts";
import { answer, answerBy, type ProbeAnswer } from "./answer.ts";
import { type Feature, helperOf } from "./feature.ts";
import { loadTrial, RETURN_ONE } from "./trial-program.ts";

export function probeProgram(program: ProgramKind): ProbeAnswer {
  return byLoading({ kind: "program", program }, program, RETURN_ONE);
}

/**
 * Calls the helper without arguments. A kernel that offers it complains about the arguments, one that does not about
 * the helper.
 */
export function probeHelper(helper: string, program: ProgramKind): ProbeAnswer {
  const feature: Feature = { kind: "helper", helper, program };
  const { id } = helperOf(helper, program);
  try {
    loadTrial(program, [call(id), exit()]).close();
    return answer(feature, "yes", "a trial program that calls it was loaded");
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.log === "") {
      return answer(
        feature,
        "could not tell",
        `a trial program was answered with ${error.code} and no word of the verifier. ${error.fix}`,
      );
    }
    const refusal = /(unknown func|invalid func|cannot use helper).*/.exec(error.log)?.[0];
    if (refusal === undefined) return answer(feature, "yes", "the verifier knows its arguments");
    return answer(feature, "no", `the verifier of Linux ${release()} says "${refusal}"`);
  }
}

export function probeBoundedLoops(): ProbeAnswer {
  const countToFour = [alu64Imm("mov", 0, 0), alu64Imm("add", 0, 1), jumpImm("lt", 0, 4, -2), exit()];
  return byLoading({ kind: "bounded loops" }, "Xdp", countToFour);
}

export function probeAtomicsWithResult(): ProbeAnswer {
  const add = [storeImm(8, 10, -8, 0), alu64Imm("mov", 1, 1), atomic("add", 8, true, 10, 1, -8), ...RETURN_ONE];
  return byLoading({ kind: "atomics with result" }, "Xdp", add);
}

/** Kernels before 5.0 know no functions in BTF. */
export function probeFunctionInformation(): ProbeAnswer {
  return byFunction({ kind: "function information" }, "static");
}

/** Kernels before 5.6 refuse functions with a linkage. */
export function probeGlobalFunctions(): ProbeAnswer {
  return byFunction({ kind: "global functions" }, "global");
}

function byFunction(feature: Feature, linkage: "static" | "global"): ProbeAnswer {
  const btf = createBtfBuilder();
  const int = btf.int("int", 4, "signed");
  btf.function("probe", btf.functionPrototype(int, [{ name: "ctx", type: btf.pointer(VOID) }]), linkage);
  return answerBy(feature, () => btfLoad(btf.encode()).close(), { absent: ["EINVAL"] });
}

function byLoading(feature: Feature, kind: ProgramKind, instructions: readonly Instruction[]): ProbeAnswer {
  return answerBy(feature, () => loadTrial(kind, instructions).close(), { absent: ["EINVAL"] });
}
