/**
 * Programs that user space runs when it wants: sweeps over tables that would take thousands of system calls otherwise.
 */
import type { AnyLayout } from "../layout.ts";
import type { Ref } from "../reference.ts";

export interface Syscall<L extends AnyLayout> {
  /** The arguments, readable and writable: results go back the same way. */
  readonly args: Ref<L>;
}
