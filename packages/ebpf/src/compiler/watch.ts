/**
 * Watching the compiler: every phase's output as text, made only when somebody looks.
 */
export const PHASES = ["lower", "ranges", "optimise", "select", "allocate", "emit"] as const;
export type PhaseName = (typeof PHASES)[number];

/** Is told about each phase of each program; `print` makes the text. */
export type Watch = (program: string, phase: PhaseName, print: () => string) => void;
