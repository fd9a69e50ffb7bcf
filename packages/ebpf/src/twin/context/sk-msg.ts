/**
 * The sk_msg context of the twin.
 */
import type { SkMsg } from "../../language/context/sk-msg.ts";
import { SK_DROP, SK_PASS } from "../../language/context/sk-skb.ts";
import type { AnyLayout } from "../../language/layout.ts";
import { BPF_F_INGRESS } from "../../language/map/flag.ts";
import type { SockHash, SockMap } from "../../language/map/socket.ts";
import type { AnyRef, ArgOf, Argument, KeyKind, Ref } from "../../language/reference.ts";
import { EINVAL } from "../errno.ts";
import { PacketBuffer, SKB_SIZES } from "../packet-buffer.ts";
import { checkOffset } from "./offset.ts";
import { redirectionTo, type SocketFinder, type SocketRedirection } from "./socket-redirection.ts";

export class SkMsgContext implements SkMsg {
  packet: PacketBuffer = new PacketBuffer(SKB_SIZES);
  redirection: SocketRedirection | null = null;
  /** What `applyBytes` and `corkBytes` asked for; 0 when they were not called. */
  applied = 0;
  corked = 0;
  /** The part that `at` reaches. */
  #from = 0;
  #to = 0;
  readonly #sockets: SocketFinder;

  constructor(sockets: SocketFinder) {
    this.#sockets = sockets;
  }

  /** Begins a run; `at` reaches `linear` bytes. */
  load(bytes: Uint8Array, linear: number): void {
    this.packet.load(bytes);
    this.redirection = null;
    this.applied = 0;
    this.corked = 0;
    this.#from = this.packet.start;
    this.#to = this.packet.start + Math.min(linear, bytes.length);
  }

  get size(): number {
    return this.packet.length;
  }

  get length(): number {
    return this.#to - this.#from;
  }

  at<L extends AnyLayout>(offset: number, layout: L): Ref<L> | null;
  at(offset: number, layout: AnyLayout): AnyRef | null {
    checkOffset(offset);
    const at = this.#from + offset;
    return at + layout.size > this.#to ? null : layout.reference(this.packet.memory, at);
  }

  redirectMap(map: SockMap, key: number, flags: number): number {
    return this.#redirect(map, key, flags);
  }

  redirectHash<K extends KeyKind>(map: SockHash<K>, key: ArgOf<K>, flags: number): number;
  redirectHash(map: SockHash, key: Argument, flags: number): number {
    return this.#redirect(map, key, flags);
  }

  applyBytes(bytes: number): number {
    this.applied = bytes;
    return 0;
  }

  corkBytes(bytes: number): number {
    this.corked = bytes;
    return 0;
  }

  pullData(start: number, end: number, flags = 0): number {
    this.packet.invalidate();
    if (flags !== 0 || end <= start || end > this.size) return EINVAL;
    this.#from = this.packet.start + start;
    this.#to = this.packet.start + end;
    return 0;
  }

  #redirect(map: SockMap | SockHash, key: Argument, flags: number): number {
    if ((flags & ~BPF_F_INGRESS) !== 0) return SK_DROP;
    const redirection = redirectionTo(this.#sockets, map, key, flags);
    if (redirection === null) return SK_DROP;
    this.redirection = redirection;
    return SK_PASS;
  }
}
