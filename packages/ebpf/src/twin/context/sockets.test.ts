import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SkLookup } from "../../language/context/sk-lookup.ts";
import type { SkMsg } from "../../language/context/sk-msg.ts";
import { SK_DROP, SK_PASS, type SkSkbParser, type SkSkbVerdict } from "../../language/context/sk-skb.ts";
import { u8, u16, u32 } from "../../language/integer.ts";
import { struct } from "../../language/layout.ts";
import { sockHash, sockMap } from "../../language/map/socket.ts";
import { withMachine } from "../../language/runtime.ts";
import { E2BIG, EAFNOSUPPORT, EEXIST, EINVAL, ENOENT, ENOMEM, EPROTOTYPE } from "../errno.ts";
import { Twin } from "../twin.ts";

const Key = struct({ size: 4, fields: { number: u32 } });
const Header = struct({ order: "network", size: 2, fields: { length: u16 } });
const Byte = struct({ order: "network", size: 1, fields: { value: u8 } });
const listeners = sockMap("listeners", { maxEntries: 2 });
const peers = sockHash("peers", { key: Key, maxEntries: 2 });

const tcp4 = { name: "tcp4", family: 2, protocol: 6 };
const udp4 = { name: "udp4", family: 2, protocol: 17 };
const tcp6 = { name: "tcp6", family: 10, protocol: 6 };
const bytes = Uint8Array.from([0, 5, 1, 2, 3, 9]);

function prepared(): Twin {
  const twin = new Twin();
  twin.map(listeners).set(1, tcp4);
  twin.map(peers).set({ number: 7 }, udp4);
  return twin;
}

describe("maps of sockets", () => {
  it("hold, give back and lose sockets", () => {
    const twin = prepared();
    assert.deepEqual([twin.map(listeners).get(1), twin.map(listeners).get(0)], [tcp4, null]);
    assert.deepEqual([twin.map(listeners).delete(1), twin.map(listeners).delete(1)], [0, EINVAL]);
    assert.deepEqual([twin.map(peers).delete({ number: 7 }), twin.map(peers).delete({ number: 7 })], [0, ENOENT]);
  });

  it("are full when they are full", () => {
    const twin = prepared();
    assert.equal(twin.map(listeners).set(2, tcp4), E2BIG);
    assert.deepEqual(
      [8, 9, 7].map((number) => twin.map(peers).set({ number }, tcp4)),
      [0, E2BIG, 0],
    );
  });

  it("let programs take sockets out", () => {
    const twin = prepared();
    withMachine(twin.machine, () => {
      assert.deepEqual([listeners.delete(1), listeners.delete(1)], [0, EINVAL]);
      assert.deepEqual([peers.delete(Key.make({ number: 7 })), peers.delete(Key.make({ number: 7 }))], [0, ENOENT]);
    });
  });
});

describe("a stream parser", () => {
  it("returns the length of the first message", () => {
    const parse = (ctx: SkSkbParser): number => ctx.at(0, Header)?.length ?? 0;
    assert.deepEqual(
      [new Twin().skSkb(parse, bytes).verdict, new Twin().skSkb(parse, bytes, { linear: 1 }).verdict],
      [5, 0],
    );
  });

  it("pulls bytes out of fragments, not out of nowhere", () => {
    const parse = (ctx: SkSkbParser): number => {
      assert.equal(ctx.at(0, Header), null);
      assert.equal(ctx.pullData(7), ENOMEM);
      assert.equal(ctx.pullData(2), 0);
      return ctx.at(0, Header)?.length ?? 0;
    };
    assert.equal(new Twin().skSkb(parse, bytes, { linear: 0 }).verdict, 5);
  });
});

describe("a stream verdict and sk_msg", () => {
  type Redirecting = Pick<SkSkbVerdict, "redirectMap" | "redirectHash">;
  const cases = [
    {
      why: "a socket of a sockMap",
      run: (ctx: Redirecting) => ctx.redirectMap(listeners, 1, 0),
      verdict: SK_PASS,
      to: tcp4,
      isIngress: false,
    },
    {
      why: "its receive queue",
      run: (ctx: Redirecting) => ctx.redirectMap(listeners, 1, 1),
      verdict: SK_PASS,
      to: tcp4,
      isIngress: true,
    },
    {
      why: "a socket of a sockHash",
      run: (ctx: Redirecting) => ctx.redirectHash(peers, Key.make({ number: 7 }), 0),
      verdict: SK_PASS,
      to: udp4,
      isIngress: false,
    },
    {
      why: "nobody: an empty place",
      run: (ctx: Redirecting) => ctx.redirectMap(listeners, 0, 0),
      verdict: SK_DROP,
      to: undefined,
      isIngress: undefined,
    },
    {
      why: "nobody: a place outside",
      run: (ctx: Redirecting) => ctx.redirectMap(listeners, 2, 0),
      verdict: SK_DROP,
      to: undefined,
      isIngress: undefined,
    },
    {
      why: "nobody: another key",
      run: (ctx: Redirecting) => ctx.redirectHash(peers, Key.make(), 0),
      verdict: SK_DROP,
      to: undefined,
      isIngress: undefined,
    },
    {
      why: "nobody: unknown flags",
      run: (ctx: Redirecting) => ctx.redirectMap(listeners, 1, 2),
      verdict: SK_DROP,
      to: undefined,
      isIngress: undefined,
    },
  ];
  for (const { why, run, verdict, to, isIngress } of cases) {
    it(`redirect to ${why}`, () => {
      for (const result of [prepared().skSkb(run, bytes), prepared().skMsg(run, bytes)]) {
        assert.deepEqual(
          [result.verdict, result.redirect?.socket, result.redirect?.isIngress],
          [verdict, to, isIngress],
        );
      }
    });
  }
});

describe("sk_msg", () => {
  it("reaches what pullData asked for, from its start", () => {
    const program = (ctx: SkMsg): number => {
      assert.deepEqual([ctx.size, ctx.length, ctx.at(0, Byte)], [6, 0, null]);
      assert.equal(ctx.pullData(1, 3), 0);
      assert.deepEqual([ctx.length, ctx.at(0, Byte)?.value, ctx.at(2, Byte)], [2, 5, null]);
      const refused = [ctx.pullData(3, 3), ctx.pullData(0, 7), ctx.pullData(0, 1, 1)];
      assert.deepEqual(refused, [EINVAL, EINVAL, EINVAL]);
      return SK_PASS;
    };
    new Twin().skMsg(program, bytes, { linear: 0 });
  });

  it("says how many bytes the verdict is for", () => {
    const program = (ctx: SkMsg): number => {
      assert.deepEqual([ctx.applyBytes(4), ctx.corkBytes(9)], [0, 0]);
      return SK_PASS;
    };
    const { applied, corked } = new Twin().skMsg(program, bytes);
    assert.deepEqual([applied, corked], [4, 9]);
  });
});

describe("sk_lookup", () => {
  const question = {
    family: 2,
    protocol: 6,
    remoteAddress: Uint8Array.of(10, 0, 0, 1),
    remotePort: 40000,
    localAddress: Uint8Array.of(10, 0, 0, 2),
    localPort: 80,
    ingressIfindex: 4,
  } as const;

  it("shows the connection: ports in host order, addresses as raw words", () => {
    const program = (ctx: SkLookup): number => {
      assert.deepEqual([ctx.family, ctx.protocol, ctx.ingressIfindex], [2, 6, 4]);
      assert.deepEqual([ctx.remotePort, ctx.localPort], [40000, 80]);
      assert.deepEqual([ctx.remoteIp4, ctx.localIp4, ctx.localIp6.get(0)], [0x0100000a, 0x0200000a, 0]);
      return SK_PASS;
    };
    assert.deepEqual(new Twin().skLookup(program, question), { verdict: SK_PASS, socket: null });
  });

  it("shows IPv6 addresses as four raw words", () => {
    const localAddress = Uint8Array.from({ length: 16 }, (_, index) => index);
    const program = (ctx: SkLookup): number => {
      assert.deepEqual([ctx.localIp6.get(3), ctx.localIp4, ctx.remoteIp6.length], [0x0f0e0d0c, 0, 4]);
      return SK_PASS;
    };
    new Twin().skLookup(program, { ...question, family: 10, localAddress, remoteAddress: new Uint8Array(16) });
  });

  it("chooses a socket once, again only with BPF_SK_LOOKUP_F_REPLACE", () => {
    const twin = prepared();
    twin.map(listeners).set(0, tcp6);
    const program = (ctx: SkLookup): number => {
      assert.deepEqual(
        [ctx.assignFrom(listeners, 1), ctx.assignFrom(listeners, 0), ctx.assignFrom(listeners, 0, 1)],
        [0, EEXIST, 0],
      );
      return SK_PASS;
    };
    // An IPv6 socket takes IPv4 connections too.
    assert.equal(twin.skLookup(program, question).socket, tcp6);
  });

  it("refuses what is not there and what does not fit", () => {
    const program = (ctx: SkLookup): number => {
      assert.equal(ctx.assignFrom(listeners, 0), ENOENT);
      assert.equal(ctx.assignFrom(listeners, 1, 4), EINVAL);
      assert.equal(ctx.assignFrom(peers, Key.make({ number: 7 })), EPROTOTYPE);
      return SK_PASS;
    };
    assert.equal(prepared().skLookup(program, question).socket, null);
    const address = new Uint8Array(16);
    const six = { ...question, family: 10, localAddress: address, remoteAddress: address } as const;
    prepared().skLookup((ctx) => {
      assert.equal(ctx.assignFrom(listeners, 1), EAFNOSUPPORT);
      return SK_PASS;
    }, six);
  });
});
