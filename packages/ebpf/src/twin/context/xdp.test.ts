import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { XDP_ABORTED, XDP_PASS, XDP_REDIRECT, type Xdp } from "../../language/context/xdp.ts";
import { BPF_FIB_LKUP_RET_NOT_FWDED, BPF_FIB_LKUP_RET_SUCCESS, FibLookup } from "../../language/fib-lookup.ts";
import { redirect } from "../../language/free-function.ts";
import { u8, u16, u32 } from "../../language/integer.ts";
import { struct } from "../../language/layout.ts";
import { EINVAL } from "../errno.ts";
import { PacketBuffer, XDP_SIZES } from "../packet-buffer.ts";
import { Twin } from "../twin.ts";

const Byte = struct({ order: "network", size: 1, fields: { value: u8 } });
const Word = struct({ order: "network", size: 4, fields: { value: u32 } });
const Type = struct({ order: "network", size: 2, fields: { value: u16 } });

/** 60 bytes that count up. */
const counting = Uint8Array.from({ length: 60 }, (_, index) => index);

/** Runs `body` as a program and returns its results beside the packet. */
function run(body: (ctx: Xdp) => void, packet = counting): Uint8Array {
  const program = (ctx: Xdp): number => {
    body(ctx);
    return XDP_PASS;
  };
  return new Twin().xdp(program, packet).packet;
}

describe("ctx.at of XDP", () => {
  it("reaches the last byte and not the one after it", () => {
    run((ctx) => {
      assert.equal(ctx.length, 60);
      assert.equal(ctx.at(59, Byte)?.value, 59);
      assert.equal(ctx.at(60, Byte), null);
      assert.equal(ctx.at(56, Word)?.value, 0x38393a3b);
      assert.equal(ctx.at(57, Word), null);
      assert.equal(ctx.at(65535, Byte), null);
    });
  });

  it("refuses offsets that no program could prove", () => {
    run((ctx) => {
      for (const offset of [-1, 65536, 0.5, Number.NaN])
        assert.throws(() => ctx.at(offset, Byte), /integers from 0 to 65535/);
    });
  });

  it("writes into the packet, and leaves the caller's bytes alone", () => {
    const packet = run((ctx) => {
      const type = ctx.at(12, Type);
      if (type !== null) type.value = 0x0800;
    });
    assert.deepEqual([packet[12], packet[13], counting[12]], [8, 0, 12]);
  });
});

describe("adjustHead", () => {
  // In front of the packet are 256 bytes, of which the kernel keeps 40 for struct xdp_frame.
  const cases = [
    { delta: -216, returned: 0, length: 276, why: "all the headroom" },
    { delta: -217, returned: EINVAL, length: 60, why: "more than the headroom" },
    { delta: 46, returned: 0, length: 14, why: "an Ethernet header is left" },
    { delta: 47, returned: EINVAL, length: 60, why: "less than an Ethernet header would be left" },
    { delta: 0, returned: 0, length: 60, why: "nothing" },
  ];
  for (const { delta, returned, length, why } of cases) {
    it(`by ${delta} returns ${returned}: ${why}`, () => {
      const packet = run((ctx) => {
        assert.equal(ctx.adjustHead(delta), returned);
        assert.equal(ctx.length, length);
      });
      assert.equal(packet.length, length);
      assert.equal(packet.at(-1), 59);
    });
  }

  it("gives back the bytes that were in front", () => {
    const packet = run((ctx) => {
      ctx.adjustHead(14);
      ctx.adjustHead(-14);
    });
    assert.deepEqual(packet, counting);
  });
});

describe("adjustTail", () => {
  // A page of 4096, less 256 in front and 320 for struct skb_shared_info, holds 3520 bytes.
  const cases = [
    { delta: 3460, returned: 0, length: 3520, why: "all the tailroom" },
    { delta: 3461, returned: EINVAL, length: 60, why: "more than the tailroom" },
    { delta: -46, returned: 0, length: 14, why: "an Ethernet header is left" },
    { delta: -47, returned: EINVAL, length: 60, why: "less than an Ethernet header would be left" },
  ];
  for (const { delta, returned, length, why } of cases) {
    it(`by ${delta} returns ${returned}: ${why}`, () => {
      const packet = run((ctx) => {
        assert.equal(ctx.adjustTail(delta), returned);
        assert.equal(ctx.length, length);
      });
      assert.equal(packet.length, length);
    });
  }

  it("zeroes what it gains, even where the packet was before", () => {
    const packet = run((ctx) => {
      ctx.adjustTail(-10);
      ctx.adjustTail(12);
    });
    assert.deepEqual([...packet.subarray(48)], [48, 49, ...Array.from({ length: 12 }, () => 0)]);
  });
});

describe("a reference into the packet", () => {
  const movers = [
    { name: "adjustHead", move: (ctx: Xdp) => ctx.adjustHead(-4) },
    { name: "adjustTail", move: (ctx: Xdp) => ctx.adjustTail(-4) },
  ];
  for (const { name, move } of movers) {
    it(`is stale after ${name}, and a fresh one is good`, () => {
      run((ctx) => {
        const before = ctx.at(20, Byte);
        assert.equal(move(ctx), 0);
        assert.throws(() => before?.value);
        assert.equal(ctx.at(20, Byte) === null, false);
      });
    });
  }

  it("that is stale fails the run with words that say so", () => {
    const program = (ctx: Xdp): number => {
      const byte = ctx.at(0, Byte);
      ctx.adjustHead(-4);
      return byte === null ? XDP_PASS : byte.value;
    };
    assert.throws(() => new Twin().xdp(program, counting), /stale reference.*Call ctx\.at\(\) again/);
  });

  it("stays stale when the packet moves again and again, in every run anew", () => {
    const twin = new Twin();
    const program = (ctx: Xdp): number => {
      const references = [ctx.at(0, Byte)];
      for (let round = 0; round < 3; round++) {
        ctx.adjustHead(-4);
        for (const reference of references) assert.throws(() => reference?.value);
        references.push(ctx.at(0, Byte));
      }
      return XDP_PASS;
    };
    for (let i = 0; i < 3; i++) assert.equal(twin.xdp(program, counting).packet.length, 72);
  });
});

describe("redirect at XDP", () => {
  it("returns XDP_REDIRECT and says where", () => {
    const result = new Twin().xdp(() => redirect(7, 0), counting);
    assert.equal(result.verdict, XDP_REDIRECT);
    assert.deepEqual(result.redirect, { ifindex: 7, flags: 0, by: "interface" });
  });

  it("knows no flags", () => {
    const result = new Twin().xdp(() => redirect(7, 1), counting);
    assert.deepEqual([result.verdict, result.redirect], [XDP_ABORTED, null]);
  });

  it("is forgotten in the next run", () => {
    const twin = new Twin();
    twin.xdp(() => redirect(7, 0), counting);
    assert.equal(twin.xdp(() => XDP_PASS, counting).redirect, null);
  });
});

describe("fibLookup", () => {
  it("asks the environment, which fills the parameters", () => {
    const twin = new Twin({
      environment: {
        hasDevice: () => true,
        fibLookup: (params, flags) => {
          if (params.family !== 2 || flags !== 1) return EINVAL;
          params.ifindex = 9;
          return BPF_FIB_LKUP_RET_SUCCESS;
        },
      },
    });
    const program = (ctx: Xdp): number => {
      const params = FibLookup.make({ family: 2, ifindex: ctx.ingressIfindex });
      return ctx.fibLookup(params, 1) === 0 ? params.ifindex : XDP_ABORTED;
    };
    assert.equal(twin.xdp(program, counting, { ingressIfindex: 3 }).verdict, 9);
  });

  it("finds no route where there are none", () => {
    const program = (ctx: Xdp): number => ctx.fibLookup(FibLookup.make(), 0);
    assert.equal(new Twin().xdp(program, counting).verdict, BPF_FIB_LKUP_RET_NOT_FWDED);
  });
});

describe("a packet buffer", () => {
  it("refuses a packet that is longer than a page allows", () => {
    const buffer = new PacketBuffer(XDP_SIZES);
    buffer.load(new Uint8Array(3520));
    assert.throws(() => buffer.load(new Uint8Array(3521)), /3521 bytes: the buffer holds 3520/);
  });

  it("may be run on in place, again and again", () => {
    const twin = new Twin();
    const buffer = new PacketBuffer(XDP_SIZES);
    buffer.load(counting);
    const program = (ctx: Xdp): number => {
      ctx.adjustHead(-1);
      return ctx.ingressIfindex;
    };
    assert.deepEqual(
      [twin.xdpInPlace(program, buffer, 5), twin.xdpInPlace(program, buffer, 6), buffer.length],
      [5, 6, 62],
    );
  });
});
