import assert from "node:assert/strict";
import { interfaceAdd, interfaceDelete, interfaceGet, RouteSocket } from "../netlink/index.ts";
import { isSystemError } from "../system-error.ts";
import { descriptorsLeakedBy, returning, rootTest, temporaryNamespace } from "../testing/index.ts";
import { linkCreate, linkDetach, linkUpdate } from "./link.ts";
import { mapCreate } from "./map.ts";
import { linkInfo, mapInfo, programInfo } from "./object-info.ts";
import { programLoad } from "./program-load.ts";

const xdp = (name: string) =>
  programLoad({ type: "xdp", instructions: returning(2), license: "MIT", name, expectedAttachType: "xdp" }).fd;
const tcx = (name: string) =>
  programLoad({
    type: "sched_cls",
    instructions: returning(-1),
    license: "MIT",
    name,
    expectedAttachType: "tcx_ingress",
  }).fd;

/** A veth in a namespace of its own; the action runs inside, where its index means something. */
function withVeth(body: (ifindex: number, socket: RouteSocket) => void): void {
  using temporary = temporaryNamespace();
  temporary.namespace.enter(() => {
    using socket = new RouteSocket();
    body(interfaceAdd(socket, { kind: "veth", name: "near0", isUp: true, peer: { name: "far0" } }), socket);
  });
}

rootTest("an XDP link attaches in the wanted mode and detaches when it is closed", () => {
  using program = xdp("first");
  withVeth((ifindex, socket) => {
    for (const mode of ["native", "generic"] as const) {
      const link = linkCreate(program, { kind: "xdp", ifindex, mode });
      assert.equal(interfaceGet(socket, ifindex)?.xdp.mode, mode);
      assert.equal(interfaceGet(socket, ifindex)?.xdp.programId, programInfo(program).id);
      const info = linkInfo(link);
      assert.equal(info.type, "xdp");
      assert.equal(info.ifindex, ifindex);
      assert.equal(info.programId, programInfo(program).id);
      link.close();
      assert.equal(interfaceGet(socket, ifindex)?.xdp.mode, "none");
    }
  });
});

rootTest("a link's program is replaced, but only in the place of the expected one", () => {
  using first = xdp("first");
  using second = xdp("second");
  withVeth((ifindex) => {
    using link = linkCreate(first, { kind: "xdp", ifindex });
    assert.throws(
      () => linkUpdate(link, second, second),
      (error) => isSystemError(error, "EPERM") && error.fix.includes("still runs the program second"),
    );
    linkUpdate(link, second, first);
    assert.equal(linkInfo(link).programId, programInfo(second).id);
    linkUpdate(link, first);
    assert.equal(linkInfo(link).programId, programInfo(first).id);
  });
});

rootTest("a link detached by force stays as an object without an interface", () => {
  using program = xdp("first");
  withVeth((ifindex, socket) => {
    using link = linkCreate(program, { kind: "xdp", ifindex });
    linkDetach(link);
    assert.equal(interfaceGet(socket, ifindex)?.xdp.mode, "none");
    assert.equal(linkInfo(link).ifindex, 0);
  });
});

rootTest("a link outlives its interface", () => {
  using program = xdp("first");
  withVeth((ifindex, socket) => {
    using link = linkCreate(program, { kind: "xdp", ifindex });
    interfaceDelete(socket, ifindex);
    assert.equal(linkInfo(link).ifindex, 0);
  });
});

rootTest("a second XDP program on an interface is refused and leaks nothing", () => {
  using program = xdp("first");
  withVeth((ifindex) => {
    using _ = linkCreate(program, { kind: "xdp", ifindex, mode: "generic" });
    const leaked = descriptorsLeakedBy(() =>
      assert.throws(
        () => linkCreate(program, { kind: "xdp", ifindex, mode: "generic" }),
        (error) =>
          isSystemError(error, "EBUSY") &&
          error.what === `Cannot attach the program first to interface ${ifindex} (XDP, mode generic)`,
      ),
    );
    assert.deepEqual(leaked, []);
  });
});

rootTest("attaching to an interface that is not there is a clear error", () => {
  using program = xdp("first");
  withVeth(() => {
    assert.throws(
      () => linkCreate(program, { kind: "xdp", ifindex: 9999 }),
      (error) => isSystemError(error) && error.why === "the network namespace of this thread has no interface 9999",
    );
  });
});

rootTest("tcx links run in the order they were placed in", () => {
  using program = tcx("second");
  using other = tcx("first");
  withVeth((ifindex) => {
    using second = linkCreate(program, { kind: "tcx", ifindex, direction: "ingress" });
    assert.equal(linkInfo(second).type, "tcx");
    assert.equal(linkInfo(second).attachType, "tcx_ingress");
    assert.equal(linkInfo(second).ifindex, ifindex);
    using first = linkCreate(other, {
      kind: "tcx",
      ifindex,
      direction: "ingress",
      position: { place: "before", link: second },
    });
    using head = linkCreate(other, { kind: "tcx", ifindex, direction: "egress", position: { place: "first" } });
    assert.equal(linkInfo(head).attachType, "tcx_egress");
    using byId = linkCreate(tcx("third"), {
      kind: "tcx",
      ifindex,
      direction: "ingress",
      position: { place: "after", link: linkInfo(first).id },
    });
    assert.notEqual(linkInfo(byId).id, linkInfo(first).id);
  });
});

rootTest("sk_lookup attaches to a namespace", () => {
  using temporary = temporaryNamespace();
  using program = programLoad({
    type: "sk_lookup",
    instructions: returning(1),
    license: "MIT",
    expectedAttachType: "sk_lookup",
  }).fd;
  using link = linkCreate(program, { kind: "netns", namespace: temporary.namespace.fd, type: "sk_lookup" });
  assert.equal(linkInfo(link).type, "netns");
  assert.equal(linkInfo(link).namespaceInode, temporary.namespace.inode);
});

rootTest("a verdict program attaches to a socket map by a link", () => {
  using map = mapCreate({ type: "sockmap", keySize: 4, valueSize: 4, maxEntries: 1 });
  using program = programLoad({
    type: "sk_msg",
    instructions: returning(1),
    license: "MIT",
    expectedAttachType: "sk_msg_verdict",
  }).fd;
  using link = linkCreate(program, { kind: "sockmap", map, type: "sk_msg_verdict" });
  assert.equal(linkInfo(link).type, "sockmap");
  assert.equal(linkInfo(link).mapId, mapInfo(map).id);
});
