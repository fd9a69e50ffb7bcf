import assert from "node:assert/strict";
import { isSystemError } from "../system-error.ts";
import { rootTest, temporaryNamespace } from "../testing/index.ts";
import { addressAdd, addressDelete, addressList } from "./address.ts";
import { interfaceGet, interfaceSet } from "./interface.ts";
import { interfaceAdd } from "./interface-create.ts";
import { neighbourDelete, neighbourList, neighbourSetManaged, neighbourSetPermanent } from "./neighbour.ts";
import { type Route, routeAdd, routeDelete, routeList, routeReplace } from "./route.ts";
import { RouteSocket } from "./route-socket.ts";

/** A namespace with the two ends of a veth, up, the first with 10.9.0.1/24 and fd09::1/64. */
function withVeth(body: (socket: RouteSocket, near: number, far: number) => void): void {
  using temporary = temporaryNamespace();
  using socket = temporary.namespace.enter(() => new RouteSocket());
  const near = interfaceAdd(socket, { kind: "veth", name: "near0", isUp: true, peer: { name: "far0" } });
  const far = interfaceGet(socket, "far0")?.ifindex ?? assert.fail();
  interfaceSet(socket, far, { isUp: true });
  addressAdd(socket, { ifindex: near, address: "10.9.0.1", prefixLength: 24 });
  addressAdd(socket, { ifindex: near, address: "fd09::1", prefixLength: 64 }, { skipsDuplicateDetection: true });
  body(socket, near, far);
}

const find = (socket: RouteSocket, destination: string, prefixLength: number): Route | undefined =>
  routeList(socket).find((route) => route.destination === destination && route.prefixLength === prefixLength);

rootTest("addresses of both families are added, listed and removed", () => {
  withVeth((socket, near) => {
    const mine = addressList(socket).filter(({ ifindex }) => ifindex === near);
    const four = mine.find(({ address }) => address === "10.9.0.1");
    assert.equal(four?.prefixLength, 24);
    assert.equal(four?.isPermanent, true);
    const six = mine.find(({ address }) => address === "fd09::1");
    assert.equal(six?.prefixLength, 64);
    assert.equal(six?.isTentative, false);
    const key = { ifindex: near, address: "10.9.0.1", prefixLength: 24 };
    assert.equal(addressDelete(socket, key), true);
    assert.equal(addressDelete(socket, key), false);
  });
});

rootTest("an address that is there already is refused, unless it may be replaced", () => {
  withVeth((socket, near) => {
    const key = { ifindex: near, address: "10.9.0.1", prefixLength: 24 };
    assert.throws(
      () => addressAdd(socket, key),
      (error) => isSystemError(error, "EEXIST") && error.what === `Cannot add address 10.9.0.1/24 to interface ${near}`,
    );
    addressAdd(socket, key, { replaces: true });
  });
});

rootTest("a prefix longer than the address is refused", () => {
  withVeth((socket, near) => {
    assert.throws(
      () => addressAdd(socket, { ifindex: near, address: "10.9.0.2", prefixLength: 33 }),
      (error) => isSystemError(error, "EINVAL"),
    );
  });
});

rootTest("a point-to-point address has a peer", () => {
  withVeth((socket, _, far) => {
    addressAdd(socket, { ifindex: far, address: "10.8.0.1", prefixLength: 32 }, { peer: "10.8.0.2" });
    const listed = addressList(socket).find(({ address }) => address === "10.8.0.1");
    assert.equal(listed?.peer, "10.8.0.2");
  });
});

rootTest("a route by a gateway is added, listed, replaced and removed", () => {
  withVeth((socket, near) => {
    const route: Route = {
      destination: "10.50.0.0",
      prefixLength: 16,
      nextHops: [{ gateway: "10.9.0.2", ifindex: near }],
      metric: 10,
      preferredSource: "10.9.0.1",
      mtu: 1400,
    };
    routeAdd(socket, route);
    assert.deepEqual(find(socket, "10.50.0.0", 16), { ...route, type: "unicast", table: 254, protocol: 4 });
    assert.throws(
      () => routeAdd(socket, route),
      (error) => isSystemError(error, "EEXIST"),
    );
    routeReplace(socket, { ...route, nextHops: [{ gateway: "10.9.0.3", ifindex: near }] });
    assert.deepEqual(find(socket, "10.50.0.0", 16)?.nextHops, [{ gateway: "10.9.0.3", ifindex: near }]);
    assert.equal(routeDelete(socket, { ...route, nextHops: [] }), true);
    assert.equal(routeDelete(socket, { ...route, nextHops: [] }), false);
  });
});

rootTest("IPv6 routes and default routes work alike", () => {
  withVeth((socket, near) => {
    routeAdd(socket, { destination: "::", prefixLength: 0, nextHops: [{ gateway: "fd09::2" }] });
    const route = routeList(socket).find(
      ({ destination, nextHops }) => destination === "::" && nextHops[0]?.gateway === "fd09::2",
    );
    assert.equal(route?.nextHops[0]?.ifindex, near);
    routeAdd(socket, { destination: "0.0.0.0", prefixLength: 0, nextHops: [{ gateway: "10.9.0.254" }], table: 1000 });
    assert.equal(find(socket, "0.0.0.0", 0)?.table, 1000);
  });
});

rootTest("an IPv4 route may have an IPv6 gateway", () => {
  withVeth((socket, near) => {
    routeAdd(socket, { destination: "10.60.0.0", prefixLength: 16, nextHops: [{ gateway: "fd09::2", ifindex: near }] });
    assert.deepEqual(find(socket, "10.60.0.0", 16)?.nextHops, [{ gateway: "fd09::2", ifindex: near }]);
  });
});

rootTest("several next hops share by weight", () => {
  withVeth((socket, near) => {
    routeAdd(socket, {
      destination: "10.70.0.0",
      prefixLength: 16,
      nextHops: [
        { gateway: "10.9.0.2", ifindex: near },
        { gateway: "10.9.0.3", ifindex: near, weight: 3 },
      ],
    });
    assert.deepEqual(find(socket, "10.70.0.0", 16)?.nextHops, [
      { gateway: "10.9.0.2", ifindex: near, weight: 1 },
      { gateway: "10.9.0.3", ifindex: near, weight: 3 },
    ]);
  });
});

rootTest("local and blackhole routes have no gateway", () => {
  withVeth((socket, near) => {
    routeAdd(socket, { destination: "10.80.0.0", prefixLength: 16, type: "local", nextHops: [{ ifindex: near }] });
    assert.equal(find(socket, "10.80.0.0", 16)?.type, "local");
    assert.equal(find(socket, "10.80.0.0", 16)?.table, 255);
    routeAdd(socket, { destination: "10.81.0.0", prefixLength: 16, type: "blackhole", nextHops: [] });
    assert.deepEqual(find(socket, "10.81.0.0", 16)?.nextHops, []);
  });
});

rootTest("a gateway nobody can reach is refused with the kernel's reason", () => {
  withVeth((socket) => {
    assert.throws(
      () => routeAdd(socket, { destination: "10.90.0.0", prefixLength: 16, nextHops: [{ gateway: "192.0.2.1" }] }),
      (error) => isSystemError(error, "ENETUNREACH") && error.why.startsWith("Nexthop has invalid gateway"),
    );
  });
});

rootTest("what is no address is refused before the kernel is asked", () => {
  withVeth((socket, near) => {
    assert.throws(() => addressAdd(socket, { ifindex: near, address: "10.9", prefixLength: 24 }), TypeError);
    assert.throws(() => neighbourSetPermanent(socket, { ifindex: near, address: "10.9.0.2" }, "02:00"), TypeError);
  });
});

rootTest("a permanent neighbour keeps its address; removing one tells whether there was any", () => {
  withVeth((socket, near) => {
    for (const address of ["10.9.0.7", "fd09::7"]) {
      const key = { ifindex: near, address };
      neighbourSetPermanent(socket, key, "02:00:00:00:00:06");
      neighbourSetPermanent(socket, key, "02:00:00:00:00:07");
      const entry = neighbourList(socket).find((neighbour) => neighbour.address === address);
      assert.equal(entry?.state, "permanent");
      assert.equal(entry?.hardwareAddress, "02:00:00:00:00:07");
      assert.equal(entry?.isManaged, false);
      assert.equal(neighbourDelete(socket, key), true);
    }
    assert.equal(neighbourDelete(socket, { ifindex: near, address: "10.9.0.99" }), false);
  });
});

rootTest("a managed neighbour is resolved by the kernel without any traffic", async () => {
  using near = temporaryNamespace("near");
  using far = temporaryNamespace("far");
  using socket = near.namespace.enter(() => new RouteSocket());
  using farSocket = far.namespace.enter(() => new RouteSocket());
  const ifindex = interfaceAdd(socket, {
    kind: "veth",
    name: "near0",
    isUp: true,
    peer: { name: "far0", hardwareAddress: "02:00:00:00:00:22", namespace: far.namespace.fd },
  });
  addressAdd(socket, { ifindex, address: "10.9.0.1", prefixLength: 24 });
  const peer = interfaceGet(farSocket, "far0");
  assert.ok(peer);
  interfaceSet(farSocket, peer.ifindex, { isUp: true });
  addressAdd(farSocket, { ifindex: peer.ifindex, address: "10.9.0.2", prefixLength: 24 });
  neighbourSetManaged(socket, { ifindex, address: "10.9.0.2" });
  const entryNow = () => neighbourList(socket).find(({ address }) => address === "10.9.0.2");
  for (let tries = 0; tries < 50 && entryNow()?.hardwareAddress === undefined; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(entryNow()?.isManaged, true);
  assert.equal(entryNow()?.hardwareAddress, "02:00:00:00:00:22");
});

rootTest("a neighbour on an interface that vanished is a clear error", () => {
  withVeth((socket) => {
    assert.throws(
      () => neighbourSetManaged(socket, { ifindex: 9999, address: "10.9.0.2" }),
      (error) => isSystemError(error, "ENODEV") && error.message.includes("on interface 9999"),
    );
  });
});

rootTest("an interface that is down takes no route", () => {
  withVeth((socket, near) => {
    interfaceSet(socket, near, { isUp: false });
    assert.throws(
      () => routeAdd(socket, { destination: "10.95.0.0", prefixLength: 16, nextHops: [{ ifindex: near }] }),
      (error) => isSystemError(error, "ENETDOWN"),
    );
  });
});
