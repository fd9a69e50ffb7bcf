import assert from "node:assert/strict";
import { interfaceAdd, interfaceDelete, interfaceGet, interfaceSet, RouteSocket } from "../netlink/index.ts";
import { isSystemError } from "../system-error.ts";
import { descriptorsLeakedBy, rootTest, temporaryNamespace, untilUp } from "../testing/index.ts";
import { PacketSocket, type PacketSocketOptions, type ReceivedFrame } from "./packet-socket.ts";

const NEAR = "02:00:00:00:00:01";
const FAR = "02:00:00:00:00:02";
const TEST_TYPE = 0x88b5; // for local experiments, IEEE 802

/** The two ends of a veth in one namespace, and sockets on them. */
interface Pair extends Disposable {
  readonly routes: RouteSocket;
  readonly near: number;
  readonly far: number;
  readonly open: (options: PacketSocketOptions) => PacketSocket;
}

function vethPair(): Pair {
  const temporary = temporaryNamespace();
  const { namespace } = temporary;
  const routes = namespace.enter(() => new RouteSocket());
  const near = interfaceAdd(routes, {
    kind: "veth",
    name: "near0",
    hardwareAddress: NEAR,
    isUp: true,
    peer: { name: "far0", hardwareAddress: FAR },
  });
  const far = interfaceGet(routes, "far0")?.ifindex ?? assert.fail();
  interfaceSet(routes, far, { isUp: true });
  for (const end of [near, far]) untilUp(routes, end);
  return {
    routes,
    near,
    far,
    open: (options) => namespace.enter(() => new PacketSocket(options)),
    [Symbol.dispose]() {
      routes.close();
      temporary[Symbol.dispose]();
    },
  };
}

function frame(destination: string, source: string, text: string): Uint8Array {
  const address = (words: string) => words.split(":").map((pair) => Number.parseInt(pair, 16));
  return Uint8Array.from([...address(destination), ...address(source), 0x88, 0xb5, ...Buffer.from(text)]);
}

async function next(socket: PacketSocket): Promise<ReceivedFrame> {
  for await (const received of socket) return received;
  return assert.fail("the socket was closed before a frame came");
}

rootTest("a frame sent on one end arrives on the other with its sender and type", async () => {
  using pair = vethPair();
  using sender = pair.open({ ifindex: pair.near });
  using receiver = pair.open({ ifindex: pair.far, etherType: TEST_TYPE });
  const waiting = next(receiver);
  const sent = frame(FAR, NEAR, "hello");
  assert.equal(sender.send(sent), true);
  const received = await waiting;
  assert.deepEqual(received.bytes, sent);
  assert.equal(received.ifindex, pair.far);
  assert.equal(received.etherType, TEST_TYPE);
  assert.equal(received.destination, "this-host");
  assert.equal(received.source, NEAR);
});

rootTest("frames for others, for all and of our own are told apart", async () => {
  using pair = vethPair();
  using sender = pair.open({ ifindex: pair.near, etherType: TEST_TYPE, ignoresOutgoing: true });
  using receiver = pair.open({ ifindex: pair.far, etherType: TEST_TYPE, isPromiscuous: true });
  using all = pair.open({ ifindex: pair.near }); // all types see what the machine sends
  sender.send(frame("02:00:00:00:00:99", NEAR, "other"));
  sender.send(frame("ff:ff:ff:ff:ff:ff", NEAR, "all"));
  sender.send(frame("01:00:5e:00:00:12", NEAR, "group"));
  const seen: string[] = [];
  for await (const { destination } of receiver) {
    seen.push(destination);
    if (seen.length === 3) break;
  }
  assert.deepEqual(seen, ["other-host", "broadcast", "multicast"]);
  let own = all.take();
  while (own !== undefined && own.etherType !== TEST_TYPE) own = all.take();
  assert.equal(own?.destination, "outgoing");
  assert.equal(sender.take(), undefined);
});

rootTest("promiscuous mode ends with the socket", () => {
  using pair = vethPair();
  const socket = pair.open({ ifindex: pair.far, isPromiscuous: true });
  assert.equal(interfaceGet(pair.routes, pair.far)?.isPromiscuous, true);
  socket.close();
  assert.equal(interfaceGet(pair.routes, pair.far)?.isPromiscuous, false);
});

rootTest("a flood of frames leaves the event loop its turns", async () => {
  using pair = vethPair();
  using sender = pair.open({ ifindex: pair.near, etherType: TEST_TYPE, ignoresOutgoing: true });
  using receiver = pair.open({ ifindex: pair.far, etherType: TEST_TYPE });
  let turns = 0;
  const counting = setInterval(() => turns++, 1);
  let received = 0;
  sender.send(frame(FAR, NEAR, "start"));
  for await (const { bytes } of receiver) {
    sender.send(bytes); // there is always one more
    if (++received === 20_000) break;
  }
  clearInterval(counting);
  assert.ok(turns > 5, `the timer ran ${turns} times`);
});

rootTest("closing ends a pending iteration", async () => {
  using pair = vethPair();
  const socket = pair.open({ ifindex: pair.near, etherType: TEST_TYPE });
  setTimeout(() => socket.close(), 20);
  for await (const { bytes } of socket) assert.fail(`nothing was sent, yet ${bytes.length} bytes came`);
});

rootTest("an interface that goes down or vanishes ends the iteration with a clear error", async () => {
  using pair = vethPair();
  for (const remove of [
    () => interfaceSet(pair.routes, pair.near, { isUp: false }),
    () => interfaceDelete(pair.routes, pair.near),
  ]) {
    interfaceSet(pair.routes, pair.near, { isUp: true });
    using socket = pair.open({ ifindex: pair.near, etherType: TEST_TYPE });
    const waiting = next(socket);
    setTimeout(remove, 20);
    await assert.rejects(
      waiting,
      (error) => isSystemError(error, "ENETDOWN") && error.message.includes(`packet socket on interface ${pair.near}`),
    );
  }
});

rootTest("sending by an interface that is down or too narrow is a clear error", () => {
  using pair = vethPair();
  using socket = pair.open({ ifindex: pair.near, etherType: TEST_TYPE });
  assert.throws(
    () => socket.send(new Uint8Array(2000)),
    (error) => isSystemError(error, "EMSGSIZE") && error.what.startsWith("Cannot send 2000 bytes"),
  );
  interfaceSet(pair.routes, pair.near, { isUp: false });
  assert.throws(
    () => socket.send(frame(FAR, NEAR, "x")),
    (error) => isSystemError(error, "ENETDOWN"),
  );
});

rootTest("an interface that is not there is a clear error and leaks nothing", () => {
  using pair = vethPair();
  const leaked = descriptorsLeakedBy(() =>
    assert.throws(
      () => pair.open({ ifindex: 9999 }),
      (error) => isSystemError(error, "ENODEV") && error.what.includes("interface 9999"),
    ),
  );
  assert.deepEqual(leaked, []);
});
