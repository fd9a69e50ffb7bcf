/**
 * The XDP context of the twin.
 */
import type { Xdp } from "../../language/context/xdp.ts";
import type { FibLookup } from "../../language/fib-lookup.ts";
import type { AnyLayout } from "../../language/layout.ts";
import type { AnyRef, Ref } from "../../language/reference.ts";
import type { Environment } from "../environment.ts";
import { EINVAL } from "../errno.ts";
import { PacketBuffer, XDP_SIZES } from "../packet-buffer.ts";
import { checkOffset } from "./offset.ts";

/** sizeof(struct xdp_frame): the kernel keeps its own notes at the beginning of the headroom. */
const XDP_FRAME = 40;
const ETH_HLEN = 14;

export class XdpContext implements Xdp {
  ingressIfindex = 0;
  rxQueueIndex = 0;
  packet: PacketBuffer = new PacketBuffer(XDP_SIZES);
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  get length(): number {
    return this.packet.length;
  }

  at<L extends AnyLayout>(offset: number, layout: L): Ref<L> | null;
  at(offset: number, layout: AnyLayout): AnyRef | null {
    checkOffset(offset);
    const packet = this.packet;
    const at = packet.start + offset;
    return at + layout.size > packet.end ? null : layout.reference(packet.memory, at);
  }

  adjustHead(delta: number): number {
    const packet = this.packet;
    // The kernel takes an int: 2^32-1 is -1.
    const start = packet.start + (delta | 0);
    if (start < XDP_FRAME || start > packet.end - ETH_HLEN) return EINVAL;
    packet.resize(start, packet.end);
    return 0;
  }

  adjustTail(delta: number): number {
    const packet = this.packet;
    const end = packet.end + (delta | 0);
    if (end > packet.capacity || end < packet.start + ETH_HLEN) return EINVAL;
    if (end > packet.end) packet.fill(packet.end, end);
    packet.resize(packet.start, end);
    return 0;
  }

  fibLookup(params: Ref<typeof FibLookup>, flags: number): number {
    return this.#environment.fibLookup(params, flags);
  }
}
