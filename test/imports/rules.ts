/**
 * The architecture as a table: which folder may import which, and which folders have no effects.
 *
 * Folders stand from the bottom up, and each may import only what stands above it in this file, that is, below it in the
 * house; so there can be no cycle between folders. A type-only import counts like any other. Tests (`*.test.ts`, folders
 * named `testing`, and whatever imports node:test) may import anything, and nothing but tests may import them.
 *
 * Within a folder, files may not import each other in a cycle either, except for the knots at the end of the file.
 */

/** One folder's rules. */
export interface Folder {
  /** Relative to the checkout. The longest path that fits a file decides. */
  readonly path: string;
  /** What lives there, in one sentence. */
  readonly holds: string;
  /** The folders it may import. */
  readonly imports: readonly string[];
  /** The npm packages it may import: one place for each, so that it can be replaced there. */
  readonly packages?: readonly string[];
  /**
   * Present where clock, chance and I/O are handed in: no `node:` module, no `process`, `Date`, `Math.random` or timer.
   * The files named are the folder's edges, each with the reason for its effect.
   */
  readonly pure?: Readonly<Record<string, string>>;
}

/** A folder whose files import each other because what they describe is recursive; to untie them would hide that. */
export interface Knot {
  readonly folder: string;
  readonly reason: string;
}

const linux = "packages/linux/src";
const ebpf = "packages/ebpf/src";
const weir = "packages/weir/src";

export const folders: readonly Folder[] = [
  {
    path: linux,
    holds: "the system calls: the only code that touches the kernel",
    imports: [],
    packages: ["koffi"],
  },

  // Packet programs in TypeScript. Knows nothing of load balancing.
  {
    path: `${ebpf}/object`,
    holds: "instructions, BTF and line information as plain data and bytes",
    imports: [],
    pure: {},
  },
  {
    path: `${ebpf}/language`,
    holds: "what a packet program may say",
    imports: [],
    pure: {},
  },
  {
    path: `${ebpf}/compiler`,
    holds: "the way from source text to an object, one folder a phase",
    imports: [`${ebpf}/language`, `${ebpf}/object`],
    packages: ["oxc-parser"],
    pure: {},
  },
  {
    path: `${ebpf}/twin`,
    holds: "the runtime that makes a packet program run in V8 as it would in the kernel",
    imports: [`${ebpf}/language`],
    pure: {},
  },
  {
    path: `${ebpf}/interpreter`,
    holds: "eBPF instructions executed in V8, so that compiled code is tested without root",
    imports: [`${ebpf}/object`, `${ebpf}/language`, `${ebpf}/twin`],
    pure: {},
  },
  {
    path: `${ebpf}/loader`,
    holds: "maps, programs, links and pins in the running kernel",
    imports: [`${ebpf}/object`, `${ebpf}/language`, `${ebpf}/compiler`, linux],
  },

  {
    path: `${ebpf}/command`,
    holds: "the command line: compiles a module and shows any phase",
    imports: [`${ebpf}/compiler`, `${ebpf}/object`, `${ebpf}/loader`],
  },

  // The Linux Virtual Server.
  {
    path: `${weir}/model`,
    holds: "virtual service, real server, connection, template: plain data and its rules",
    imports: [],
    pure: {},
  },
  {
    path: `${weir}/wire`,
    holds: "bytes to values and back: Ethernet to sync messages",
    imports: [`${weir}/model`, `${ebpf}/language`],
    packages: ["ipaddr.js"],
    pure: {},
  },
  {
    path: `${weir}/datapath`,
    holds: "the packet's way, in the packet language",
    imports: [`${weir}/model`, `${weir}/wire`, `${ebpf}/language`],
    pure: {},
  },
  ...["health", "vrrp", "sync", "l7"].map((machine) => ({
    path: `${weir}/${machine}`,
    holds: "a protocol machine: events in, actions out, and its thin edge",
    imports: [`${weir}/model`, `${weir}/wire`, linux],
    pure: {},
  })),
  {
    path: `${weir}/config`,
    holds: "weir.yaml, keepalived.conf and ipvsadm rules, parsed to the model",
    imports: [`${weir}/model`, `${weir}/wire`],
    pure: { [`${weir}/config/ipvsadm-rules.ts`]: "parseArgs of node:util computes and touches nothing" },
  },
  {
    path: `${weir}/director`,
    holds: "wanted state to a plan to maps; statistics, neighbours, expiry, recovery",
    imports: [
      `${weir}/model`,
      `${weir}/wire`,
      `${weir}/datapath`,
      `${ebpf}/language`,
      `${ebpf}/compiler`,
      `${ebpf}/loader`,
      linux,
    ],
  },
  {
    path: `${weir}/api`,
    holds: "control socket, REST and metrics",
    imports: [`${weir}/model`, `${weir}/config`, `${weir}/director`],
  },
  {
    path: `${weir}/lab`,
    holds: "topologies in network namespaces, and the same ones simulated with the twin",
    imports: [
      ...["model", "wire", "datapath", "config", "director"].map((name) => `${weir}/${name}`),
      `${ebpf}/loader`,
      `${ebpf}/twin`,
      linux,
    ],
  },
  {
    path: `${weir}/cli`,
    holds: "weir and ipvsadm: arguments in, requests to the control socket, listings out",
    imports: [`${weir}/model`, `${weir}/config`, `${weir}/api`, `${weir}/lab`],
  },
  {
    path: `${weir}/daemon.ts`,
    holds: "wires the director together and decides nothing",
    imports: ["model", "director", "health", "vrrp", "sync", "l7", "config", "api"].map((name) => `${weir}/${name}`),
  },
];

export const knots: readonly Knot[] = [
  {
    folder: `${ebpf}/compiler/lower`,
    reason:
      "statements hold expressions, expressions calls, and a call's body is statements: lowering follows the tree",
  },
];
