/**
 * A campaign: many random programs through the worlds, and what became of them.
 */
import { type Judgement, judge, type WorldsWanted } from "./compare.ts";
import { type GeneratedProgram, generateProgram } from "./generate/generate.ts";

export interface Campaign {
  /** The programs have the seeds `seed`, `seed + 1`, … */
  readonly seed: number;
  readonly programs: number;
  readonly worlds: WorldsWanted;
  /** Time after which no further programs are begun; without it all are run. */
  readonly limit_ms?: number;
}

export interface Failure {
  readonly program: GeneratedProgram;
  readonly judgement: Extract<Judgement, { kind: "failed" }>;
}

export interface Tally {
  /** Programs that were run; fewer than wanted when the time was up. */
  programs: number;
  /** Programs that ran and agreed. */
  agreed: number;
  packets: number;
  /** Of the programs that agreed. */
  instructions: number;
  verified: number;
  /** Programs that the compiler refused, by rule. */
  readonly refused: Map<string, number[]>;
  /** Programs that the verifier refused, by reason. */
  readonly rejected: Map<string, number[]>;
  readonly failures: Failure[];
}

/** Programs that are on their way at once: their types are taken out together. */
const BATCH = 16;

/** @param onProgress is told of each step */
export async function runCampaign(campaign: Campaign, onProgress?: (tally: Tally) => void): Promise<Tally> {
  const tally: Tally = {
    ...{ programs: 0, agreed: 0, packets: 0, instructions: 0, verified: 0 },
    ...{ refused: new Map(), rejected: new Map(), failures: [] },
  };
  const end = performance.now() + (campaign.limit_ms ?? Number.POSITIVE_INFINITY);
  while (tally.programs < campaign.programs && performance.now() < end) {
    const count = Math.min(BATCH, campaign.programs - tally.programs);
    const first = campaign.seed + tally.programs;
    const programs = Array.from({ length: count }, (_, index) => generateProgram(first + index));
    await Promise.all(
      programs.map(async (program) => {
        note(tally, program, await judge(program, campaign.worlds));
      }),
    );
    tally.programs += count;
    onProgress?.(tally);
  }
  return tally;
}

function note(tally: Tally, program: GeneratedProgram, judgement: Judgement): void {
  switch (judgement.kind) {
    case "agreed":
      tally.agreed++;
      tally.packets += judgement.verdicts.length;
      tally.instructions += judgement.instructions;
      tally.verified += judgement.verified;
      return;
    case "refused":
      add(tally.refused, judgement.rule, program.seed);
      return;
    case "rejected":
      add(tally.rejected, judgement.reason, program.seed);
      return;
    case "failed":
      tally.failures.push({ program, judgement });
  }
}

function add(into: Map<string, number[]>, key: string, seed: number): void {
  into.set(key, [...(into.get(key) ?? []), seed]);
}
