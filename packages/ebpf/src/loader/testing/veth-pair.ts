/**
 * A network namespace with a veth pair inside, for tests that attach programs to interfaces.
 */
import { interfaceAdd, interfaceDelete, interfaceGet, type NetworkNamespace, RouteSocket } from "@weir/linux";
import { temporaryNamespace } from "@weir/linux/testing";

export interface VethPair extends Disposable {
  readonly namespace: NetworkNamespace;
  /** Index of the one end. */
  readonly left: number;
  /** Index of the other. */
  readonly right: number;
  /** Removes both ends at once. */
  vanish(): void;
}

export function vethPair(): VethPair {
  const temporary = temporaryNamespace("loader");
  const { namespace } = temporary;
  const socket = namespace.enter(() => new RouteSocket());
  const left = interfaceAdd(socket, { kind: "veth", name: "left", isUp: true, peer: { name: "right" } });
  const right = interfaceGet(socket, "right")?.ifindex ?? 0;
  return {
    ...{ namespace, left, right },
    vanish: () => interfaceDelete(socket, left),
    [Symbol.dispose]() {
      socket.close();
      temporary[Symbol.dispose]();
    },
  };
}
