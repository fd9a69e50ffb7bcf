/**
 * The smallest programs, for trials: each kind as the kernel wants it loaded.
 */
import { type AttachType, type FileDescriptor, type ProgramType, programFlags, programLoad } from "@weir/linux";
import type { ProgramKind } from "../../language/program-kind.ts";
import { alu64Imm, encodeInstructions, exit, type Instruction } from "../../object/index.ts";

interface LoadForm {
  readonly type: ProgramType;
  readonly expectedAttachType?: AttachType;
  readonly flags?: number;
}

const FORMS: Readonly<Record<ProgramKind, LoadForm>> = {
  Xdp: { type: "xdp" },
  Skb: { type: "sched_cls" },
  SkSkbParser: { type: "sk_skb" },
  SkSkbVerdict: { type: "sk_skb" },
  SkMsg: { type: "sk_msg" },
  SkLookup: { type: "sk_lookup", expectedAttachType: "sk_lookup" },
  Syscall: { type: "syscall", flags: programFlags.sleepable },
};

/** A verdict that every kind may return. */
export const RETURN_ONE: readonly Instruction[] = [alu64Imm("mov", 0, 1), exit()];

/** Loads instructions as a program of a kind. Throws a SystemError with the verifier's log. */
export function loadTrial(kind: ProgramKind, instructions: readonly Instruction[]): FileDescriptor {
  return programLoad({
    ...FORMS[kind],
    name: "weir_probe",
    instructions: encodeInstructions(instructions),
    license: "Dual MIT/GPL",
  }).fd;
}
