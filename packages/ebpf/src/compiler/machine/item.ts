/**
 * Reads a list element that must exist.
 *
 * Phases after the checker index tables they built themselves; a missing element there is a bug of the compiler, not of the
 * program, and stops it at once instead of flowing on as `undefined`.
 *
 * @throws Error naming the index when it is out of range
 */
export function item<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`Broken invariant: no element ${index} in a list of ${list.length}.`);
  return found;
}
