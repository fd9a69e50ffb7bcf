/** Waiting for something that another CPU, another process or the network does in its own time. */
import { setTimeout } from "node:timers/promises";

/**
 * Looks again and again until there is something to see.
 *
 * @param look gives `undefined` while there is nothing
 * @param what is waited for, to complete "There was no …"
 * @throws Error when it takes longer than 20 seconds
 */
export async function until<Seen>(look: () => Seen | undefined, what: string): Promise<Seen> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const seen = look();
    if (seen !== undefined) return seen;
    if (performance.now() > deadline) throw new Error(`There was no ${what} within ${DEADLINE_MS / 1000} seconds.`);
    await setTimeout(5);
  }
}

/** Long enough for an emulated machine under load. */
const DEADLINE_MS = 20_000;
