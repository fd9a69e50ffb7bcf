/** The packet counter in both worlds: frames in, packets by protocol out. */
import { compileFile, load } from "@weir/ebpf/loader";
import { Twin } from "@weir/ebpf/twin";
import { Lab } from "../lab/lab.ts";
import { until } from "../lab/until.ts";
import { count, packets } from "./counter.ts";

/** Packets by protocol number; protocols that were not seen are left out. */
export type Counted = ReadonlyMap<number, bigint>;

const protocols = Array.from({ length: packets.maxEntries }, (_, protocol) => protocol);

export function countInTwin(frames: readonly Uint8Array[]): Counted {
  const twin = new Twin();
  for (const frame of frames) twin.xdp(count, frame);
  const view = twin.map(packets);
  return seen((protocol) => view.get(protocol)?.value ?? 0n);
}

/**
 * Sends the frames through a veth pair with the counter at its other end.
 *
 * @param total how many packets are going to be counted: the driver takes them in its own time
 */
export async function countInKernel(
  frames: readonly Uint8Array[],
  total: bigint,
  mode: "native" | "generic" = "native",
): Promise<Counted> {
  using lab = new Lab();
  const [sender, counter] = lab.connect(
    { namespace: lab.addNamespace("sender"), name: "sender" },
    { namespace: lab.addNamespace("counter"), name: "counter" },
  );
  using collection = load(compileFile(new URL("./counter.ts", import.meta.url)));
  using _link = collection.program("count").attachXdp(counter.ifindex, { namespace: counter.namespace, mode });
  const wire = lab.openPacketSocket(sender);
  for (const frame of frames) wire.send(frame);

  const counters = collection.perCpuMap(packets);
  const read = () => seen((protocol) => sum(counters.lookup(protocol) ?? []));
  return until(() => {
    const counted = read();
    return sum(counted.values()) < total ? undefined : counted;
  }, `count of ${total} packets`);
}

function seen(counter: (protocol: number) => bigint): Counted {
  const all = protocols.map((protocol) => [protocol, counter(protocol)] as const);
  return new Map(all.filter(([, counted]) => counted !== 0n));
}

function sum(numbers: Iterable<bigint>): bigint {
  let total = 0n;
  for (const number of numbers) total += number;
  return total;
}
