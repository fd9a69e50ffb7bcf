/**
 * A packet module for the loader's tests: one program of each kind and most kinds of maps. It is compiled for the kernel,
 * and imported for its declarations.
 */
import {
  array,
  arrayOfMaps,
  atomicAdd,
  cell,
  cpuId,
  deviceMap,
  hash,
  lpmTrie,
  percpuArray,
  queue,
  ringBuffer,
  SK_PASS,
  type Skb,
  type SkLookup,
  type SkMsg,
  type SkSkbParser,
  type SkSkbVerdict,
  type Syscall,
  sockMap,
  struct,
  TCX_NEXT,
  table,
  u8,
  u16,
  u32,
  u64,
  XDP_DROP,
  XDP_PASS,
  type Xdp,
} from "@weir/ebpf";

export const Ethernet = struct({ order: "network", size: 14, fields: { high: u32, low: u32, rest: u32, type: u16 } });
export const Source = struct({ size: 8, fields: { high: u32, low: u32 } });
export const Count = struct({ size: 16, fields: { packets: u64, bytes: u64 } });
export const Event = struct({ size: 16, fields: { packets: u64, type: u32, cpu: u32 } });
export const Prefix = struct({ order: "host", size: 8, fields: { length: u32, address: u32 } });
export const Settings = struct({ size: 8, fields: { limit: u32, mode: u32 } });
export const Sum = struct({ size: 16, fields: { left: u32, right: u32, result: u64 } });
export const Number64 = struct({ size: 8, fields: { value: u64 } });

export const sources = hash("sources", { key: Source, value: Count, maxEntries: 4096 });
export const totals = array("totals", { value: u64, maxEntries: 3 });
export const perCpu = percpuArray("per_cpu", { value: u32, maxEntries: 2 });
export const events = ringBuffer("events", { value: Event, size: 4096 });
export const settings = cell("settings", Settings);
export const waiting = queue("waiting", { value: Number64, maxEntries: 2 });
export const pool = array("pool", { value: u32, maxEntries: 4 });
export const generations = arrayOfMaps("generations", { inner: pool, maxEntries: 2 });
export const devices = deviceMap("devices", { maxEntries: 4 });
export const routes = lpmTrie("routes", { key: Prefix, value: u32, maxEntries: 16 });
export const sockets = sockMap("sockets", { maxEntries: 4 });

const powers = table(u8, [1, 2, 4, 8]);

/** Counts frames by their first eight bytes, and reports each. */
export function count(ctx: Xdp): number {
  const ethernet = ctx.at(0, Ethernet);
  if (ethernet === null) return XDP_DROP;
  const key = Source.make({ high: ethernet.high, low: ethernet.low });
  const type = ethernet.type;
  let found = sources.lookup(key);
  if (found === null) {
    const none = Count.make({});
    sources.update(key, none);
    found = sources.lookup(key);
    if (found === null) return XDP_DROP;
  }
  atomicAdd(found, "packets", 1n);
  atomicAdd(found, "bytes", BigInt(ctx.length));
  const total = totals.lookup(1);
  if (total !== null) atomicAdd(total, "value", 1n);
  const own = perCpu.lookup(1);
  if (own !== null) own.value += 1;
  const event = Event.make({ packets: found.packets, type: type, cpu: cpuId() });
  events.output(event);
  return XDP_PASS;
}

/** Reads the rest of the maps, so that they are compiled into the collection. */
export function inspect(ctx: Xdp): number {
  if (ctx.length > 9000) return XDP_DROP;
  const limits = settings.ref();
  if (limits.mode === 1) return devices.redirect(0, XDP_PASS);
  const number = Number64.make({});
  if (waiting.pop(number) === 0) return Number(number.value & 3n);
  const generation = generations.lookup(0);
  if (generation !== null) {
    const entry = generation.lookup(2);
    if (entry !== null) return entry.value & 3;
  }
  const prefix = Prefix.make({ length: 32, address: 1 });
  const route = routes.lookup(prefix);
  if (route !== null) return route.value & 3;
  return powers.at(limits.limit & 3);
}

export function passSegment(ctx: Skb): number {
  return ctx.at(0, Ethernet) === null ? TCX_NEXT : TCX_NEXT;
}

export function parseAll(ctx: SkSkbParser): number {
  return ctx.length;
}

export function toFirst(ctx: SkSkbVerdict): number {
  return ctx.redirectMap(sockets, 0, 0);
}

export function passMessage(ctx: SkMsg): number {
  return ctx.applyBytes(1) === 0 ? SK_PASS : SK_PASS;
}

export function passLookup(ctx: SkLookup): number {
  return ctx.localPort === 80 ? SK_PASS : SK_PASS;
}

export function add(ctx: Syscall<typeof Sum>): number {
  const args = ctx.args;
  args.result = BigInt(args.left) + BigInt(args.right);
  return 7;
}
