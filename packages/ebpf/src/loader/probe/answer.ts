/**
 * Answers of probes: yes, no, and could not tell.
 *
 * The third is the honest one when a capability is missing or something else got in the way: "no" would send people to
 * another kernel that they do not need.
 */
import { release } from "node:os";
import { SystemError } from "@weir/linux";
import { describeFeature, type Feature, sinceOf } from "./feature.ts";

export interface ProbeAnswer {
  readonly answer: "yes" | "no" | "could not tell";
  /** What was probed, in words. */
  readonly feature: string;
  /** Release of Linux that brought it: "5.8". */
  readonly since: string;
  /** The fact behind the answer, a clause. */
  readonly why: string;
}

/** What a trial says by the way it fails. */
export interface Verdicts {
  /** Errors that only a kernel with the feature gives. */
  readonly present?: readonly string[];
  /** Errors that a kernel without the feature gives. */
  readonly absent: readonly string[];
}

/** Tries the feature: going through means yes, and a failure is looked up among the verdicts. */
export function answerBy(feature: Feature, trial: () => void, { present = [], absent }: Verdicts): ProbeAnswer {
  try {
    trial();
    return answer(feature, "yes", "a trial worked");
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const said = `a trial was answered with ${error.code}`;
    if (present.includes(error.code)) return answer(feature, "yes", `${said}, which only a kernel that has it gives`);
    if (error.code === "EPERM")
      return answer(feature, "could not tell", `this process may not try it (EPERM). ${error.fix}`);
    if (absent.includes(error.code)) return answer(feature, "no", `${said} by Linux ${release()}`);
    return answer(feature, "could not tell", `${said}: ${error.message}`);
  }
}

export function answer(feature: Feature, verdict: ProbeAnswer["answer"], why: string): ProbeAnswer {
  return { answer: verdict, feature: describeFeature(feature), since: sinceOf(feature), why };
}
