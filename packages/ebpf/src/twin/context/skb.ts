/**
 * The tcx context of the twin.
 */
import type { Skb } from "../../language/context/skb.ts";
import type { FibLookup } from "../../language/fib-lookup.ts";
import type { AnyLayout } from "../../language/layout.ts";
import type { AnyRef, Ref } from "../../language/reference.ts";
import type { Environment } from "../environment.ts";
import { ENOMEM } from "../errno.ts";
import { checkOffset } from "./offset.ts";
import { adjustRoom } from "./skb-adjust-room.ts";
import * as checksum from "./skb-checksum.ts";
import { cloneRedirect } from "./skb-clone.ts";
import { loadBytes, storeBytes } from "./skb-copy.ts";
import { type SkbFacts, SkbPacket } from "./skb-packet.ts";
import { changeHead, changeProtocol, changeTail } from "./skb-resize.ts";

export class SkbContext implements Skb {
  ifindex = 0;
  ingressIfindex = 0;
  gsoSegs = 0;
  vlanPresent = 0;
  vlanTci = 0;
  readonly packet: SkbPacket;
  readonly #environment: Environment;
  #mark = 0;
  #priority = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.packet = new SkbPacket(environment);
  }

  /** Begins a run. */
  load(packet: Uint8Array, facts: SkbFacts): void {
    this.packet.load(packet, facts);
    this.mark = facts.mark ?? 0;
    this.priority = facts.priority ?? 0;
    this.ifindex = facts.ifindex ?? 0;
    this.ingressIfindex = facts.ingressIfindex ?? 0;
    this.gsoSegs = facts.gsoSegs ?? 0;
    this.vlanPresent = facts.vlanTci === undefined ? 0 : 1;
    this.vlanTci = facts.vlanTci ?? 0;
  }

  get mark(): number {
    return this.#mark;
  }

  /** Keeps 32 bits, as the field in the kernel does. */
  set mark(value: number) {
    this.#mark = value >>> 0;
  }

  get priority(): number {
    return this.#priority;
  }

  set priority(value: number) {
    this.#priority = value >>> 0;
  }

  get length(): number {
    return this.packet.length;
  }

  get len(): number {
    return this.packet.length;
  }

  get protocol(): number {
    return this.packet.protocol;
  }

  get hash(): number {
    return this.packet.hash;
  }

  get gsoSize(): number {
    return this.packet.gsoSize;
  }

  at<L extends AnyLayout>(offset: number, layout: L): Ref<L> | null;
  at(offset: number, layout: AnyLayout): AnyRef | null {
    checkOffset(offset);
    const { buffer, linearEnd } = this.packet;
    const at = buffer.start + offset;
    return at + layout.size > linearEnd ? null : layout.reference(buffer.memory, at);
  }

  pullData(length: number): number {
    this.packet.buffer.invalidate();
    return this.packet.makeWritable(length) ? 0 : ENOMEM;
  }

  storeBytes(offset: number, from: AnyRef, flags = 0): number {
    return storeBytes(this.packet, offset, from, flags);
  }

  loadBytes(offset: number, into: AnyRef): number {
    return loadBytes(this.packet, offset, into);
  }

  l3ChecksumReplace(offset: number, from: number, to: number, flags: number): number {
    return checksum.replaceNetwork(this.packet, offset, from, to, flags);
  }

  l4ChecksumReplace(offset: number, from: number, to: number, flags: number): number {
    return checksum.replaceTransport(this.packet, offset, from, to, flags);
  }

  changeHead(length: number, flags = 0): number {
    return changeHead(this.packet, length, flags);
  }

  changeTail(length: number, flags = 0): number {
    return changeTail(this.packet, length, flags);
  }

  adjustRoom(delta: number, mode: number, flags: bigint): number {
    return adjustRoom(this.packet, delta, mode, flags);
  }

  changeProtocol(protocol: number, flags = 0): number {
    return changeProtocol(this.packet, protocol, flags);
  }

  cloneRedirect(ifindex: number, flags = 0): number {
    return cloneRedirect(this.packet, ifindex, flags);
  }

  csumLevel(level: number): number {
    return checksum.level(this.packet, level);
  }

  fibLookup(params: Ref<typeof FibLookup>, flags: number): number {
    return this.#environment.fibLookup(params, flags);
  }
}
