/**
 * Network namespaces joined by veth pairs, for the examples to try themselves on. Their names are unique, and they are gone
 * again when the lab is closed or the process ends.
 */
import {
  addressAdd,
  interfaceAdd,
  interfaceGet,
  interfaceSet,
  type NetworkNamespace,
  PacketSocket,
  RouteSocket,
  sysctlWrite,
} from "@weir/linux";
import { temporaryNamespace } from "@weir/linux/testing";

/** One end of a pair: an interface that is up. */
export interface CableEnd {
  readonly namespace: NetworkNamespace;
  readonly ifindex: number;
}

export interface CableEndWanted {
  readonly namespace: NetworkNamespace;
  /** The interface's name. */
  readonly name: string;
  /** IPv4, with a prefix of 24 bits; without one the interface has no address. */
  readonly address?: string;
}

export class Lab implements Disposable {
  readonly #resources: Disposable[] = [];

  /** Hands something over that is to be closed with the lab, before the namespaces it may need. */
  own<Resource extends Disposable>(resource: Resource): Resource {
    this.#resources.push(resource);
    return resource;
  }

  /** A namespace with nothing in it. IPv6 is off, so that nobody speaks unasked. */
  addNamespace(label: string): NetworkNamespace {
    const { namespace } = this.own(temporaryNamespace(label));
    for (const which of ["all", "default"]) sysctlWrite(`net.ipv6.conf.${which}.disable_ipv6`, 1, namespace);
    return namespace;
  }

  /** Joins two namespaces by a veth pair. */
  connect(one: CableEndWanted, other: CableEndWanted): readonly [CableEnd, CableEnd] {
    using near = routes(one.namespace);
    using far = routes(other.namespace);
    const peer = { name: other.name, namespace: other.namespace.fd };
    const nearIndex = interfaceAdd(near, { kind: "veth", name: one.name, peer, isUp: true });
    const farIndex = interfaceGet(far, other.name)?.ifindex;
    if (farIndex === undefined) throw new Error(`${other.name} is not where it was made: somebody else moved it.`);
    interfaceSet(far, farIndex, { isUp: true });
    const ends = [
      { ...one, routes: near, ifindex: nearIndex },
      { ...other, routes: far, ifindex: farIndex },
    ];
    for (const { routes, ifindex, address } of ends) {
      if (address !== undefined) addressAdd(routes, { ifindex, address, prefixLength: 24 });
    }
    return [
      { namespace: one.namespace, ifindex: nearIndex },
      { namespace: other.namespace, ifindex: farIndex },
    ];
  }

  /** A socket for whole frames at one end; the lab closes it. */
  openPacketSocket({ namespace, ifindex }: CableEnd): PacketSocket {
    return this.own(namespace.enter(() => new PacketSocket({ ifindex, ignoresOutgoing: true })));
  }

  [Symbol.dispose](): void {
    for (const resource of this.#resources.reverse()) resource[Symbol.dispose]();
    this.#resources.length = 0;
  }
}

function routes(namespace: NetworkNamespace): RouteSocket {
  return namespace.enter(() => new RouteSocket());
}
