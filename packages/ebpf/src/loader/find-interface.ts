/**
 * An interface by its index, in a namespace.
 */
import { interfaceGet, type NetworkInterface, type NetworkNamespace, RouteSocket } from "@weir/linux";

/** Undefined when the namespace has no such interface. Without a namespace: the one this process is in. */
export function findInterface(ifindex: number, namespace?: NetworkNamespace): NetworkInterface | undefined {
  const open = () => new RouteSocket();
  using socket = namespace === undefined ? open() : namespace.enter(open);
  return interfaceGet(socket, ifindex);
}
