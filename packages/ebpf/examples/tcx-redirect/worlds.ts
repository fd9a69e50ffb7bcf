/** The patch cable in both worlds: frames in at one end, frames out at the other. */
import { TCX_REDIRECT } from "@weir/ebpf";
import { compileFile, load } from "@weir/ebpf/loader";
import { Twin } from "@weir/ebpf/twin";
import { Lab } from "../lab/lab.ts";
import { udpEcho } from "../lab/udp-echo.ts";
import { cable, patch } from "./patch.ts";

export type Side = "left" | "right";

/** A cable with somebody at each end. */
export interface PatchWorld extends Disposable {
  /** Plugs the cable in, or out at both ends. */
  plug(isIn: boolean): void;
  /** Lets somebody at one side send a frame. */
  send(from: Side, frame: Uint8Array): void;
  /** What has come out at this side since the last time, in order. */
  take(at: Side): readonly Uint8Array[];
  counters(): { readonly toRight: bigint; readonly toLeft: bigint; readonly elsewhere: bigint };
}

export function patchInTwin(): PatchWorld {
  const twin = new Twin();
  const wiring = twin.map(cable);
  const ends = { left: 1, right: 2 };
  const out: Record<Side, Uint8Array[]> = { left: [], right: [] };
  return {
    plug: (isIn) => {
      wiring.left = isIn ? ends.left : 0;
      wiring.right = isIn ? ends.right : 0;
    },
    send: (from, frame) => {
      const { verdict, packet, redirect } = twin.skb(patch, frame, { ifindex: ends[from] });
      if (verdict !== TCX_REDIRECT) return;
      out[redirect?.ifindex === ends.left ? "left" : "right"].push(packet);
    },
    take: (at) => out[at].splice(0),
    counters: () => {
      const { toRight, toLeft, elsewhere } = wiring;
      return { toRight, toLeft, elsewhere };
    },
    [Symbol.dispose]: () => {},
  };
}

/** A room in the middle with both ends of the cable, and a host on either side with an address of its own. */
export interface PatchInKernel extends PatchWorld {
  /** A UDP exchange of real sockets, from the left host to the right one and back. */
  echo(text: string): Promise<string>;
}

export function patchInKernel(): PatchInKernel {
  const lab = new Lab();
  try {
    return attachPatch(lab);
  } catch (error) {
    lab[Symbol.dispose]();
    throw error;
  }
}

function attachPatch(lab: Lab): PatchInKernel {
  const namespace = lab.addNamespace("patch");
  const hosts = { left: lab.addNamespace("left"), right: lab.addNamespace("right") };
  const [leftHost, left] = lab.connect(
    { namespace: hosts.left, name: "eth0", address: ADDRESSES.left },
    { namespace, name: "left" },
  );
  const [rightHost, right] = lab.connect(
    { namespace: hosts.right, name: "eth0", address: ADDRESSES.right },
    { namespace, name: "right" },
  );
  const collection = lab.own(load(compileFile(new URL("./patch.ts", import.meta.url))));
  const program = collection.program("patch");
  for (const { ifindex } of [left, right]) lab.own(program.attachTcx(ifindex, "ingress", { namespace }));
  const wiring = lab.own(collection.mapMemory(cable)).at(0);
  const wires = { left: lab.openPacketSocket(leftHost), right: lab.openPacketSocket(rightHost) };
  return {
    plug: (isIn) => {
      wiring.left = isIn ? left.ifindex : 0;
      wiring.right = isIn ? right.ifindex : 0;
    },
    send: (from, frame) => void wires[from].send(frame),
    take: (at) => {
      const frames: Uint8Array[] = [];
      for (let next = wires[at].take(); next !== undefined; next = wires[at].take()) frames.push(next.bytes);
      return frames;
    },
    counters: () => {
      const { toRight, toLeft, elsewhere } = wiring;
      return { toRight, toLeft, elsewhere };
    },
    echo: (text) => udpEcho(hosts.left, hosts.right, ADDRESSES.right, text),
    [Symbol.dispose]: () => lab[Symbol.dispose](),
  };
}

const ADDRESSES = { left: "10.77.0.1", right: "10.77.0.2" };
