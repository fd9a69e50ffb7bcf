import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SK_PASS } from "@weir/ebpf";
import { Twin, type TwinSocket } from "@weir/ebpf/twin";
import { client, everythingThatArrived, passToClient, passToServer, server, spliced } from "./splice.ts";

const bytes = new TextEncoder().encode("GET / HTTP/1.1\r\n");
const toClient: TwinSocket = { name: "to the client", family: 2, protocol: 6 };
const toServer: TwinSocket = { name: "to the server", family: 2, protocol: 6 };

function joined(): Twin {
  const twin = new Twin();
  twin.map(client).set(0, toClient);
  twin.map(server).set(0, toServer);
  return twin;
}

function countersOf(twin: Twin): object {
  const { toServer, toClient, toOwner } = twin.map(spliced);
  return { toServer, toClient, toOwner };
}

describe("the splice in the twin", () => {
  for (const length of [1, bytes.length]) {
    it(`takes ${length} bytes that arrived as one message`, () => {
      assert.equal(new Twin().skSkb(everythingThatArrived, bytes.subarray(0, length)).verdict, length);
    });
  }

  it("sends what the client sent through the connection to the server, unchanged", () => {
    const twin = joined();
    const { verdict, redirect, packet } = twin.skSkb(passToServer, bytes);
    assert.deepEqual([verdict, redirect], [SK_PASS, { socket: toServer, isIngress: false }]);
    assert.deepEqual(packet, bytes);
    assert.deepEqual(countersOf(twin), { toServer: 16n, toClient: 0n, toOwner: 0n });
  });

  it("sends what the server sent through the connection to the client", () => {
    const twin = joined();
    const { verdict, redirect } = twin.skSkb(passToClient, bytes);
    assert.deepEqual([verdict, redirect], [SK_PASS, { socket: toClient, isIngress: false }]);
    assert.deepEqual(countersOf(twin), { toServer: 0n, toClient: 16n, toOwner: 0n });
  });

  it("leaves bytes to the owner of the socket while the other connection is missing", () => {
    for (const verdictProgram of [passToServer, passToClient]) {
      const twin = new Twin();
      const { verdict, redirect } = twin.skSkb(verdictProgram, bytes);
      assert.deepEqual([verdict, redirect], [SK_PASS, null]);
      assert.deepEqual(countersOf(twin), { toServer: 0n, toClient: 0n, toOwner: 16n });
    }
  });

  it("leaves bytes to the owner again after the other connection has left the map", () => {
    const twin = joined();
    twin.skSkb(passToServer, bytes);
    assert.equal(twin.map(server).delete(0), 0);
    assert.equal(twin.skSkb(passToServer, bytes).redirect, null);
    assert.deepEqual(countersOf(twin), { toServer: 16n, toClient: 0n, toOwner: 16n });
  });
});
