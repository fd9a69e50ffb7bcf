/** References that are null on some of the ways: a connection found by its own key, by a template, or not at all. */
import { atomicAdd, hash, type Ref, raw32, struct, u32, u64, XDP_DROP, XDP_PASS, type Xdp } from "@weir/ebpf";

const Flow = struct({ order: "network", size: 8, fields: { source: raw32, destination: raw32 } });
const Connection = struct({ size: 16, fields: { packets: u64, server: u32, state: u32 } });

const connections = hash("connections", { key: Flow, value: Connection, maxEntries: 4096 });
const templates = hash("templates", { key: raw32, value: Connection, maxEntries: 256 });

function find(flow: Ref<typeof Flow>): Ref<typeof Connection> | null {
  const own = connections.lookup(flow);
  if (own !== null) return own;
  if (flow.destination === 0) return null;
  return templates.lookup(flow.source);
}

export function track(ctx: Xdp): number {
  const flow = ctx.at(26, Flow);
  let found: Ref<typeof Connection> | null = null;
  if (flow !== null) found = find(flow);
  if (found === null) return XDP_DROP;
  atomicAdd(found, "packets", 1n);
  return found.state === 1 ? XDP_PASS : XDP_DROP;
}
