/**
 * What to do about the verifier's best-known messages, in words of the language. Pure.
 */
import { HELPERS } from "../language/helper.ts";

/** How to fix a program that was refused for this reason; "" when the message is not a known one. */
export function hintFor(reason: string): string {
  for (const { pattern, hint } of HINTS) {
    const match = pattern.exec(reason);
    if (match !== null) return typeof hint === "string" ? hint : hint(match);
  }
  return "";
}

interface Hint {
  readonly pattern: RegExp;
  readonly hint: string | ((match: RegExpExecArray) => string);
}

const HINTS: readonly Hint[] = [
  {
    pattern: /invalid mem access '\w+_or_null'/,
    hint: "The value may be missing: test what lookup() or ctx.at() gave against null before the first use.",
  },
  {
    pattern: /invalid mem access '(scalar|inv)'/,
    hint: "A number is used as an address, mostly a reference that went stale: after a helper that moves the packet (adjustHead, pullData, …) call ctx.at() again and test it.",
  },
  {
    pattern: /BPF program is too large|The sequence of \d+ jumps is too complex/,
    hint: "The verifier follows every path: put the body of long loops into loop(count, callback, state), make functions noinline, or compute without branches inside loops.",
  },
  {
    pattern: /math between \w+ pointer and register with unbounded/,
    hint: "An offset has no upper bound: narrow it with & or test it against a constant right before ctx.at(offset, …).",
  },
  {
    pattern: /(unbounded memory access|make sure to bounds check|min value is negative|unbounded min value)/,
    hint: "An offset or size may be negative or too large: narrow it with & or test it against constants right before its use.",
  },
  {
    pattern: /invalid access to (packet|map value|map key|memory)/,
    hint: "The access reaches past what was checked: check as many bytes as are used, with one layout handed to ctx.at(), and indexes against the length.",
  },
  {
    pattern: /invalid bpf_context access/,
    hint: "The context of this kind of program has no such field in this kernel, or it may only be read.",
  },
  {
    pattern: /infinite loop detected|back-edge from insn/,
    hint: "Nothing the verifier can see ends this loop: count up to a constant, or use loop(count, callback, state).",
  },
  {
    pattern: /(?:unknown func|cannot use helper) (\w+)#(\d+)/,
    hint: (match) => helperHint(match[1] ?? "", match[2] ?? ""),
  },
  {
    pattern: /invalid func unknown#(\d+)/,
    hint: (match) => helperHint(`helper number ${match[1]}`, match[1] ?? ""),
  },
  {
    pattern: /BPF_(STX|XADD|ATOMIC) uses reserved fields/,
    hint: "Atomics that give the old value came with Linux 5.12: use a newer kernel, or atomicAdd without its result.",
  },
  {
    pattern: /combined stack size|invalid (write to|read from|indirect access to) stack|stack depth/,
    hint: "The stack holds 512 bytes for a whole chain of calls: make fewer or smaller values with make(), or keep them in a per-CPU map.",
  },
  {
    pattern: /^R0 !read_ok|R0 has .*should have been/,
    hint: "The program returns a value its kind does not have: return one of the kind's verdicts on every path.",
  },
  {
    pattern: /!read_ok/,
    hint: "A register is read that holds nothing on this path; as a compiler never does that on purpose, report the program.",
  },
  { pattern: /cannot call GPL[- ]/i, hint: 'Declare a licence compatible with the GPL, such as "Dual MIT/GPL".' },
];

function helperHint(name: string, id: string): string {
  const known = HELPERS.filter((helper) => helper.id === Number(id));
  const first = known[0];
  if (first === undefined)
    return `This kernel does not offer ${name} to this kind of program: use a newer kernel or do without it.`;
  const kinds = first.programs === null ? "" : ` for ${first.programs.join(", ")} programs`;
  return `bpf_${first.kernelName} (${first.name} in the language) came with Linux ${first.since}${kinds}: use such a kernel, or do without it.`;
}
