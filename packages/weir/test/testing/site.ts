/**
 * The site of most fixtures: a client's network and one of real servers, with the director between them.
 *
 *     client 10.1.1.10, fd00:a::10 ── outside 10.1.1.1, fd00:a::1, the VIPs
 *                                     inside 192.168.1.1, fd00:b::1 ── real servers .100 and .101, ::100 and ::101
 */
import type { RealServer, VirtualService, WantedState } from "../../src/model/service.ts";
import type { Link } from "./frame.ts";
import type { FixtureNetwork } from "./network.ts";

const CLIENT_MAC = "02:00:00:00:01:00";
const OUTSIDE_MAC = "02:00:00:00:02:00";
const INSIDE_MAC = "02:00:00:00:02:01";
const SERVER_MAC = "02:00:00:00:11:00";

export const site: FixtureNetwork = {
  interfaces: [
    {
      name: "outside",
      mac: OUTSIDE_MAC,
      mtu: 1500,
      addresses: ["10.1.1.1/24", "fd00:a::1/64"],
      neighbours: { "10.1.1.10": CLIENT_MAC, "fd00:a::10": CLIENT_MAC },
    },
    {
      name: "inside",
      mac: INSIDE_MAC,
      mtu: 1500,
      addresses: ["192.168.1.1/24", "fd00:b::1/64"],
      neighbours: { "192.168.1.100": SERVER_MAC, "fd00:b::100": SERVER_MAC },
    },
  ],
};

/** The four ways of a frame. */
export const fromClient: Link = { source: CLIENT_MAC, destination: OUTSIDE_MAC };
export const toServer: Link = { source: INSIDE_MAC, destination: SERVER_MAC };
export const fromServer: Link = { source: SERVER_MAC, destination: INSIDE_MAC };
export const toClient: Link = { source: OUTSIDE_MAC, destination: CLIENT_MAC };

export const VIP = "10.1.1.200";
export const VIP6 = "fd00:a::200";
export const RIP = "192.168.1.100";
export const RIP6 = "fd00:b::100";
/** On the link, but its link-layer address is not known. */
export const SILENT_RIP = "192.168.1.199";

/** One service with one real server; `service` and `server` say what differs from TCP, port 80, NAT, weight 1. */
export function oneServer(service: Partial<VirtualService> = {}, server: Partial<RealServer> = {}): WantedState {
  const realServer: RealServer = { address: RIP, port: 80, method: "masquerading", weight: 1, ...server };
  const { protocol = "tcp", address = VIP, port = 80 } = service;
  return { services: [{ protocol, address, port, scheduler: "rr", realServers: [realServer], ...service }] };
}
