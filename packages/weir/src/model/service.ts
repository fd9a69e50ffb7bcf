/**
 * Virtual services and their real servers: plain data, as an administrator thinks of them.
 */

export type Protocol = "tcp" | "udp" | "sctp";

/** How packets reach a real server. */
export type ForwardingMethod = "masquerading" | "direct-routing" | "tunneling";

/** How a packet travels inside another one, for the method "tunneling". */
export type Tunnel =
  | { readonly kind: "ipip" }
  | { readonly kind: "gue" /** Where the real server listens. */; readonly port: number; readonly checksum: boolean }
  | { readonly kind: "gre"; readonly checksum: boolean };

/** Schedulers by the names that `ipvsadm -s` takes. */
export type SchedulerName = "rr";

export interface RealServer {
  /** In its canonical spelling: `192.0.2.1`, `2001:db8::1`. */
  readonly address: string;
  readonly port: number;
  readonly method: ForwardingMethod;
  /** For "tunneling"; IPIP when it is left out. */
  readonly tunnel?: Tunnel;
  /** Share of new connections; 0 is quiescent: existing connections stay. */
  readonly weight: number;
}

export interface VirtualService {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly scheduler: SchedulerName;
  /** The newest first, as the kernel's IPVS keeps them: schedulers walk them in this order. */
  readonly realServers: readonly RealServer[];
}

/** Everything that the director is wanted to do. */
export interface WantedState {
  /** In the order in which they were added. */
  readonly services: readonly VirtualService[];
}

export const nothingWanted: WantedState = { services: [] };

export type ServiceKey = Pick<VirtualService, "protocol" | "address" | "port">;
export type RealServerKey = Pick<RealServer, "address" | "port">;

export function sameService(a: ServiceKey, b: ServiceKey): boolean {
  return a.protocol === b.protocol && a.address === b.address && a.port === b.port;
}

export function sameRealServer(a: RealServerKey, b: RealServerKey): boolean {
  return a.address === b.address && a.port === b.port;
}
