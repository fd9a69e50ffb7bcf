/** The SYN rate limiter in both worlds: frames in, those that passed and the counters out. */
import { setTimeout } from "node:timers/promises";
import { XDP_PASS } from "@weir/ebpf";
import { compileFile, load } from "@weir/ebpf/loader";
import { Twin } from "@weir/ebpf/twin";
import { ethernetFrame } from "../lab/frame.ts";
import { Lab } from "../lab/lab.ts";
import { until } from "../lab/until.ts";
import { limit, limitSyns, outcomes } from "./limiter.ts";

/** What `limit` is set to. */
export interface Limit {
  readonly synsPerSecond: number;
  readonly burst: number;
}

/** A limiter to send frames to. */
export interface LimiterWorld extends Disposable {
  /** Sends frames as fast as it goes; gives those that passed, in order. */
  send(frames: readonly Uint8Array[]): Promise<readonly Uint8Array[]>;
  wait(ms: number): Promise<void>;
  /** SYNs since the beginning. */
  outcomes(): { readonly passed: bigint; readonly limited: bigint };
}

/** In V8, where time stands still but for `wait`. */
export function limiterInTwin(values: Limit): LimiterWorld {
  const twin = new Twin();
  twin.configure(limit, values);
  return {
    send: async (frames) => frames.filter((frame) => twin.xdp(limitSyns, frame).verdict === XDP_PASS),
    wait: async (ms) => {
      twin.now += BigInt(ms) * 1_000_000n;
    },
    outcomes: () => {
      const { passed, limited } = twin.map(outcomes);
      return { passed, limited };
    },
    [Symbol.dispose]: () => {},
  };
}

/** At XDP on a veth pair, whose other end sends. */
export function limiterInKernel(values: Limit): LimiterWorld {
  const lab = new Lab();
  try {
    return attachLimiter(lab, values);
  } catch (error) {
    lab[Symbol.dispose]();
    throw error;
  }
}

function attachLimiter(lab: Lab, values: Limit): LimiterWorld {
  const [sender, receiver] = lab.connect(
    { namespace: lab.addNamespace("sender"), name: "sender" },
    { namespace: lab.addNamespace("receiver"), name: "receiver" },
  );
  const { ifindex, namespace } = receiver;
  const collection = lab.own(load(compileFile(new URL("./limiter.ts", import.meta.url), { config: { ...values } })));
  lab.own(collection.program("limitSyns").attachXdp(ifindex, { namespace, mode: "native" }));
  const counters = collection.cell(outcomes);
  const into = lab.openPacketSocket(sender);
  const outOf = lab.openPacketSocket(receiver);
  return {
    send: async (frames) => {
      for (const frame of [...frames, END]) into.send(frame);
      const passed: Uint8Array[] = [];
      for (;;) {
        const { bytes } = await until(() => outOf.take(), "frame behind the limiter");
        if (Buffer.compare(bytes, END) === 0) return passed;
        passed.push(bytes);
      }
    },
    wait: async (ms) => void (await setTimeout(ms)),
    outcomes: () => counters.read(),
    [Symbol.dispose]: () => lab[Symbol.dispose](),
  };
}

/** Sent behind the others: a veth keeps the order of frames. Its type is for experiments (IEEE 802). */
const END = ethernetFrame(0x88b5, new Uint8Array(46));
