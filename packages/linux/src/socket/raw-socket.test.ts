import assert from "node:assert/strict";
import { addressAdd, interfaceAdd, interfaceGet, interfaceSet, RouteSocket } from "../netlink/index.ts";
import { isSystemError } from "../system-error.ts";
import {
  descriptorsLeakedBy,
  rootTest,
  type TemporaryNamespace,
  temporaryNamespace,
  untilUp,
} from "../testing/index.ts";
import { RawSocket, type RawSocketOptions, type ReceivedDatagram } from "./raw-socket.ts";

const VRRP = 112;

interface Machine {
  readonly ifindex: number;
  readonly open: (options: RawSocketOptions) => RawSocket;
}

/** Two namespaces with a veth between them: 10.9.0.1 and fd09::1 here, 10.9.0.2 and fd09::2 there. */
interface Network extends Disposable {
  readonly near: Machine;
  readonly far: Machine;
}

function network(): Network {
  const near = temporaryNamespace("near");
  const far = temporaryNamespace("far");
  using routes = near.namespace.enter(() => new RouteSocket());
  const peer = { name: "eth0", namespace: far.namespace.fd };
  interfaceAdd(routes, { kind: "veth", name: "eth0", isUp: true, peer });
  return {
    near: machine(near, 1),
    far: machine(far, 2),
    [Symbol.dispose]() {
      near[Symbol.dispose]();
      far[Symbol.dispose]();
    },
  };
}

function machine({ namespace }: TemporaryNamespace, number: number): Machine {
  using routes = namespace.enter(() => new RouteSocket());
  const { ifindex } = interfaceGet(routes, "eth0") ?? assert.fail();
  interfaceSet(routes, ifindex, { isUp: true });
  // The second end brings both up.
  if (number === 2) untilUp(routes, ifindex);
  addressAdd(routes, { ifindex, address: `10.9.0.${number}`, prefixLength: 24 });
  addressAdd(routes, { ifindex, address: `fd09::${number}`, prefixLength: 64 }, { skipsDuplicateDetection: true });
  return { ifindex, open: (options) => namespace.enter(() => new RawSocket(options)) };
}

async function next(socket: RawSocket): Promise<ReceivedDatagram> {
  for await (const received of socket) return received;
  return assert.fail("the socket was closed before a datagram came");
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

rootTest("a unicast arrives with addresses, hop limit and interface, in both families alike", async () => {
  using net = network();
  for (const { family, near, far } of [
    { family: "ipv4", near: "10.9.0.1", far: "10.9.0.2" },
    { family: "ipv6", near: "fd09::1", far: "fd09::2" },
  ] as const) {
    using receiver = net.far.open({ family, protocol: VRRP });
    using sender = net.near.open({ family, protocol: VRRP, hopLimit: 255 });
    const waiting = next(receiver);
    assert.equal(sender.send(Buffer.from("hello"), far), true);
    const received = await waiting;
    assert.equal(text(received.payload), "hello");
    assert.equal(received.source, near);
    assert.equal(received.destination, far);
    assert.equal(received.hopLimit, 255);
    assert.equal(received.ifindex, net.far.ifindex);
    assert.equal(received.header.length, family === "ipv4" ? 20 : 0);
  }
});

rootTest("multicasts arrive while the group is joined, on the interface it is joined on", async () => {
  using net = network();
  for (const { family, group } of [
    { family: "ipv4", group: "224.0.0.18" },
    { family: "ipv6", group: "ff02::12" },
  ] as const) {
    using receiver = net.far.open({ family, protocol: VRRP, ifindex: net.far.ifindex });
    using sender = net.near.open({ family, protocol: VRRP, hopLimit: 255, loopsMulticast: false });
    receiver.joinMulticast(group, net.far.ifindex);
    sender.joinMulticast(group, net.near.ifindex);
    const waiting = next(receiver);
    sender.send(Buffer.from("advertisement"), group);
    const received = await waiting;
    assert.equal(text(received.payload), "advertisement");
    assert.equal(received.destination, group);
    assert.equal(received.hopLimit, 255);
    assert.equal(sender.take(), undefined, "its own multicast does not come back");
  }
});

rootTest("a group that was left is not received", async () => {
  using net = network();
  using receiver = net.far.open({ family: "ipv4", protocol: VRRP });
  using sender = net.near.open({ family: "ipv4", protocol: VRRP });
  receiver.joinMulticast("224.0.0.18", net.far.ifindex);
  receiver.leaveMulticast("224.0.0.18", net.far.ifindex);
  sender.joinMulticast("224.0.0.18", net.near.ifindex);
  sender.send(Buffer.from("unheard"), "224.0.0.18");
  sender.send(Buffer.from("heard"), "10.9.0.2");
  assert.equal(text((await next(receiver)).payload), "heard");
});

rootTest("with its own header, a datagram may come from any address", async () => {
  using net = network();
  using receiver = net.far.open({ family: "ipv4", protocol: VRRP });
  using sender = net.near.open({ family: "ipv4", protocol: VRRP, includesHeader: true });
  // Version 4, 20 bytes of header; length and checksum are the kernel's; hop limit 9; from 192.0.2.1 to 10.9.0.2.
  const header = [0x45, 0, 0, 0, 0, 0, 0, 0, 9, VRRP, 0, 0, 192, 0, 2, 1, 10, 9, 0, 2];
  sender.send(Uint8Array.from([...header, ...Buffer.from("spoofed")]), "10.9.0.2");
  const received = await next(receiver);
  assert.equal(received.source, "192.0.2.1");
  assert.equal(received.hopLimit, 9);
  assert.equal(text(received.payload), "spoofed");
});

rootTest("the source address may be chosen among the machine's own", async () => {
  using net = network();
  using receiver = net.far.open({ family: "ipv4", protocol: VRRP });
  using sender = net.near.open({ family: "ipv4", protocol: VRRP, source: "10.9.0.1" });
  sender.send(Buffer.from("x"), "10.9.0.2");
  assert.equal((await next(receiver)).source, "10.9.0.1");
  assert.throws(
    () => net.near.open({ family: "ipv4", protocol: VRRP, source: "192.0.2.7" }),
    (error) => isSystemError(error, "EADDRNOTAVAIL") && error.what.includes("192.0.2.7"),
  );
});

rootTest("bad input is a clear error and leaks nothing", () => {
  using net = network();
  const { near } = net;
  const leaked = descriptorsLeakedBy(() => {
    assert.throws(
      () => near.open({ family: "ipv4", protocol: VRRP, ifindex: 9999 }),
      (error) => isSystemError(error, "ENODEV") && error.what.includes("to interface 9999"),
    );
    assert.throws(
      () => near.open({ family: "ipv4", protocol: VRRP, hopLimit: 300 }),
      (error) => isSystemError(error, "EINVAL") && error.what.includes("hop limit to 300"),
    );
    assert.throws(() => near.open({ family: "ipv4", protocol: VRRP, source: "nowhere" }), TypeError);
    assert.throws(
      () => near.open({ family: "ipv4", protocol: VRRP, source: "fd09::1" }),
      (error) => isSystemError(error, "EINVAL") && error.why === "the socket speaks IPv4 only",
    );
    assert.throws(
      () => near.open({ family: "ipv4", protocol: 9999 }),
      (error) => isSystemError(error, "EINVAL") && error.what.includes("of protocol 9999"),
    );
    using socket = near.open({ family: "ipv4", protocol: VRRP });
    assert.throws(
      () => socket.send(Buffer.from("x"), "192.0.2.1"),
      (error) => isSystemError(error, "ENETUNREACH") && error.what.includes("Cannot send 1 bytes to 192.0.2.1"),
    );
    assert.throws(
      () => socket.joinMulticast("10.9.0.2", near.ifindex),
      (error) => isSystemError(error, "EINVAL") && error.what.includes("join multicast group 10.9.0.2"),
    );
  });
  assert.deepEqual(leaked, []);
});
