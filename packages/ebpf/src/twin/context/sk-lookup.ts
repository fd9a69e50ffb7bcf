/**
 * The sk_lookup context of the twin.
 */

import { array } from "../../language/array.ts";
import {
  BPF_SK_LOOKUP_F_NO_REUSEPORT,
  BPF_SK_LOOKUP_F_REPLACE,
  type SkLookup,
} from "../../language/context/sk-lookup.ts";
import { raw32, u16, u32 } from "../../language/integer.ts";
import { struct } from "../../language/layout.ts";
import type { SockHash, SockMap } from "../../language/map/socket.ts";
import { Memory } from "../../language/memory.ts";
import type { ArgOf, Argument, KeyKind, Ref, Vector } from "../../language/reference.ts";
import { EAFNOSUPPORT, EEXIST, EINVAL, ENOENT, EPROTOTYPE } from "../errno.ts";
import type { TwinSocket } from "../map/sockets-table.ts";
import { findSocket, type SocketFinder } from "./socket-redirection.ts";

/** A connection that is looked for; addresses are the four or sixteen bytes in network order. */
export interface SkLookupFacts {
  /** AF_INET 2, AF_INET6 10. */
  readonly family: 2 | 10;
  /** IPPROTO_TCP 6, IPPROTO_UDP 17. */
  readonly protocol: 6 | 17;
  readonly remoteAddress: Uint8Array;
  readonly remotePort: number;
  readonly localAddress: Uint8Array;
  readonly localPort: number;
  readonly ingressIfindex?: number;
}

/** The facts as they lie in struct bpf_sk_lookup, from `family` on. */
const Question = struct({
  size: 60,
  source: "linux/bpf.h, struct bpf_sk_lookup",
  fields: {
    family: u32,
    protocol: u32,
    remoteIp4: raw32,
    remoteIp6: array(raw32, 4),
    remotePort: u16,
    padding: u16,
    localIp4: raw32,
    localIp6: array(raw32, 4),
    localPort: u32,
    ingressIfindex: u32,
  },
});

const AF_INET = 2;

export class SkLookupContext implements SkLookup {
  selected: TwinSocket | null = null;
  readonly #question: Ref<typeof Question>;
  readonly #sockets: SocketFinder;

  constructor(sockets: SocketFinder) {
    this.#sockets = sockets;
    const memory = Memory.zeroed(Question.size);
    this.#question = Question.reference(memory, 0) as Ref<typeof Question>;
  }

  /** Begins a run. */
  load(facts: SkLookupFacts): void {
    const question = this.#question;
    question.$memory.bytes.fill(0);
    question.family = facts.family;
    question.protocol = facts.protocol;
    question.remotePort = facts.remotePort;
    question.localPort = facts.localPort;
    question.ingressIfindex = facts.ingressIfindex ?? 0;
    const remote = fieldOffset(facts.family === AF_INET ? "remoteIp4" : "remoteIp6");
    const local = fieldOffset(facts.family === AF_INET ? "localIp4" : "localIp6");
    question.$memory.bytes.set(facts.remoteAddress, remote);
    question.$memory.bytes.set(facts.localAddress, local);
    this.selected = null;
  }

  get family(): number {
    return this.#question.family;
  }

  get protocol(): number {
    return this.#question.protocol;
  }

  get remoteIp4(): number {
    return this.#question.remoteIp4;
  }

  get remotePort(): number {
    return this.#question.remotePort;
  }

  get localIp4(): number {
    return this.#question.localIp4;
  }

  get localPort(): number {
    return this.#question.localPort;
  }

  get remoteIp6(): Vector<typeof raw32, 4> {
    return this.#question.remoteIp6;
  }

  get localIp6(): Vector<typeof raw32, 4> {
    return this.#question.localIp6;
  }

  get ingressIfindex(): number {
    return this.#question.ingressIfindex;
  }

  assignFrom(map: SockMap, key: number, flags?: number): number;
  assignFrom<K extends KeyKind>(map: SockHash<K>, key: ArgOf<K>, flags?: number): number;
  assignFrom(map: SockMap | SockHash, key: Argument, flags = 0): number {
    const socket = findSocket(this.#sockets, map, key);
    if (socket === null) return ENOENT;
    if ((flags & ~(BPF_SK_LOOKUP_F_REPLACE | BPF_SK_LOOKUP_F_NO_REUSEPORT)) !== 0) return EINVAL;
    if (socket.protocol !== this.protocol) return EPROTOTYPE;
    // An IPv6 socket takes IPv4 connections too, unless it was told not to; an IPv4 socket never takes IPv6.
    if (socket.family !== this.family && socket.family === AF_INET) return EAFNOSUPPORT;
    if (this.selected !== null && (flags & BPF_SK_LOOKUP_F_REPLACE) === 0) return EEXIST;
    this.selected = socket;
    return 0;
  }
}

function fieldOffset(name: string): number {
  return Question.fields.find((field) => field.name === name)?.offset ?? 0;
}
