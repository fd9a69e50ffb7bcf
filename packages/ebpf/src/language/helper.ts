/**
 * The table of kernel helpers: the one place that knows how a call in the language becomes a call into the kernel.
 *
 * The compiler lowers calls from it, the twin implements each row, and the documentation lists it. Numbers and
 * signatures are those of linux/bpf.h.
 */
import type { MapKind } from "./map/declaration.ts";
import type { ProgramKind } from "./program-kind.ts";

/**
 * One argument of the kernel's function, in its order. What the language is handed is used up from left to right.
 *
 * - `context`: the program's context; `map`: the map before the dot. Neither is handed in.
 * - `u32 i32 u64`: an integer, `u64` a bigint. `word`: a number that fills a u64 register (checksums, keys of device maps).
 * - `be16`: a number in host order that the kernel takes in network order.
 * - `flags`: a number for a u64 register, 0 when left out. `zero`: a constant 0 that the language does not show.
 * - `key value`: pointer to a key or value of the map; an integer goes through the stack.
 * - `into`: pointer to a value that the helper fills.
 * - `ref+size into+size`: a value that the helper reads (and may fill), or fills, as two arguments: pointer and bytes.
 * - `socketMap`: a map of sockets that is handed in; a `key` after it is one of its keys.
 * - `callback state`: a module-level function and a pointer to its state.
 */
export type HelperArgument =
  | "context"
  | "map"
  | "u32"
  | "i32"
  | "u64"
  | "word"
  | "be16"
  | "flags"
  | "zero"
  | "key"
  | "value"
  | "into"
  | "ref+size"
  | "into+size"
  | "socketMap"
  | "callback"
  | "state";

/** What comes back in the register. */
export type HelperResult =
  | { readonly kind: "int"; readonly min: number; readonly max: number }
  | { readonly kind: "u64" }
  /** The map's value by reference, or null. */
  | { readonly kind: "value" }
  /** An inner map, or null. */
  | { readonly kind: "innerMap" };

export interface Helper {
  /** As the language writes it: `ktimeNs()`, `ctx.adjustHead()`, `map.lookup()`. */
  readonly name: string;
  readonly receiver: "none" | "context" | "map";
  /** Without the prefix `bpf_`. */
  readonly kernelName: string;
  readonly id: number;
  readonly args: readonly HelperArgument[];
  readonly result: HelperResult;
  /** Kinds of programs that may call it; `null` for all. */
  readonly programs: readonly ProgramKind[] | null;
  /** For methods of maps: the kinds that have it. */
  readonly maps: readonly MapKind[] | null;
  /** First kernel release that has it, for these programs. */
  readonly since: string;
  /** References into the packet go stale. */
  readonly movesPacket: boolean;
  /** Helpers that are called before and after, when the language's call is more than one of the kernel's. */
  readonly around: { readonly before: number; readonly after: number } | null;
}

const STATUS: HelperResult = { kind: "int", min: -4095, max: 0 };
const U64: HelperResult = { kind: "u64" };
const VALUE: HelperResult = { kind: "value" };
const SK_VERDICT: HelperResult = { kind: "int", min: 0, max: 1 };
const U32_MAX = 0xffffffff;

const HASHES: readonly MapKind[] = ["hash", "lruHash", "percpuHash", "lruPercpuHash"];
const ARRAYS: readonly MapKind[] = ["array", "percpuArray"];
const KEYED: readonly MapKind[] = [...ARRAYS, ...HASHES, "lpmTrie"];
const SOCKETS: readonly MapKind[] = ["sockMap", "sockHash"];
const QUEUES: readonly MapKind[] = ["queue", "stack"];

const PLAIN = { programs: null, maps: null, movesPacket: false, around: null };

export const HELPERS: readonly Helper[] = [
  free("ktimeNs", "ktime_get_ns", 5, [], U64, { since: "4.1" }),
  free("ktimeBootNs", "ktime_get_boot_ns", 125, [], U64, { since: "5.8" }),
  free("ktimeCoarseNs", "ktime_get_coarse_ns", 160, [], U64, {
    since: "5.11",
    programs: ["Xdp", "Skb", "SkSkbParser", "SkSkbVerdict", "SkMsg", "SkLookup"],
  }),
  free("randomU32", "get_prandom_u32", 7, [], int(0, U32_MAX), { since: "4.1" }),
  // No supported architecture has more than 8192 CPUs.
  free("cpuId", "get_smp_processor_id", 8, [], int(0, 8191), { since: "4.1" }),
  free("loop", "loop", 181, ["u32", "callback", "state", "zero"], int(-4095, 1 << 23), { since: "5.17" }),
  free("redirect", "redirect", 23, ["u32", "flags"], int(0, 7), { since: "4.14", programs: ["Xdp", "Skb"] }),
  free("redirectPeer", "redirect_peer", 155, ["u32", "flags"], int(2, 7), { since: "5.10", programs: ["Skb"] }),
  // The two zeros are the next hop and its length: none is given, the routing table is asked.
  free("redirectNeigh", "redirect_neigh", 152, ["u32", "zero", "zero", "flags"], int(2, 7), {
    since: "5.10",
    programs: ["Skb"],
  }),

  onMap("lookup", "map_lookup_elem", 1, ["map", "key"], VALUE, KEYED, "3.19"),
  onMap("lookup", "map_lookup_elem", 1, ["map", "key"], { kind: "innerMap" }, ["arrayOfMaps", "hashOfMaps"], "4.12"),
  onMap("update", "map_update_elem", 2, ["map", "key", "value", "flags"], STATUS, KEYED, "3.19"),
  onMap("delete", "map_delete_elem", 3, ["map", "key"], STATUS, [...KEYED, ...SOCKETS], "3.19"),
  onMap(
    "forEach",
    "for_each_map_elem",
    164,
    ["map", "callback", "state", "zero"],
    int(-4095, U32_MAX),
    [...ARRAYS, ...HASHES],
    "5.13",
  ),
  onMap("push", "map_push_elem", 87, ["map", "value", "flags"], STATUS, QUEUES, "4.20"),
  onMap("pop", "map_pop_elem", 88, ["map", "into"], STATUS, QUEUES, "4.20"),
  onMap("peek", "map_peek_elem", 89, ["map", "into"], STATUS, QUEUES, "4.20"),
  onMap("output", "ringbuf_output", 130, ["map", "ref+size", "flags"], STATUS, ["ringBuffer"], "5.8"),
  {
    ...onMap("redirect", "redirect_map", 51, ["map", "word", "flags"], int(0, 4), ["deviceMap", "deviceHash"], "4.14"),
    programs: ["Xdp"],
  },

  onContext("adjustHead", "xdp_adjust_head", 44, ["context", "i32"], STATUS, ["Xdp"], {
    since: "4.10",
    movesPacket: true,
  }),
  onContext("adjustTail", "xdp_adjust_tail", 65, ["context", "i32"], STATUS, ["Xdp"], {
    since: "4.18",
    movesPacket: true,
  }),
  onContext("fibLookup", "fib_lookup", 69, ["context", "ref+size", "flags"], int(-4095, 9), ["Xdp", "Skb"], {
    since: "4.18",
  }),

  onContext("storeBytes", "skb_store_bytes", 9, ["context", "u32", "ref+size", "flags"], STATUS, ["Skb"], {
    since: "4.1",
    movesPacket: true,
  }),
  onContext("loadBytes", "skb_load_bytes", 26, ["context", "u32", "into+size"], STATUS, ["Skb"], { since: "4.5" }),
  onContext("l3ChecksumReplace", "l3_csum_replace", 10, ["context", "u32", "word", "word", "flags"], STATUS, ["Skb"], {
    since: "4.1",
    movesPacket: true,
  }),
  onContext("l4ChecksumReplace", "l4_csum_replace", 11, ["context", "u32", "word", "word", "flags"], STATUS, ["Skb"], {
    since: "4.1",
    movesPacket: true,
  }),
  onContext("changeProtocol", "skb_change_proto", 31, ["context", "be16", "flags"], STATUS, ["Skb"], {
    since: "4.8",
    movesPacket: true,
  }),
  onContext("changeTail", "skb_change_tail", 38, ["context", "u32", "flags"], STATUS, ["Skb"], {
    since: "4.9",
    movesPacket: true,
  }),
  onContext("changeHead", "skb_change_head", 43, ["context", "u32", "flags"], STATUS, ["Skb"], {
    since: "5.8",
    movesPacket: true,
  }),
  onContext("adjustRoom", "skb_adjust_room", 50, ["context", "i32", "u32", "u64"], STATUS, ["Skb"], {
    since: "4.13",
    movesPacket: true,
  }),
  onContext("cloneRedirect", "clone_redirect", 13, ["context", "u32", "flags"], int(-4095, 4095), ["Skb"], {
    since: "4.2",
    movesPacket: true,
  }),
  onContext("csumLevel", "csum_level", 135, ["context", "word"], int(-4095, 3), ["Skb"], { since: "5.8" }),
  onContext("pullData", "skb_pull_data", 39, ["context", "u32"], STATUS, ["Skb", "SkSkbParser", "SkSkbVerdict"], {
    since: "4.9",
    movesPacket: true,
  }),

  onContext(
    "redirectMap",
    "sk_redirect_map",
    52,
    ["context", "socketMap", "u32", "flags"],
    SK_VERDICT,
    ["SkSkbVerdict"],
    {
      since: "4.14",
    },
  ),
  onContext(
    "redirectHash",
    "sk_redirect_hash",
    72,
    ["context", "socketMap", "key", "flags"],
    SK_VERDICT,
    ["SkSkbVerdict"],
    {
      since: "4.18",
    },
  ),
  onContext("redirectMap", "msg_redirect_map", 60, ["context", "socketMap", "u32", "flags"], SK_VERDICT, ["SkMsg"], {
    since: "4.17",
  }),
  onContext("redirectHash", "msg_redirect_hash", 71, ["context", "socketMap", "key", "flags"], SK_VERDICT, ["SkMsg"], {
    since: "4.18",
  }),
  onContext("applyBytes", "msg_apply_bytes", 61, ["context", "u32"], STATUS, ["SkMsg"], { since: "4.17" }),
  onContext("corkBytes", "msg_cork_bytes", 62, ["context", "u32"], STATUS, ["SkMsg"], { since: "4.17" }),
  onContext("pullData", "msg_pull_data", 63, ["context", "u32", "u32", "flags"], STATUS, ["SkMsg"], {
    since: "4.17",
    movesPacket: true,
  }),

  // map_lookup_elem gives the socket (-2 when there is none), sk_assign chooses it, sk_release lets it go.
  onContext("assignFrom", "sk_assign", 124, ["context", "socketMap", "key", "flags"], STATUS, ["SkLookup"], {
    since: "5.9",
    around: { before: 1, after: 86 },
  }),
];

type More = Partial<Pick<Helper, "programs" | "movesPacket" | "around">> & Pick<Helper, "since">;

function free(
  name: string,
  kernelName: string,
  id: number,
  args: readonly HelperArgument[],
  result: HelperResult,
  more: More,
): Helper {
  return { ...PLAIN, name, receiver: "none", kernelName, id, args, result, ...more };
}

function onMap(
  name: string,
  kernelName: string,
  id: number,
  args: readonly HelperArgument[],
  result: HelperResult,
  maps: readonly MapKind[],
  since: string,
): Helper {
  return { ...PLAIN, name, receiver: "map", kernelName, id, args, result, maps, since };
}

function onContext(
  name: string,
  kernelName: string,
  id: number,
  args: readonly HelperArgument[],
  result: HelperResult,
  programs: readonly ProgramKind[],
  more: More,
): Helper {
  return { ...PLAIN, name, receiver: "context", kernelName, id, args, result, programs, ...more };
}

function int(min: number, max: number): HelperResult {
  return { kind: "int", min, max };
}
