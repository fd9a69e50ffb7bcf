/**
 * The sk_skb contexts of the twin, stream parser and stream verdict.
 */
import { SK_DROP, SK_PASS, type SkSkbParser, type SkSkbVerdict } from "../../language/context/sk-skb.ts";
import type { AnyLayout } from "../../language/layout.ts";
import { BPF_F_INGRESS } from "../../language/map/flag.ts";
import type { SockHash, SockMap } from "../../language/map/socket.ts";
import type { AnyRef, ArgOf, Argument, KeyKind, Ref } from "../../language/reference.ts";
import { ENOMEM } from "../errno.ts";
import { PacketBuffer, SKB_SIZES } from "../packet-buffer.ts";
import { checkOffset } from "./offset.ts";
import { redirectionTo, type SocketFinder, type SocketRedirection } from "./socket-redirection.ts";

export class SkSkbContext implements SkSkbParser, SkSkbVerdict {
  packet: PacketBuffer = new PacketBuffer(SKB_SIZES);
  /** End of the part that `at` reaches. */
  linearEnd = 0;
  redirection: SocketRedirection | null = null;
  readonly #sockets: SocketFinder;

  constructor(sockets: SocketFinder) {
    this.#sockets = sockets;
  }

  /** Begins a run; `at` reaches `linear` bytes. */
  load(bytes: Uint8Array, linear: number): void {
    this.packet.load(bytes);
    this.linearEnd = this.packet.start + Math.min(linear, bytes.length);
    this.redirection = null;
  }

  get length(): number {
    return this.packet.length;
  }

  at<L extends AnyLayout>(offset: number, layout: L): Ref<L> | null;
  at(offset: number, layout: AnyLayout): AnyRef | null {
    checkOffset(offset);
    const at = this.packet.start + offset;
    return at + layout.size > this.linearEnd ? null : layout.reference(this.packet.memory, at);
  }

  pullData(length: number): number {
    this.packet.invalidate();
    if (length > this.length) return ENOMEM;
    this.linearEnd = Math.max(this.linearEnd, this.packet.start + length);
    return 0;
  }

  redirectMap(map: SockMap, key: number, flags: number): number {
    return this.#redirect(map, key, flags);
  }

  redirectHash<K extends KeyKind>(map: SockHash<K>, key: ArgOf<K>, flags: number): number;
  redirectHash(map: SockHash, key: Argument, flags: number): number {
    return this.#redirect(map, key, flags);
  }

  #redirect(map: SockMap | SockHash, key: Argument, flags: number): number {
    if ((flags & ~BPF_F_INGRESS) !== 0) return SK_DROP;
    const redirection = redirectionTo(this.#sockets, map, key, flags);
    if (redirection === null) return SK_DROP;
    this.redirection = redirection;
    return SK_PASS;
  }
}
