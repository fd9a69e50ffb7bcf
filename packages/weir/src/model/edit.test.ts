import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { applyEdit, type Edit, type EditCode } from "./edit.ts";
import { nothingWanted, type RealServer, type WantedState } from "./service.ts";

const web = { protocol: "tcp", address: "10.1.1.200", port: 80 } as const;
const addWeb: Edit = { kind: "add-service", service: { ...web, scheduler: "rr" } };

function server(address: string, weight = 1): RealServer {
  return { address, port: 80, method: "masquerading", weight };
}

function after(...edits: readonly Edit[]): WantedState {
  return edits.reduce<WantedState>((state, edit) => {
    const next = applyEdit(state, edit);
    assert.ok(next.ok, next.ok ? "" : next.problem.why);
    return next.value;
  }, nothingWanted);
}

describe("an edit of the wanted state", () => {
  it("adds a service without real servers", () => {
    assert.deepEqual(after(addWeb).services, [{ ...web, scheduler: "rr", realServers: [] }]);
  });

  it("puts the newest real server first, where schedulers begin", () => {
    const state = after(
      addWeb,
      { kind: "add-real-server", service: web, realServer: server("192.168.1.100") },
      { kind: "add-real-server", service: web, realServer: server("192.168.1.101") },
    );
    assert.deepEqual(
      state.services[0]?.realServers.map(({ address }) => address),
      ["192.168.1.101", "192.168.1.100"],
    );
  });

  it("changes a real server in its place", () => {
    const state = after(
      addWeb,
      { kind: "add-real-server", service: web, realServer: server("192.168.1.100") },
      { kind: "add-real-server", service: web, realServer: server("192.168.1.101") },
      { kind: "edit-real-server", service: web, realServer: server("192.168.1.101", 0) },
    );
    assert.deepEqual(
      state.services[0]?.realServers.map(({ weight }) => weight),
      [0, 1],
    );
  });

  it("removes real servers, services, and everything", () => {
    const filled = [addWeb, { kind: "add-real-server", service: web, realServer: server("192.168.1.100") }] as const;
    const realServer = { address: "192.168.1.100", port: 80 };
    assert.deepEqual(
      after(...filled, { kind: "delete-real-server", service: web, realServer }).services[0]?.realServers,
      [],
    );
    assert.deepEqual(after(...filled, { kind: "delete-service", service: web }), nothingWanted);
    assert.deepEqual(after(...filled, { kind: "clear" }), nothingWanted);
  });

  const refusals: readonly { readonly title: string; readonly edit: Edit; readonly code: EditCode }[] = [
    { title: "a service twice", edit: addWeb, code: "service-exists" },
    {
      title: "a service that is not there",
      edit: { kind: "delete-service", service: { ...web, port: 81 } },
      code: "no-such-service",
    },
    {
      title: "a real server twice",
      edit: { kind: "add-real-server", service: web, realServer: server("192.168.1.100", 5) },
      code: "real-server-exists",
    },
    {
      title: "an unknown real server",
      edit: { kind: "edit-real-server", service: web, realServer: server("192.168.1.9") },
      code: "no-such-real-server",
    },
  ];
  for (const { title, edit, code } of refusals) {
    it(`refuses ${title} and leaves the state as it was`, () => {
      const before = after(addWeb, { kind: "add-real-server", service: web, realServer: server("192.168.1.100") });
      const copy = structuredClone(before);
      const next = applyEdit(before, edit);
      assert.equal(next.ok ? "accepted" : next.problem.code, code);
      assert.deepEqual(before, copy);
    });
  }
});
