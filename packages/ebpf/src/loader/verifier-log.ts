/**
 * Reads the verifier's log for the lines that tell why a program was refused. Pure.
 *
 * A log is a trace of the path the verifier followed, thousands of lines at times:
 *
 *     ; const found = flows.lookup(key); @ lb.ts:10     the source, by line information
 *     5: (85) call bpf_map_lookup_elem#1 ; R0=map_value_or_null(…)
 *     6: (62) *(u32 *)(r0 +0) = 1                       the instruction: slot, opcode, text
 *     R0 invalid mem access 'map_value_or_null'         the reason
 *     processed 7 insns (limit 1000000) …               closing counts
 */
export interface SourceLine {
  /** Slot of the first instruction made from this line. */
  readonly slot: number;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export interface LogSummary {
  /** The line that tells why. */
  readonly reason: string;
  /** Source lines on the way to the refusal, the refused one last; at most two, none when the log does not lead to any. */
  readonly source: readonly SourceLine[];
}

/** @param lines of the program, in rising order of slots */
export function summariseLog(log: string, lines: readonly SourceLine[]): LogSummary {
  // At the moment the limit is reached the line of the instruction is still open, and the reason is glued to it (seen on 6.18).
  const whole = log.replace(/(?<=[^\n])BPF program is too large/g, "\n$&");
  const logLines = whole.split("\n").map((line) => line.trimEnd());
  const reasonAt = findReason(logLines);
  return {
    reason: reasonAt < 0 ? "" : (logLines[reasonAt] ?? "").trim(),
    source: sourceBefore(logLines, reasonAt < 0 ? logLines.length : reasonAt, lines),
  };
}

/** Reasons that the verifier prints more lines after, which would otherwise be taken for the reason. */
const REASONS_WITH_A_TAIL = [
  /^infinite loop detected/,
  /^BPF program is too large/,
  /^The sequence of \d+ jumps/,
  /^invalid access to/,
];

/** Lines that tell how the verifier got there, or what it knew, never why it refused. */
const NOT_A_REASON = [
  /^$/,
  /^;/, //                                        source
  /^\d+: /, //                                    instruction, or the state at one
  /^(processed \d+ insns|verification time|stack depth|max_states|peak_states|insns processed)/,
  /^(from|cur state|old state|regs=|mark_precise|last_idx|parent|propagating|func#|caller|returning from|frame\d|to caller|from callee)/,
  /^(arg#\d+|Func#\d+|Validating|BPF program needs|verifier log)/i,
  /^\s*(R\d+|fp-?\d+)(_\w+)?=/, //                 register state
];

function findReason(lines: readonly string[]): number {
  const withTail = lines.findLastIndex((line) => REASONS_WITH_A_TAIL.some((pattern) => pattern.test(line)));
  if (withTail >= 0) return withTail;
  return lines.findLastIndex((line) => !NOT_A_REASON.some((pattern) => pattern.test(line)));
}

/** The line of the last instruction before the reason, and the line the path came from. */
function sourceBefore(logLines: readonly string[], end: number, lines: readonly SourceLine[]): readonly SourceLine[] {
  const found: SourceLine[] = [];
  for (let index = end - 1; index >= 0 && found.length < 2; index--) {
    const slot = /^(\d+): \(/.exec(logLines[index] ?? "")?.[1];
    if (slot === undefined) continue;
    const line = lines.findLast((candidate) => candidate.slot <= Number(slot));
    if (line !== undefined && !found.some((other) => isSamePlace(other, line))) found.unshift(line);
  }
  if (found.length > 0) return found;
  // Some refusals come before any path is followed and name the instruction themselves: "unreachable insn 5".
  const named = /\binsn (\d+)/.exec(logLines[end] ?? "")?.[1];
  const line = named === undefined ? undefined : lines.findLast((candidate) => candidate.slot <= Number(named));
  return line === undefined ? [] : [line];
}

function isSamePlace(a: SourceLine, b: SourceLine): boolean {
  return a.file === b.file && a.line === b.line;
}
