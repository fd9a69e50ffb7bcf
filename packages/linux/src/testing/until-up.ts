/**
 * Waiting for an interface to carry frames.
 *
 * A veth whose ends have just been set up is not there yet: the kernel notices in a work of its own, at most once a second when many
 * interfaces change, and until then drops whatever is sent. A test that waits for a dropped frame waits for ever.
 */
import { interfaceGet } from "../netlink/index.ts";
import type { RouteSocket } from "../netlink/route-socket.ts";

const TRIES = 2000;
const PAUSE_MS = 5;

/** Blocks until the interface is operational; throws after ten seconds. */
export function untilUp(routes: RouteSocket, ifindex: number): void {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let count = 0; count < TRIES; count += 1) {
    if (interfaceGet(routes, ifindex)?.operationalState === "up") return;
    Atomics.wait(clock, 0, 0, PAUSE_MS);
  }
  throw new Error(`Interface ${ifindex} did not come up within ${(TRIES * PAUSE_MS) / 1000} s.`);
}
