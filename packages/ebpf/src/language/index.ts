/**
 * What a packet program may say: everything it imports from `@weir/ebpf`.
 *
 * @see docs/language.md, the subset on one page
 */
export { array } from "./array.ts";
export {
  atomicAdd,
  atomicAnd,
  atomicCompareExchange,
  atomicExchange,
  atomicFetchAdd,
  atomicOr,
  atomicXor,
} from "./atomic.ts";
export { type Config, config } from "./config.ts";
export type { Packet } from "./context/packet.ts";
export { BPF_SK_LOOKUP_F_NO_REUSEPORT, BPF_SK_LOOKUP_F_REPLACE, type SkLookup } from "./context/sk-lookup.ts";
export type { SkMsg } from "./context/sk-msg.ts";
export { SK_DROP, SK_PASS, type SkSkbParser, type SkSkbVerdict } from "./context/sk-skb.ts";
export * from "./context/skb.ts";
export type { Syscall } from "./context/syscall.ts";
export { isSkb, isXdp } from "./context/which.ts";
export * from "./context/xdp.ts";
export { loop, noinline } from "./control.ts";
export * from "./fib-lookup.ts";
export {
  cpuId,
  ktimeBootNs,
  ktimeCoarseNs,
  ktimeNs,
  randomU32,
  redirect,
  redirectNeigh,
  redirectPeer,
} from "./free-function.ts";
export {
  i8,
  i16,
  i32,
  type int,
  raw16,
  raw32,
  swap16,
  swap32,
  u8,
  u16,
  u32,
  u64,
  u64wrap,
} from "./integer.ts";
export { bytes } from "./kind.ts";
export { type AnyLayout, type Layout, struct } from "./layout.ts";
export { type DeviceMap, deviceHash, deviceMap } from "./map/device.ts";
export * from "./map/flag.ts";
export {
  type Cell,
  cell,
  hash,
  type KeyedMap,
  lpmTrie,
  lruHash,
  lruPercpuHash,
  percpuArray,
  percpuHash,
} from "./map/keyed.ts";
export { arrayOfMaps, hashOfMaps, type MapOfMaps } from "./map/map-of-maps.ts";
export { type QueueMap, queue, stack } from "./map/queue.ts";
export { type RingBuffer, ringBuffer } from "./map/ring-buffer.ts";
export { type SockHash, type SockMap, sockHash, sockMap } from "./map/socket.ts";
export { copy, equal, type Ref, type RefOf, type Vector } from "./reference.ts";
export { type Table, table } from "./table.ts";
