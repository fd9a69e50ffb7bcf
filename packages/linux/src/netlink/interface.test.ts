import assert from "node:assert/strict";
import { programLoad } from "../bpf/index.ts";
import { namespaceCurrent } from "../namespace.ts";
import { isSystemError } from "../system-error.ts";
import { descriptorsLeakedBy, returning, rootTest, temporaryNamespace } from "../testing/index.ts";
import { interfaceDelete, interfaceGet, interfaceList, interfaceSet, interfaceSetXdp } from "./interface.ts";
import { interfaceAdd } from "./interface-create.ts";
import { RouteSocket } from "./route-socket.ts";

/** Runs a test with a socket in a namespace of its own. */
function inNamespace(body: (socket: RouteSocket) => void): void {
  using temporary = temporaryNamespace();
  using socket = temporary.namespace.enter(() => new RouteSocket());
  body(socket);
}

const veth = (name: string, peer: string) => ({ kind: "veth", name, peer: { name: peer } }) as const;

rootTest("a new namespace has a loopback that is down", () => {
  inNamespace((socket) => {
    const [loopback, ...others] = interfaceList(socket).filter(({ kind }) => kind === undefined);
    assert.equal(others.length, 0);
    assert.equal(loopback?.name, "lo");
    assert.equal(loopback?.isUp, false);
    assert.equal(loopback?.isLoopback, true);
    assert.equal(loopback?.hardwareAddress, "00:00:00:00:00:00");
    assert.deepEqual(loopback?.xdp.mode, "none");
  });
});

rootTest("a socket stays in the namespace it was opened in", () => {
  using temporary = temporaryNamespace();
  using inside = temporary.namespace.enter(() => new RouteSocket());
  using outside = new RouteSocket();
  interfaceAdd(inside, veth("inside0", "inside1"));
  assert.equal(interfaceGet(outside, "inside0"), undefined);
  assert.equal(interfaceGet(inside, "inside0")?.kind, "veth");
});

rootTest("a veth pair is made with both ends as wanted, one of them in another namespace", () => {
  using far = temporaryNamespace("far");
  using farSocket = far.namespace.enter(() => new RouteSocket());
  inNamespace((socket) => {
    const ifindex = interfaceAdd(socket, {
      kind: "veth",
      name: "near0",
      isUp: true,
      mtu: 1400,
      hardwareAddress: "02:00:00:00:00:01",
      peer: { name: "far0", hardwareAddress: "02:00:00:00:00:02", namespace: far.namespace.fd },
    });
    const near = interfaceGet(socket, ifindex);
    assert.equal(near?.name, "near0");
    assert.equal(near?.mtu, 1400);
    assert.equal(near?.hardwareAddress, "02:00:00:00:00:01");
    assert.equal(near?.isUp, true);
    assert.notEqual(near?.linkedNamespaceId, undefined);
    const other = interfaceGet(farSocket, "far0") ?? assert.fail();
    assert.equal(other.hardwareAddress, "02:00:00:00:00:02");
    assert.equal(other.linkedIndex, ifindex);
    assert.equal(other.hasCarrier, false);
    interfaceSet(farSocket, other.ifindex, { isUp: true });
    assert.equal(interfaceGet(farSocket, "far0")?.hasCarrier, true);
    assert.equal(interfaceDelete(socket, ifindex), true);
    assert.equal(interfaceGet(farSocket, "far0"), undefined, "the other end goes with it");
    assert.equal(interfaceDelete(socket, ifindex), false);
  });
});

rootTest("bridge, macvlan and VXLAN are made", () => {
  inNamespace((socket) => {
    const bridge = interfaceAdd(socket, {
      kind: "bridge",
      name: "br0",
      usesSpanningTree: false,
      snoopsMulticast: false,
    });
    const port = interfaceAdd(socket, { ...veth("port0", "host0"), master: bridge });
    assert.equal(interfaceGet(socket, port)?.master, bridge);
    const macvlan = interfaceAdd(socket, {
      kind: "macvlan",
      name: "vrrp.51",
      parent: bridge,
      mode: "private",
      hardwareAddress: "00:00:5e:00:01:33",
    });
    assert.equal(interfaceGet(socket, macvlan)?.hardwareAddress, "00:00:5e:00:01:33");
    assert.equal(interfaceGet(socket, macvlan)?.linkedIndex, bridge);
    const vxlan = interfaceAdd(socket, { kind: "vxlan", name: "vx0", id: 42, remote: "10.0.0.2", local: "10.0.0.1" });
    assert.equal(interfaceGet(socket, vxlan)?.kind, "vxlan");
  });
});

rootTest(
  "a VLAN is made on its parent",
  () => {
    inNamespace((socket) => {
      const parent = interfaceAdd(socket, veth("trunk0", "trunk1"));
      const vlan = interfaceGet(socket, interfaceAdd(socket, { kind: "vlan", name: "trunk0.7", parent, id: 7 }));
      assert.equal(vlan?.kind, "vlan");
      assert.equal(vlan?.linkedIndex, parent);
    });
  },
  () => lackOfVlans(),
);

rootTest("an interface is changed: name, MTU, address, bridge, flags", () => {
  inNamespace((socket) => {
    const bridge = interfaceAdd(socket, { kind: "bridge", name: "br0" });
    const ifindex = interfaceAdd(socket, veth("old0", "peer0"));
    interfaceSet(socket, ifindex, {
      name: "new0",
      mtu: 1280,
      hardwareAddress: "02:00:00:00:00:09",
      master: bridge,
      isUp: true,
      answersArp: false,
      isPromiscuous: true,
    });
    const changed = interfaceGet(socket, "new0");
    assert.equal(changed?.ifindex, ifindex);
    assert.equal(changed?.mtu, 1280);
    assert.equal(changed?.hardwareAddress, "02:00:00:00:00:09");
    assert.equal(changed?.master, bridge);
    assert.equal(changed?.isUp, true);
    assert.equal(changed?.answersArp, false);
    assert.equal(changed?.isPromiscuous, true);
    interfaceSet(socket, ifindex, { master: null, isUp: false });
    assert.equal(interfaceGet(socket, ifindex)?.master, undefined);
    assert.equal(interfaceGet(socket, ifindex)?.isUp, false);
  });
});

rootTest("an interface moves into another namespace", () => {
  using far = temporaryNamespace("far");
  using farSocket = far.namespace.enter(() => new RouteSocket());
  inNamespace((socket) => {
    const ifindex = interfaceAdd(socket, veth("mover0", "stays0"));
    interfaceSet(socket, ifindex, { namespace: far.namespace.fd });
    assert.equal(interfaceGet(socket, "mover0"), undefined);
    assert.equal(interfaceGet(farSocket, "mover0")?.kind, "veth");
  });
});

rootTest("XDP attached by netlink is reported with its mode and program, and guarded by what is expected", () => {
  using first = programLoad({ type: "xdp", instructions: returning(2), license: "MIT", name: "first" }).fd;
  using second = programLoad({ type: "xdp", instructions: returning(2), license: "MIT", name: "second" }).fd;
  inNamespace((socket) => {
    const ifindex = interfaceAdd(socket, veth("xdp0", "xdp1"));
    interfaceSetXdp(socket, ifindex, { program: first, mode: "generic", expected: null });
    const { xdp } = interfaceGet(socket, ifindex) ?? assert.fail();
    assert.equal(xdp.mode, "generic");
    assert.equal(xdp.programId, xdp.genericProgramId);
    assert.throws(
      () => interfaceSetXdp(socket, ifindex, { program: second, mode: "generic", expected: null }),
      (error) => isSystemError(error, "EBUSY") && error.message.includes("program second to interface"),
    );
    assert.throws(() => interfaceSetXdp(socket, ifindex, { program: first, mode: "generic", expected: second }));
    interfaceSetXdp(socket, ifindex, { program: second, mode: "generic", expected: first });
    interfaceSetXdp(socket, ifindex, { program: null, mode: "generic" });
    assert.equal(interfaceGet(socket, ifindex)?.xdp.mode, "none");
  });
});

rootTest("a name that is taken is refused and nothing is half made", () => {
  inNamespace((socket) => {
    interfaceAdd(socket, veth("a0", "a1"));
    const before = interfaceList(socket).length;
    assert.throws(
      () => interfaceAdd(socket, veth("b0", "a1")),
      (error) => isSystemError(error, "EEXIST") && error.what === "Cannot create the veth b0",
    );
    assert.equal(interfaceList(socket).length, before);
  });
});

rootTest("names that no interface can have are refused before the kernel is asked", () => {
  inNamespace((socket) => {
    for (const name of ["", "a name", "sixteen-letters!", "a/b", "a:b", ".", ".."]) {
      assert.throws(() => interfaceAdd(socket, veth(name, "ok0")), /Cannot use .* as the name of an interface/, name);
    }
  });
});

rootTest("the kernel's own explanation is in the error", () => {
  inNamespace((socket) => {
    const ifindex = interfaceAdd(socket, veth("a0", "a1"));
    assert.throws(
      () => interfaceSet(socket, ifindex, { mtu: 70_000 }),
      (error) => isSystemError(error, "EINVAL") && error.why === "mtu greater than device maximum (invalid argument)",
    );
  });
});

rootTest("changing an interface that vanished is a clear error", () => {
  inNamespace((socket) => {
    const ifindex = interfaceAdd(socket, veth("gone0", "gone1"));
    interfaceDelete(socket, ifindex);
    assert.throws(
      () => interfaceSet(socket, ifindex, { isUp: true }),
      (error) => isSystemError(error, "ENODEV") && error.what === `Cannot change interface ${ifindex} to {"isUp":true}`,
    );
    assert.equal(interfaceGet(socket, ifindex), undefined);
  });
});

rootTest("sockets leak no descriptor, and are refused once closed", () => {
  const leaked = descriptorsLeakedBy(() => {
    using current = namespaceCurrent();
    const socket = current.enter(() => new RouteSocket());
    socket.close();
    assert.throws(
      () => interfaceList(socket),
      (error) => isSystemError(error, "EBADF"),
    );
  });
  assert.deepEqual(leaked, []);
});

/** Asks for a VLAN of a number that no VLAN has: a kernel that knows VLANs complains about the number. */
function lackOfVlans(): string | undefined {
  let lack: string | undefined;
  inNamespace((socket) => {
    const parent = interfaceAdd(socket, veth("trunk0", "trunk1"));
    try {
      interfaceAdd(socket, { kind: "vlan", name: "trunk0.x", parent, id: 5000 });
    } catch (error) {
      if (isSystemError(error, "EOPNOTSUPP")) lack = "it needs a kernel with VLANs (module 8021q)";
    }
  });
  return lack;
}
