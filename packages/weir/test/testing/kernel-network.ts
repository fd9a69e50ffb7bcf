/**
 * A fixture's network in the kernel: a namespace with interfaces, addresses and permanent neighbours, so that its routing table gives the
 * answers that the fixture says.
 */
import {
  addressAdd,
  interfaceAdd,
  interfaceGet,
  interfaceSet,
  neighbourSetPermanent,
  RouteSocket,
  sysctlWrite,
} from "@weir/linux";
import { temporaryNamespace } from "@weir/linux/testing";
import type { FixtureInterface, FixtureNetwork } from "./network.ts";

export interface KernelNetwork extends Disposable {
  /** Does something with the namespace as the present one: test runs ask its routing table. */
  enter<Result>(action: () => Result): Result;
}

export function openKernelNetwork({ interfaces }: FixtureNetwork): KernelNetwork {
  const temporary = temporaryNamespace("fixture");
  const { namespace } = temporary;
  const routes = namespace.enter(() => new RouteSocket());
  try {
    interfaceSet(routes, interfaceGet(routes, "lo")?.ifindex ?? 1, { isUp: true });
    for (const name of ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"]) sysctlWrite(name, 1, namespace);
    for (const described of interfaces) addInterface(routes, described);
  } finally {
    routes.close();
  }
  return { enter: (action) => namespace.enter(action), [Symbol.dispose]: () => temporary[Symbol.dispose]() };
}

function addInterface(routes: RouteSocket, { name, mac, mtu, addresses, neighbours }: FixtureInterface): void {
  // Nobody listens at the other end: test runs send nothing.
  const peer = { name: `${name}-wire` };
  const ifindex = interfaceAdd(routes, { kind: "veth", name, mtu, hardwareAddress: mac, isUp: true, peer });
  interfaceSet(routes, interfaceGet(routes, peer.name)?.ifindex ?? 0, { isUp: true });
  for (const cidr of addresses) {
    const [address = "", prefix = ""] = cidr.split("/");
    addressAdd(routes, { ifindex, address, prefixLength: Number(prefix) }, { skipsDuplicateDetection: true });
  }
  for (const [address, hardwareAddress] of Object.entries(neighbours)) {
    neighbourSetPermanent(routes, { ifindex, address }, hardwareAddress);
  }
}
