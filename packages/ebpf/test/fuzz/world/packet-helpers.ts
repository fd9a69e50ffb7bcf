/**
 * Helpers for the interpreter beside its own: those of tcx programs on packets without fragments, and what stands still in tests.
 */
import type { HelperRun, InterpretedHelper, InterpretedPacket } from "../../../src/interpreter/index.ts";

const EFAULT = -14n;
const ENOMEM = -12n;

/** Only the packet's generation moves: references are stale although the bytes stay. */
const pullData: InterpretedHelper = {
  name: "bpf_skb_pull_data",
  parameters: 2,
  call(run, [, length = 0n]) {
    const packet = packetOf(run);
    const wanted = BigInt.asUintN(32, length);
    packet.adjustHead(0);
    return wanted > BigInt(packet.end - packet.start) ? ENOMEM : 0n;
  },
};

const storeBytes: InterpretedHelper = {
  name: "bpf_skb_store_bytes",
  parameters: 5,
  call(run, [, at = 0n, from = 0n, length = 0n]) {
    const packet = packetOf(run);
    const bytes = run.memory.read(from, Number(length)).slice();
    const start = packet.start + Number(BigInt.asUintN(32, at));
    packet.adjustHead(0);
    if (start + bytes.length > packet.end) return EFAULT;
    packet.buffer.set(bytes, start);
    return 0n;
  },
};

const loadBytes: InterpretedHelper = {
  name: "bpf_skb_load_bytes",
  parameters: 4,
  call(run, [, at = 0n, into = 0n, length = 0n]) {
    const packet = packetOf(run);
    const target = run.memory.write(into, Number(length));
    const start = packet.start + Number(BigInt.asUintN(32, at));
    const isInside = start + target.length <= packet.end;
    if (isInside) target.set(packet.buffer.subarray(start, start + target.length));
    else target.fill(0);
    return isInside ? 0n : EFAULT;
  },
};

/** Clock, chance and CPU stand still: programs use only what is the same everywhere. */
function constant(name: string): InterpretedHelper {
  return { name, parameters: 0, call: () => 0n };
}

/** The verdict alone; nothing is sent anywhere. */
const redirect: InterpretedHelper = {
  name: "bpf_redirect",
  parameters: 2,
  call: ({ context }) => (!(context instanceof Uint8Array) && context.name === "xdp_md" ? XDP_REDIRECT : TCX_REDIRECT),
};
const XDP_REDIRECT = 4n;
const TCX_REDIRECT = 7n;

/** By number. */
export const packetHelpers: ReadonlyMap<number, InterpretedHelper> = new Map([
  [5, constant("bpf_ktime_get_ns")],
  [7, constant("bpf_get_prandom_u32")],
  [8, constant("bpf_get_smp_processor_id")],
  [23, redirect],
  [9, storeBytes],
  [26, loadBytes],
  [39, pullData],
]);

function packetOf({ context }: HelperRun): InterpretedPacket {
  const packet = context instanceof Uint8Array ? undefined : context.packet;
  if (packet === undefined) throw new Error("This helper needs a packet.");
  return packet;
}
