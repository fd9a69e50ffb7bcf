import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  BPF_ADJ_ROOM_MAC,
  BPF_ADJ_ROOM_NET,
  type Skb,
  TCX_DROP,
  TCX_PASS,
  TCX_REDIRECT,
} from "../../language/context/skb.ts";
import { redirect, redirectNeigh, redirectPeer } from "../../language/free-function.ts";
import { u8, u16, u32 } from "../../language/integer.ts";
import { struct } from "../../language/layout.ts";
import { EACCES, EALREADY, EFAULT, EINVAL, ENOMEM, ENOTSUPP } from "../errno.ts";
import type { SkbResult } from "../result.ts";
import { Twin } from "../twin.ts";
import type { SkbFacts } from "./skb-packet.ts";

const Byte = struct({ order: "network", size: 1, fields: { value: u8 } });
const Half = struct({ order: "network", size: 2, fields: { value: u16 } });
const Word = struct({ order: "network", size: 4, fields: { value: u32 } });

/** An IPv4 packet of 60 bytes that otherwise counts up. */
const ipv4 = packetOf(0x0800);

function packetOf(type: number): Uint8Array {
  const bytes = Uint8Array.from({ length: 60 }, (_, index) => index);
  bytes.set([type >> 8, type & 0xff, 0x45], 12);
  return bytes;
}

function run(body: (ctx: Skb) => void, packet = ipv4, facts: SkbFacts = {}): SkbResult {
  const program = (ctx: Skb): number => {
    body(ctx);
    return TCX_PASS;
  };
  return new Twin().skb(program, packet, facts);
}

describe("the tcx context", () => {
  it("shows what the stack noted, and 0 for what it did not", () => {
    run(
      (ctx) => {
        assert.deepEqual([ctx.len, ctx.length, ctx.mark, ctx.priority, ctx.protocol], [60, 60, 7, 0, 0x0800]);
        assert.deepEqual([ctx.vlanPresent, ctx.vlanTci, ctx.ifindex, ctx.ingressIfindex], [1, 100, 3, 0]);
        assert.deepEqual([ctx.gsoSegs, ctx.gsoSize, ctx.hash], [2, 1448, 5]);
      },
      ipv4,
      { mark: 7, vlanTci: 100, ifindex: 3, gsoSegs: 2, gsoSize: 1448, hash: 5 },
    );
    run((ctx) => assert.deepEqual([ctx.vlanPresent, ctx.vlanTci], [0, 0]));
  });

  it("hands mark and priority on", () => {
    const { mark, priority } = run((ctx) => {
      ctx.mark = 0x10;
      ctx.priority += 2;
    });
    assert.deepEqual([mark, priority], [0x10, 2]);
  });
});

describe("the linear part", () => {
  it("ends what ctx.at reaches, and pullData moves its end", () => {
    run(
      (ctx) => {
        assert.equal(ctx.at(19, Byte)?.value, 19);
        assert.equal(ctx.at(20, Byte), null);
        assert.equal(ctx.pullData(40), 0);
        assert.equal(ctx.at(39, Byte)?.value, 39);
        assert.equal(ctx.at(40, Byte), null);
        assert.equal(ctx.pullData(0), 0);
        assert.equal(ctx.at(39, Byte)?.value, 39);
        assert.equal(ctx.pullData(61), ENOMEM);
        assert.equal(ctx.length, 60);
      },
      ipv4,
      { linear: 20 },
    );
  });

  it("is left by references when pullData is called", () => {
    run((ctx) => {
      const byte = ctx.at(0, Byte);
      ctx.pullData(0);
      assert.throws(() => byte?.value);
    });
  });
});

describe("storeBytes and loadBytes", () => {
  it("reach into fragments", () => {
    const { packet } = run(
      (ctx) => {
        const word = Word.make();
        assert.equal(ctx.loadBytes(56, word), 0);
        assert.equal(word.value, 0x38393a3b);
        word.value = 0x01020304;
        assert.equal(ctx.storeBytes(56, word), 0);
      },
      ipv4,
      { linear: 14 },
    );
    assert.deepEqual([...packet.subarray(55)], [55, 1, 2, 3, 4]);
  });

  it("return -14 (EFAULT) beyond the end; a load that fails zeroes", () => {
    run((ctx) => {
      const word = Word.make({ value: 9 });
      assert.equal(ctx.storeBytes(57, word), EFAULT);
      assert.equal(ctx.storeBytes(0x80000000, word), EFAULT);
      assert.equal(ctx.loadBytes(57, word), EFAULT);
      assert.equal(word.value, 0);
    });
  });

  it("know their flags: INVALIDATE_HASH forgets the hash, others are -22 (EINVAL)", () => {
    run(
      (ctx) => {
        assert.equal(ctx.storeBytes(0, Word.make(), 4), EINVAL);
        assert.equal(ctx.hash, 77);
        assert.equal(ctx.storeBytes(0, Word.make(), 3), 0);
        assert.equal(ctx.hash, 0);
      },
      ipv4,
      { hash: 77 },
    );
  });
});

describe("l3ChecksumReplace", () => {
  // RFC 1624 section 4: checksum 0xDD2F, a field goes from 0x5555 to 0x3285, and the new checksum is 0x0000, never 0xFFFF.
  const words = { checksum: 0x2fdd, from: 0x5555, to: 0x8532 };
  for (const width of [2, 4]) {
    it(`keeps RFC 1624's example right for a field of ${width} bytes`, () => {
      const { packet } = run((ctx) => {
        const field = ctx.at(24, Half);
        if (field !== null) field.value = 0xdd2f;
        assert.equal(ctx.l3ChecksumReplace(24, words.from, words.to, width), 0);
      });
      assert.deepEqual([packet[24], packet[25]], [0, 0]);
    });
  }

  it("adds a difference when from is 0 and no width is given", () => {
    // A word that goes from 0x0000 to 0x0001 raises the sum by one, and the checksum falls by one.
    const { packet } = run((ctx) => {
      ctx.storeBytes(24, Half.make({ value: 0x0200 }));
      assert.equal(ctx.l3ChecksumReplace(24, 0, 1, 0), 0);
    });
    assert.deepEqual([packet[24], packet[25]], [1, 0]);
  });

  const refusals = [
    { offset: 25, from: 0, flags: 2, returned: EFAULT, why: "an odd offset" },
    { offset: 60, from: 0, flags: 2, returned: EFAULT, why: "beyond the end" },
    { offset: 0x10000, from: 0, flags: 2, returned: EFAULT, why: "beyond 65535" },
    { offset: 24, from: 1, flags: 0, returned: EINVAL, why: "a difference and a former value" },
    { offset: 24, from: 0, flags: 3, returned: EINVAL, why: "a width of three" },
    { offset: 60, from: 0, flags: 16, returned: EINVAL, why: "flags are seen before the offset" },
  ];
  for (const { offset, from, flags, returned, why } of refusals) {
    it(`refuses ${why} with ${returned}`, () => {
      run((ctx) => assert.equal(ctx.l3ChecksumReplace(offset, from, 1, flags), returned));
    });
  }
});

describe("l4ChecksumReplace", () => {
  const MARK_MANGLED_0 = 32;
  const MARK_ENFORCE = 64;

  function replace(before: number, flags: number, from = 0x5555, to = 0x8532): number {
    const { packet } = run((ctx) => {
      ctx.storeBytes(40, Half.make({ value: before }));
      assert.equal(ctx.l4ChecksumReplace(40, from, to, flags), 0);
    });
    return ((packet[40] ?? 0) << 8) | (packet[41] ?? 0);
  }

  it("updates as l3ChecksumReplace does", () => assert.equal(replace(0xdd2f, 2), 0x0000));

  it("writes 0xffff for 0 when a zero means that there is none", () => {
    assert.equal(replace(0xdd2f, MARK_MANGLED_0 | 2), 0xffff);
  });

  it("leaves a checksum that is not there alone, unless it is told to make one", () => {
    assert.equal(replace(0, MARK_MANGLED_0 | 2), 0);
    // ~0x0000 + ~0x5555 + 0x8532 = 0xffff + 0xaaaa + 0x8532 in raw words; folded 0x2fdd, complemented 0xd022, stored 0x22d0.
    assert.equal(replace(0, MARK_MANGLED_0 | MARK_ENFORCE | 2), 0x22d0);
  });

  it("refuses unknown flags with -22 (EINVAL)", () => {
    run((ctx) => assert.equal(ctx.l4ChecksumReplace(40, 0, 0, 0x102), EINVAL));
  });
});

describe("changeHead", () => {
  it("adds zeroed bytes in front", () => {
    const { packet } = run((ctx) => assert.equal(ctx.changeHead(4), 0));
    assert.deepEqual([packet.length, ...packet.subarray(0, 6)], [64, 0, 0, 0, 0, 0, 1]);
  });

  it("refuses flags and packets of more than four pages with -22 (EINVAL)", () => {
    run((ctx) => assert.deepEqual([ctx.changeHead(4, 1), ctx.changeHead(16_064 - 59)], [EINVAL, EINVAL]));
  });
});

describe("changeTail", () => {
  it("cuts off and adds zeroes", () => {
    const { packet } = run((ctx) => {
      assert.equal(ctx.changeTail(50), 0);
      assert.equal(ctx.changeTail(52), 0);
      assert.equal(ctx.at(51, Byte)?.value, 0);
    });
    assert.deepEqual([packet.length, ...packet.subarray(48)], [52, 48, 49, 0, 0]);
  });

  it("keeps at least the link-layer header", () => {
    run((ctx) =>
      assert.deepEqual([ctx.changeTail(13), ctx.changeTail(20, 1), ctx.changeTail(14)], [EINVAL, EINVAL, 0]),
    );
  });
});

describe("adjustRoom", () => {
  it("opens room after the Ethernet header", () => {
    const { packet } = run((ctx) => assert.equal(ctx.adjustRoom(4, BPF_ADJ_ROOM_MAC, 0n), 0));
    assert.deepEqual([packet.length, ...packet.subarray(12, 20)], [64, 8, 0, 0, 0, 0, 0, 0x45, 15]);
  });

  it("opens room after the IP header", () => {
    const { packet } = run((ctx) => assert.equal(ctx.adjustRoom(2, BPF_ADJ_ROOM_NET, 0n), 0));
    assert.deepEqual([...packet.subarray(32, 38)], [32, 33, 0, 0, 34, 35]);
  });

  it("takes room out again", () => {
    const { packet } = run((ctx) => {
      assert.equal(ctx.adjustRoom(20, BPF_ADJ_ROOM_MAC, 0n), 0);
      assert.equal(ctx.adjustRoom(-20, BPF_ADJ_ROOM_MAC, 0n), 0);
    });
    assert.deepEqual(packet, ipv4);
  });

  it("turns IPv4 into IPv6 when it encapsulates in it, once", () => {
    run((ctx) => {
      assert.equal(ctx.adjustRoom(40, BPF_ADJ_ROOM_MAC, 4n), 0);
      assert.equal(ctx.protocol, 0x86dd);
      assert.equal(ctx.adjustRoom(40, BPF_ADJ_ROOM_MAC, 4n), EALREADY);
    });
  });

  const refusals = [
    { delta: 4, mode: BPF_ADJ_ROOM_MAC, flags: 512n, returned: EINVAL, why: "unknown flags" },
    { delta: 4096, mode: BPF_ADJ_ROOM_MAC, flags: 0n, returned: EFAULT, why: "more than 4095 bytes" },
    { delta: 4, mode: 2, flags: 0n, returned: ENOTSUPP, why: "an unknown mode" },
    { delta: -27, mode: BPF_ADJ_ROOM_MAC, flags: 0n, returned: ENOTSUPP, why: "leaving less than an IPv4 header" },
    { delta: 4, mode: BPF_ADJ_ROOM_MAC, flags: 6n, returned: EINVAL, why: "two outer headers" },
    { delta: 4, mode: BPF_ADJ_ROOM_MAC, flags: 26n, returned: EINVAL, why: "two outer transports" },
    { delta: 4, mode: BPF_ADJ_ROOM_MAC, flags: 128n, returned: EINVAL, why: "growing to decapsulate" },
    { delta: -4, mode: BPF_ADJ_ROOM_MAC, flags: 384n, returned: EINVAL, why: "two inner headers" },
    {
      delta: 4,
      mode: BPF_ADJ_ROOM_MAC,
      flags: 2n | (5n << 56n),
      returned: EINVAL,
      why: "an inner link header that does not fit",
    },
  ];
  for (const { delta, mode, flags, returned, why } of refusals) {
    it(`refuses ${why} with ${returned}`, () => {
      run((ctx) => assert.equal(ctx.adjustRoom(delta, mode, flags), returned));
    });
  }

  it("leaves other protocols alone: -524 (ENOTSUPP)", () => {
    run((ctx) => assert.equal(ctx.adjustRoom(4, BPF_ADJ_ROOM_MAC, 0n), ENOTSUPP), packetOf(0x0806));
  });
});

describe("changeProtocol", () => {
  it("makes room for an IPv6 header and takes it back", () => {
    const { packet } = run((ctx) => {
      assert.equal(ctx.changeProtocol(0x86dd), 0);
      assert.deepEqual([ctx.length, ctx.protocol], [80, 0x86dd]);
      assert.equal(ctx.changeProtocol(0x0800), 0);
    });
    assert.deepEqual(packet, ipv4);
  });

  it("refuses every other change", () => {
    run((ctx) =>
      assert.deepEqual(
        [ctx.changeProtocol(0x0800), ctx.changeProtocol(0x0806), ctx.changeProtocol(0x86dd, 1)],
        [ENOTSUPP, ENOTSUPP, EINVAL],
      ),
    );
  });
});

describe("csumLevel", () => {
  it("counts up to three, down to none, and says -13 (EACCES) when there is none", () => {
    run((ctx) => {
      const [query, up, down, reset] = [0, 1, 2, 3];
      assert.equal(ctx.csumLevel(query), EACCES);
      for (const expected of [0, 1, 2, 3, 3])
        assert.deepEqual([ctx.csumLevel(up), ctx.csumLevel(query)], [0, expected]);
      assert.deepEqual([ctx.csumLevel(down), ctx.csumLevel(query)], [0, 2]);
      assert.deepEqual([ctx.csumLevel(reset), ctx.csumLevel(query)], [0, EACCES]);
      assert.equal(ctx.csumLevel(4), EINVAL);
    });
  });
});

describe("sending elsewhere from tcx", () => {
  const cases = [
    { name: "redirect", call: () => redirect(7, 0), verdict: TCX_REDIRECT, by: "interface" },
    { name: "redirect with BPF_F_INGRESS", call: () => redirect(7, 1), verdict: TCX_REDIRECT, by: "interface" },
    { name: "redirect with other flags", call: () => redirect(7, 2), verdict: TCX_DROP, by: undefined },
    { name: "redirectPeer", call: () => redirectPeer(7, 0), verdict: TCX_REDIRECT, by: "peer" },
    { name: "redirectPeer with flags", call: () => redirectPeer(7, 1), verdict: TCX_DROP, by: undefined },
    { name: "redirectNeigh", call: () => redirectNeigh(7, 0), verdict: TCX_REDIRECT, by: "neighbour" },
    { name: "redirectNeigh with flags", call: () => redirectNeigh(7, 1), verdict: TCX_DROP, by: undefined },
  ];
  for (const { name, call, verdict, by } of cases) {
    it(`${name} returns ${verdict}`, () => {
      const result = new Twin().skb(call, ipv4);
      assert.deepEqual([result.verdict, result.redirect?.by], [verdict, by]);
    });
  }

  it("cloneRedirect sends a copy of the packet as it is now", () => {
    const { packet, clones } = run((ctx) => {
      assert.equal(ctx.cloneRedirect(5), 0);
      ctx.storeBytes(0, Word.make());
    });
    assert.deepEqual([clones.length, clones[0]?.ifindex, clones[0]?.packet[3], packet[3]], [1, 5, 3, 0]);
  });

  it("cloneRedirect refuses flags and devices that are not there with -22 (EINVAL)", () => {
    run((ctx) => assert.deepEqual([ctx.cloneRedirect(5, 2), ctx.cloneRedirect(0)], [EINVAL, EINVAL]));
  });
});
