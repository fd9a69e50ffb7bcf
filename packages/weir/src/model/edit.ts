/**
 * Edits of the wanted state: what `ipvsadm -A -E -D -a -e -d -C` ask for.
 *
 * An edit gives the next state or says why there is none; it never changes half.
 */
import { fail, type Result, succeed } from "./problem.ts";
import {
  nothingWanted,
  type RealServer,
  type RealServerKey,
  type ServiceKey,
  sameRealServer,
  sameService,
  type VirtualService,
  type WantedState,
} from "./service.ts";

export type Edit =
  | { readonly kind: "add-service"; readonly service: ServiceKey & Pick<VirtualService, "scheduler"> }
  | { readonly kind: "delete-service"; readonly service: ServiceKey }
  | { readonly kind: "add-real-server"; readonly service: ServiceKey; readonly realServer: RealServer }
  | { readonly kind: "edit-real-server"; readonly service: ServiceKey; readonly realServer: RealServer }
  | { readonly kind: "delete-real-server"; readonly service: ServiceKey; readonly realServer: RealServerKey }
  | { readonly kind: "clear" };

export type EditCode = "service-exists" | "no-such-service" | "real-server-exists" | "no-such-real-server";

export function applyEdit(state: WantedState, edit: Edit): Result<WantedState, EditCode> {
  if (edit.kind === "clear") return succeed(nothingWanted);
  const { service: key } = edit;
  const present = state.services.find((service) => sameService(service, key));
  if (edit.kind === "add-service") {
    if (present !== undefined) {
      return fail(
        "service-exists",
        `Cannot add ${describe(key)}`,
        "there is such a service",
        "Edit it with -E, or delete it first.",
      );
    }
    return succeed({ services: [...state.services, { ...edit.service, realServers: [] }] });
  }
  if (present === undefined) {
    return fail(
      "no-such-service",
      `Cannot find ${describe(key)}`,
      "no such service has been added",
      "List the services with -L -n.",
    );
  }
  if (edit.kind === "delete-service") {
    return succeed({ services: state.services.filter((service) => service !== present) });
  }
  const servers = editServers(present, edit);
  if (!servers.ok) return servers;
  const next: VirtualService = { ...present, realServers: servers.value };
  return succeed({ services: state.services.map((service) => (service === present ? next : service)) });
}

type ServerEdit = Extract<Edit, { readonly realServer: unknown }>;

function editServers(service: VirtualService, edit: ServerEdit): Result<readonly RealServer[], EditCode> {
  const { realServers } = service;
  const present = realServers.find((server) => sameRealServer(server, edit.realServer));
  const name = `${edit.realServer.address}:${edit.realServer.port} of ${describe(service)}`;
  if (edit.kind === "add-real-server") {
    if (present !== undefined) {
      return fail("real-server-exists", `Cannot add ${name}`, "the service has this real server", "Edit it with -e.");
    }
    // The newest stands first: that is the order in which schedulers walk.
    return succeed([edit.realServer, ...realServers]);
  }
  if (present === undefined) {
    return fail(
      "no-such-real-server",
      `Cannot find ${name}`,
      "the service has no such real server",
      "List them with -L -n.",
    );
  }
  if (edit.kind === "delete-real-server") return succeed(realServers.filter((server) => server !== present));
  return succeed(realServers.map((server) => (server === present ? edit.realServer : server)));
}

function describe({ protocol, address, port }: ServiceKey): string {
  return `${protocol} ${address}:${port}`;
}
