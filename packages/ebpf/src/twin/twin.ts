/**
 * The twin: runs packet programs in V8 as the kernel would run them compiled.
 *
 * A twin owns its tables, its clock and its constants; programs and maps are declared at module level and shared by all
 * twins of a process.
 */
import { type Constant, configValues } from "../language/config.ts";
import type { SkLookup } from "../language/context/sk-lookup.ts";
import type { SkMsg } from "../language/context/sk-msg.ts";
import type { SkSkbParser, SkSkbVerdict } from "../language/context/sk-skb.ts";
import type { Skb } from "../language/context/skb.ts";
import type { Syscall } from "../language/context/syscall.ts";
import type { Xdp } from "../language/context/xdp.ts";
import type { AnyLayout } from "../language/layout.ts";
import { explainAccess } from "../language/memory.ts";
import type { Ref } from "../language/reference.ts";
import { current } from "../language/runtime.ts";
import { SkLookupContext, type SkLookupFacts } from "./context/sk-lookup.ts";
import { SkMsgContext } from "./context/sk-msg.ts";
import { SkSkbContext } from "./context/sk-skb.ts";
import { SkbContext } from "./context/skb.ts";
import type { SkbFacts } from "./context/skb-packet.ts";
import { XdpContext } from "./context/xdp.ts";
import { bareEnvironment, type Environment } from "./environment.ts";
import { type MachineOptions, TwinMachine } from "./machine.ts";
import type { TwinSocket } from "./map/sockets-table.ts";
import { type OpenView, viewOpener } from "./open-view.ts";
import type { PacketBuffer } from "./packet-buffer.ts";
import type { MessageResult, PacketResult, SkbResult, StreamResult } from "./result.ts";

export interface TwinOptions extends MachineOptions {
  /** Routes and devices. Default: no routes, and every device exists. */
  readonly environment?: Environment;
}

/** How a packet arrives at XDP. */
export interface XdpFacts {
  readonly ingressIfindex?: number;
  readonly rxQueueIndex?: number;
}

export class Twin {
  /** Clock, CPU number and tables. */
  readonly machine: TwinMachine;
  /** A table of this twin from outside: what user space sees and does. */
  readonly map: OpenView;
  readonly #xdp: XdpContext;
  readonly #skb: SkbContext;
  readonly #skSkb: SkSkbContext;
  readonly #skMsg: SkMsgContext;
  readonly #skLookup: SkLookupContext;

  constructor(options: TwinOptions = {}) {
    const environment = options.environment ?? bareEnvironment;
    this.machine = new TwinMachine(options);
    this.map = viewOpener(this.machine);
    this.#xdp = new XdpContext(environment);
    this.#skb = new SkbContext(environment);
    this.#skSkb = new SkSkbContext(this.machine);
    this.#skMsg = new SkMsgContext(this.machine);
    this.#skLookup = new SkLookupContext(this.machine);
  }

  /** The monotonic clock in nanoseconds; it stands still until it is set. */
  get now(): bigint {
    return this.machine.now;
  }

  set now(nanoseconds: bigint) {
    this.machine.now = nanoseconds;
  }

  /** The CPU that runs the next program. */
  get cpu(): number {
    return this.machine.cpu;
  }

  set cpu(cpu: number) {
    if (!Number.isInteger(cpu) || cpu < 0 || cpu >= this.machine.cpus) {
      throw new RangeError(
        `Cannot run on CPU ${cpu}: this twin has CPUs 0 to ${this.machine.cpus - 1}. Make it with more cpus.`,
      );
    }
    this.machine.cpu = cpu;
  }

  /** Gives constants of a `config` declaration other values than their defaults. */
  configure<Constants extends { readonly [name: string]: Constant }>(
    declaration: Constants,
    values: Partial<Constants>,
  ): void {
    for (const [slot, value] of configValues(declaration, values)) this.machine.constants[slot] = value;
  }

  /** Runs an XDP program on a packet. */
  xdp(program: (ctx: Xdp) => number, packet: Uint8Array, facts: XdpFacts = {}): PacketResult {
    const { packet: buffer } = this.#xdp;
    buffer.load(packet);
    const verdict = this.xdpInPlace(program, buffer, facts.ingressIfindex ?? 0, facts.rxQueueIndex ?? 0);
    return { verdict, packet: buffer.bytes.slice(), redirect: this.machine.redirection };
  }

  /**
   * Runs an XDP program on a buffer that the caller keeps: nothing is copied and nothing is allocated. Where a redirected
   * packet goes is in `machine.redirection`.
   *
   * @returns the verdict
   */
  xdpInPlace(program: (ctx: Xdp) => number, buffer: PacketBuffer, ingressIfindex: number, rxQueueIndex = 0): number {
    const ctx = this.#xdp;
    const { packet: own } = ctx;
    ctx.packet = buffer;
    ctx.ingressIfindex = ingressIfindex;
    ctx.rxQueueIndex = rxQueueIndex;
    this.machine.hook = "xdp";
    const verdict = this.#run(program, ctx);
    buffer.settle();
    ctx.packet = own;
    return verdict;
  }

  /** Runs a tcx program on a packet. */
  skb(program: (ctx: Skb) => number, packet: Uint8Array, facts: SkbFacts = {}): SkbResult {
    const ctx = this.#skb;
    ctx.load(packet, facts);
    this.machine.hook = "tcx";
    const verdict = this.#run(program, ctx);
    const { buffer, clones } = ctx.packet;
    buffer.settle();
    const { mark, priority } = ctx;
    return { verdict, packet: buffer.bytes.slice(), redirect: this.machine.redirection, mark, priority, clones };
  }

  /**
   * Runs a stream parser or a stream verdict on bytes that arrived at a socket.
   *
   * @param linear bytes that `at` reaches without `pullData`; default all
   */
  skSkb(
    program: (ctx: SkSkbParser & SkSkbVerdict) => number,
    bytes: Uint8Array,
    facts: { readonly linear?: number } = {},
  ): StreamResult {
    const ctx = this.#skSkb;
    ctx.load(bytes, facts.linear ?? bytes.length);
    const verdict = this.#run(program, ctx);
    ctx.packet.settle();
    return { verdict, packet: ctx.packet.bytes.slice(), redirect: ctx.redirection };
  }

  /**
   * Runs an sk_msg program on bytes that a local program sends.
   *
   * @param linear bytes that `at` reaches without `pullData`; default all
   */
  skMsg(program: (ctx: SkMsg) => number, bytes: Uint8Array, facts: { readonly linear?: number } = {}): MessageResult {
    const ctx = this.#skMsg;
    ctx.load(bytes, facts.linear ?? bytes.length);
    const verdict = this.#run(program, ctx);
    ctx.packet.settle();
    const { applied, corked, redirection: redirect } = ctx;
    return { verdict, packet: ctx.packet.bytes.slice(), redirect, applied, corked };
  }

  /** Runs an sk_lookup program; `socket` is what it chose, `null` to go on with the kernel's own table. */
  skLookup(
    program: (ctx: SkLookup) => number,
    facts: SkLookupFacts,
  ): { readonly verdict: number; readonly socket: TwinSocket | null } {
    const ctx = this.#skLookup;
    ctx.load(facts);
    const verdict = this.#run(program, ctx);
    return { verdict, socket: ctx.selected };
  }

  /** Runs a program on demand. Results come back in `args`. */
  syscall<L extends AnyLayout>(program: (ctx: Syscall<L>) => number, args: Ref<L>): number {
    return this.#run(program, { args });
  }

  #run<Context>(program: (ctx: Context) => number, ctx: Context): number {
    const { machine } = this;
    const before = current.machine;
    machine.redirection = null;
    current.machine = machine;
    try {
      return program(ctx);
    } catch (error) {
      throw explainAccess(error);
    } finally {
      current.machine = before;
      machine.stack.reset();
    }
  }
}
