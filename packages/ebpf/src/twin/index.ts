/**
 * The twin: packet programs in V8, as the kernel runs them.
 */
export type { SkLookupFacts } from "./context/sk-lookup.ts";
export type { ClonedPacket, SkbFacts } from "./context/skb-packet.ts";
export type { SocketRedirection } from "./context/socket-redirection.ts";
export { bareEnvironment, type Environment } from "./environment.ts";
export * from "./errno.ts";
export type { Given } from "./given.ts";
export type { MachineOptions, TwinMachine } from "./machine.ts";
export type { DevicesTable } from "./map/devices-table.ts";
export type { TwinSocket } from "./map/sockets-table.ts";
export type { OpenView } from "./open-view.ts";
export { type BufferSizes, PacketBuffer, SKB_SIZES, XDP_SIZES } from "./packet-buffer.ts";
export type { Redirection } from "./redirection.ts";
export type { MessageResult, PacketResult, SkbResult, StreamResult } from "./result.ts";
export type { InnerMapsView, KeyedView, QueueView, RecordsView, SocketsView } from "./table-view.ts";
export { Twin, type TwinOptions, type XdpFacts } from "./twin.ts";
