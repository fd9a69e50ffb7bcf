import assert from "node:assert/strict";
import { rootTest, type TemporaryNamespace, temporaryNamespace } from "../testing/index.ts";
import { addressAdd } from "./address.ts";
import { interfaceDelete, interfaceGet, interfaceSet } from "./interface.ts";
import { interfaceAdd } from "./interface-create.ts";
import { neighbourSetPermanent } from "./neighbour.ts";
import { routeAdd } from "./route.ts";
import { RouteSocket } from "./route-socket.ts";
import { type ChangeEvent, ChangeWatch, type Watchable } from "./watch.ts";

const open = ({ namespace }: TemporaryNamespace, subjects: readonly Watchable[]) => ({
  socket: namespace.enter(() => new RouteSocket()),
  watch: namespace.enter(() => new ChangeWatch(subjects)),
});

/** The first event that fits; ends the watch. */
async function first(watch: ChangeWatch, fits: (event: ChangeEvent) => boolean): Promise<ChangeEvent> {
  for await (const event of watch) if (fits(event)) return event;
  return assert.fail("the watch ended before");
}

rootTest("making and removing an interface is told, in order", async () => {
  using temporary = temporaryNamespace();
  const { socket, watch } = open(temporary, ["interface"]);
  using _ = socket;
  const ifindex = interfaceAdd(socket, { kind: "veth", name: "w0", peer: { name: "w1" } });
  interfaceDelete(socket, ifindex);
  const seen: string[] = [];
  for await (const event of watch) {
    if (event.subject !== "interface" || event.interface.name !== "w0") continue;
    seen.push(event.change);
    if (event.change === "deleted") break;
  }
  assert.equal(seen[0], "set");
  assert.equal(seen.at(-1), "deleted");
});

rootTest("events that come later wake the iteration up", async () => {
  using temporary = temporaryNamespace();
  const { socket, watch } = open(temporary, ["interface"]);
  using _ = socket;
  const ifindex = interfaceAdd(socket, { kind: "veth", name: "w0", peer: { name: "w1" } });
  setTimeout(() => interfaceSet(socket, ifindex, { mtu: 1300 }), 30);
  const event = await first(watch, (event) => event.subject === "interface" && event.interface.mtu === 1300);
  assert.equal(event.change, "set");
});

rootTest("addresses, routes and neighbours are told with their values", async () => {
  using temporary = temporaryNamespace();
  const { socket, watch } = open(temporary, ["address", "route", "neighbour"]);
  using _ = socket;
  const ifindex = interfaceAdd(socket, { kind: "veth", name: "w0", isUp: true, peer: { name: "w1" } });
  interfaceSet(socket, interfaceGet(socket, "w1")?.ifindex ?? assert.fail(), { isUp: true });
  addressAdd(socket, { ifindex, address: "10.9.0.1", prefixLength: 24 });
  routeAdd(socket, { destination: "10.50.0.0", prefixLength: 16, nextHops: [{ gateway: "10.9.0.2" }] });
  neighbourSetPermanent(socket, { ifindex, address: "10.9.0.2" }, "02:00:00:00:00:07");
  const wanted = new Set(["address 10.9.0.1", "route 10.50.0.0", "neighbour 10.9.0.2 02:00:00:00:00:07"]);
  for await (const event of watch) {
    if (event.subject === "address") wanted.delete(`address ${event.address.address}`);
    if (event.subject === "route") wanted.delete(`route ${event.route.destination}`);
    if (event.subject === "neighbour") {
      wanted.delete(`neighbour ${event.neighbour.address} ${event.neighbour.hardwareAddress}`);
    }
    if (wanted.size === 0) break;
  }
  assert.deepEqual([...wanted], []);
});

rootTest("what is not watched is not told", async () => {
  using temporary = temporaryNamespace();
  const { socket, watch } = open(temporary, ["interface"]);
  using _ = socket;
  const ifindex = interfaceAdd(socket, { kind: "veth", name: "w0", isUp: true, peer: { name: "w1" } });
  addressAdd(socket, { ifindex, address: "10.9.0.1", prefixLength: 24 });
  interfaceSet(socket, ifindex, { mtu: 1300 });
  const subjects = new Set<string>();
  await first(watch, (event) => {
    subjects.add(event.subject);
    return event.subject === "interface" && event.interface.mtu === 1300;
  });
  assert.deepEqual([...subjects], ["interface"]);
});

rootTest("events that were not read in time are reported as lost", async () => {
  using temporary = temporaryNamespace();
  const { socket, watch } = open(temporary, ["interface"]);
  using _ = socket;
  const ifindex = interfaceAdd(socket, { kind: "veth", name: "w0", peer: { name: "w1" } });
  for (let round = 0; round < 400; round++) interfaceSet(socket, ifindex, { mtu: 1300 + (round % 100) });
  await first(watch, (event) => event.subject === "lost");
});

rootTest("closing ends a pending iteration", async () => {
  using temporary = temporaryNamespace();
  const { socket, watch } = open(temporary, ["interface"]);
  socket.close();
  setTimeout(() => watch.close(), 20);
  for await (const event of watch) assert.fail(`nothing happened, yet ${event.subject} was told`);
});
