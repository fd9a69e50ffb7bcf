/** An interpreter of eBPF: runs compiled programs without a kernel, and catches what the kernel would refuse. */

export { type ContextField, createContext } from "./context.ts";
export {
  type SocketBufferFields,
  type SocketFields,
  socketBufferContext,
  socketLookupContext,
  socketMessageContext,
  type XdpFields,
  xdpContext,
} from "./context-layouts.ts";
export { coreHelpers } from "./core-helpers.ts";
export { type FaultCode, type FaultPlace, ProgramFault } from "./fault.ts";
export { interpret, type Outcome } from "./interpret.ts";
export type * from "./machine.ts";
export { PacketBuffer, XDP_HEADROOM } from "./packet.ts";
export { type InterpretedProgram, prepareProgram } from "./program.ts";
