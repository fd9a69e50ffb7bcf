/**
 * The listing of `ipvsadm -L -n`, as ipvsadm 1.31 prints it.
 */
import type { ForwardingMethod, RealServer, VirtualService } from "../../model/service.ts";

/** Live numbers of one real server. */
export interface ServerCounts {
  readonly active: number;
  readonly inactive: number;
}

const METHODS: Readonly<Record<ForwardingMethod, string>> = {
  masquerading: "Masq",
  "direct-routing": "Route",
  tunneling: "Tunnel",
};

/** @param tableSize entries of the connection table, which the first line shows */
export function listServices(
  services: readonly VirtualService[],
  tableSize: number,
  countsOf: (service: VirtualService, server: RealServer) => ServerCounts,
): string {
  const lines = [
    `IP Virtual Server version 1.2.1 (size=${tableSize})`,
    "Prot LocalAddress:Port Scheduler Flags",
    "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn",
  ];
  for (const service of services) {
    lines.push(`${service.protocol.toUpperCase().padEnd(4)} ${endpoint(service)} ${service.scheduler}`);
    for (const server of service.realServers) {
      const { active, inactive } = countsOf(service, server);
      const method = METHODS[server.method].padEnd(7);
      const weight = String(server.weight).padEnd(6);
      lines.push(
        `  -> ${endpoint(server).padEnd(28)} ${method} ${weight} ${String(active).padEnd(10)} ${String(inactive).padEnd(10)}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function endpoint({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
