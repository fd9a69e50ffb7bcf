/**
 * Which constants an instruction can carry in its 32-bit field.
 *
 * The field is sign-extended when the operation has 64 bits. A 32-bit operation looks at the low 32 bits of its operands only, so
 * there every constant fits.
 */
import type { Width } from "../machine/machine.ts";

const LOWEST = -0x8000_0000n;
const HIGHEST = 0x7fff_ffffn;

/** The field's content for `value` as operand of an operation of `width` bits; `null` if it must go through a register. */
export function immediateField(value: bigint, width: Width): number | null {
  // 2^64 - 1 and -1 are the same 64 bits.
  const signed = width === 32 ? BigInt.asIntN(32, value) : BigInt.asIntN(64, value);
  return signed >= LOWEST && signed <= HIGHEST ? Number(signed) : null;
}
