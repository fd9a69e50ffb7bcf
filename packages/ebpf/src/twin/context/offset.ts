/**
 * Offsets into packets: the compiler proves them, V8 checks them.
 */
export function checkOffset(offset: number): void {
  // One comparison refuses negative numbers, fractions and what is larger than the verifier allows.
  if ((offset & 0xffff) === offset) return;
  throw new RangeError(
    `Cannot reach into a packet at offset ${offset}: offsets are integers from 0 to 65535. Narrow it with & or test it first.`,
  );
}
