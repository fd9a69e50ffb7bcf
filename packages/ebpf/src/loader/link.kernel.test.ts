/** Attaching, replacing, pinning and losing: XDP, tcx, sk_lookup and socket maps. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { interfaceGet, programDetach, RouteSocket } from "@weir/linux";
import { rootTest } from "@weir/linux/testing";
import { attachWithoutLink } from "./attach-socket-map.ts";
import { load } from "./collection.ts";
import { openLink } from "./link.ts";
import { isLoaderError } from "./loader-error.ts";
import type { Feature } from "./probe/feature.ts";
import { probe } from "./probe/probe.ts";
import { compileTraffic } from "./testing/compile-traffic.ts";
import { temporaryBpffs } from "./testing/temporary-bpffs.ts";
import { leavingNoTrace } from "./testing/traces.ts";
import * as traffic from "./testing/traffic.ts";
import { type VethPair, vethPair } from "./testing/veth-pair.ts";

const LOOPBACK = 1;

function vethTest(title: string, body: (pair: VethPair) => void, ...needed: readonly Feature[]): void {
  const run = () =>
    leavingNoTrace(() => {
      using pair = vethPair();
      body(pair);
    });
  const missing = () => {
    const absent = needed.map(probe).find(({ answer }) => answer !== "yes");
    return absent && `it needs ${absent.feature} (Linux ${absent.since}): ${absent.why}`;
  };
  rootTest(title, run, missing);
}

vethTest("veth runs XDP natively, and the link says so", ({ left, namespace }) => {
  using collection = load(compileTraffic("count"));
  using link = collection.program("count").attachXdp(left, { namespace });
  assert.equal(link.mode, "native");
  assert.equal(link.place.type, "xdp");
  assert.equal(link.place.ifindex, left);
  assert.equal(link.programId, collection.program("count").info.id);
});

vethTest("generic mode is attached and reported when it is asked for", ({ left, namespace }) => {
  using collection = load(compileTraffic("count"));
  using link = collection.program("count").attachXdp(left, { mode: "generic", namespace });
  assert.equal(link.mode, "generic");
});

vethTest("auto falls back to generic mode where the driver has none, and says so", ({ namespace }) => {
  using collection = load(compileTraffic("count"));
  assert.throws(
    () => collection.program("count").attachXdp(LOOPBACK, { mode: "native", namespace }),
    (error) => isLoaderError(error, "native-xdp-unsupported") && /Attach in mode "generic"/.test(error.fix),
  );
  using link = collection.program("count").attachXdp(LOOPBACK, { namespace });
  assert.equal(link.mode, "generic");
});

vethTest("a program is replaced in place, and its map goes on counting", ({ left, namespace }) => {
  using first = load(compileTraffic("count"));
  using link = first.program("count").attachXdp(left, { namespace });
  using second = load(compileTraffic("inspect"));
  link.replace(second.program("inspect"));
  assert.equal(link.programId, second.program("inspect").info.id);
  assert.equal(link.mode, "native");
});

vethTest("a program of another kind cannot take the place, and the present one stays", ({ left, namespace }) => {
  using collection = load(compileTraffic("count", "passSegment"));
  using link = collection.program("count").attachXdp(left, { namespace });
  assert.throws(
    () => link.replace(collection.program("passSegment")),
    /Cannot put the program passSegment into the link/,
  );
  assert.equal(link.programId, collection.program("count").info.id);
});

vethTest("a hook that is taken is a clear error", ({ left, namespace }) => {
  using collection = load(compileTraffic("count", "inspect"));
  using _ = collection.program("count").attachXdp(left, { namespace });
  assert.throws(
    () => collection.program("inspect").attachXdp(left, { namespace }),
    (error) => isLoaderError(error, "hook-taken") && /bpftool net/.test(error.fix),
  );
});

vethTest("an interface that is not there is a clear error", ({ namespace }) => {
  using collection = load(compileTraffic("count"));
  for (const mode of ["auto", "native", "generic"] as const) {
    assert.throws(
      () => collection.program("count").attachXdp(9999, { mode, namespace }),
      (error) =>
        isLoaderError(error, "interface-vanished") &&
        error.why === "there is no interface 9999 in this network namespace",
    );
  }
});

vethTest("so it is for tcx; a kernel without it is told by the release that brought it", ({ left, namespace }) => {
  using collection = load(compileTraffic("passSegment"));
  const attach = (ifindex: number) => () =>
    collection.program("passSegment").attachTcx(ifindex, "ingress", { namespace });
  assert.throws(attach(9999), (error) => isLoaderError(error, "interface-vanished"));
  if (probe({ kind: "tcx link" }).answer === "yes") return;
  assert.throws(
    attach(left),
    (error) => isLoaderError(error, "kernel-too-old") && /came with Linux 6\.6/.test(error.why),
  );
});

vethTest("an interface that vanishes leaves a link that says so", ({ left, namespace, vanish }) => {
  using collection = load(compileTraffic("count", "inspect"));
  using link = collection.program("count").attachXdp(left, { namespace });
  vanish();
  assert.equal(link.place.ifindex, 0);
  assert.equal(link.mode, "none");
  assert.throws(
    () => link.replace(collection.program("inspect")),
    (error) => isLoaderError(error, "interface-vanished"),
  );
});

vethTest(
  "closing a link detaches; a pin keeps the program there, and opens as the same link",
  ({ left, namespace }) => {
    using bpffs = temporaryBpffs();
    using socket = namespace.enter(() => new RouteSocket());
    const attached = () => interfaceGet(socket, left)?.xdp.programId;
    const path = join(bpffs.path, "link");
    const collection = load(compileTraffic("count"));
    const id = collection.program("count").info.id;
    collection.program("count").attachXdp(left, { namespace }).close();
    assert.equal(attached(), undefined);

    const link = collection.program("count").attachXdp(left, { namespace });
    link.pin(path);
    link.close();
    collection.close();
    assert.equal(attached(), id, "nothing but the pin holds it");

    using opened = openLink(path, namespace);
    assert.equal(opened.mode, "native");
    opened.detach();
    assert.equal(attached(), undefined);
  },
);

vethTest(
  "tcx programs run in their order, and are replaced in place",
  ({ left, namespace }) => {
    using first = load(compileTraffic("passSegment"));
    using second = load(compileTraffic("passSegment"));
    const program = second.program("passSegment");
    using link = first.program("passSegment").attachTcx(left, "egress", { namespace });
    using before = program.attachTcx(left, "egress", { namespace, position: { place: "before", link: link.fd } });
    assert.deepEqual(before.place, { type: "tcx", ifindex: left, attachType: "tcx_egress" });
    assert.throws(
      () => program.attachTcx(left, "egress", { namespace }),
      (error) => isLoaderError(error, "hook-taken"),
    );
    before.close();
    link.replace(program);
    assert.equal(link.programId, program.info.id);
  },
  { kind: "tcx link" },
);

vethTest("a program is attached to socket lookup of a namespace", ({ namespace }) => {
  using collection = load(compileTraffic("passLookup"));
  using link = collection.program("passLookup").attachSkLookup(namespace);
  assert.equal(link.place.type, "netns");
  assert.equal(link.place.attachType, "sk_lookup");
});

rootTest("programs attach to a socket map, and bytes come back to their sender through it", () =>
  leavingNoTrace(async () => {
    using collection = load(compileTraffic("parseAll", "toFirst", "passMessage"));
    const map = collection.maps.get("sockets");
    assert.ok(map);
    using _parser = collection.program("parseAll").attachToSocketMap(map);
    using _verdict = collection.program("toFirst").attachToSocketMap(map);
    using message = collection.program("passMessage").attachToSocketMap(map);
    message.replace(collection.program("passMessage"));
    const { client, server, close } = await connectedPair();
    // The server's end answers for itself: what arrives there is sent out of the first socket of the map, which it is.
    collection.sockMap(traffic.sockets).update(0, descriptorOf(server));
    client.write("round trip");
    const [answer] = await once(client, "data");
    assert.equal(String(answer), "round trip");
    assert.equal(collection.sockMap(traffic.sockets).delete(0), true);
    close();
  }),
);

rootTest("a program that is not for socket maps is refused, as is a socket that is none", () =>
  leavingNoTrace(() => {
    using collection = load(compileTraffic("add", "toFirst"));
    const map = collection.maps.get("sockets");
    assert.ok(map);
    assert.throws(
      () => collection.program("add").attachToSocketMap(map),
      (error) => isLoaderError(error, "spec-invalid"),
    );
    assert.throws(
      () => collection.sockMap(traffic.sockets).update(0, map.fd),
      /Cannot set key 00000000 of the map sockets/,
    );
  }),
);

rootTest("on kernels without such links a program is attached, replaced and taken off all the same", () =>
  leavingNoTrace(() => {
    using collection = load(compileTraffic("passMessage", "toFirst"));
    const map = collection.maps.get("sockets");
    assert.ok(map);
    const message = collection.program("passMessage");
    using attachment = attachWithoutLink(message, "sk_msg_verdict", map);
    attachment.replace(message);
    assert.throws(
      () => attachment.replace(collection.program("toFirst")),
      /Cannot attach the program toFirst to the map sockets/,
    );
    attachment.detach();
    assert.throws(() => programDetach(message.fd, map.fd, "sk_msg_verdict"), /ENOENT/, "nothing is attached any more");
  }),
);

async function connectedPair(): Promise<{ client: Socket; server: Socket; close: () => void }> {
  const listener = createServer({ pauseOnConnect: true });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  assert.ok(address !== null && typeof address === "object");
  const client = connect(address.port, "127.0.0.1");
  const [[server]] = await Promise.all([once(listener, "connection"), once(client, "connect")]);
  const close = () => {
    client.destroy();
    server.destroy();
    listener.close();
  };
  return { client, server, close };
}

/** Node keeps the descriptor of a socket to itself. */
function descriptorOf(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, "_handle");
  assert.ok(typeof handle === "object" && handle !== null && "fd" in handle && typeof handle.fd === "number");
  return handle.fd;
}
