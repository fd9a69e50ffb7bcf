import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as asm from "../object/index.ts";
import { socketBufferContext, socketLookupContext, socketMessageContext, xdpContext } from "./context-layouts.ts";
import { PacketBuffer } from "./packet.ts";
import { assertFaults, resultOf } from "./testing/trial.ts";

const frame = Uint8Array.from({ length: 64 }, (_, index) => index);
const ADJUST_HEAD = 44;
const ADJUST_META = 54;
const ADJUST_TAIL = 65;

describe("a packet buffer", () => {
  it("moves its head within its headroom, and not past the Ethernet header", () => {
    const packet = new PacketBuffer(frame, 20);
    assert.equal(packet.adjustHead(-21), -22);
    assert.equal(packet.adjustHead(-20), 0);
    assert.equal(packet.bytes.length, 84);
    assert.equal(packet.adjustHead(71), -22);
    assert.equal(packet.adjustHead(70), 0);
    assert.deepEqual([...packet.bytes.subarray(0, 2)], [50, 51]);
  });

  it("moves its tail within its tailroom, zeroes what it gains, and keeps the Ethernet header", () => {
    const packet = new PacketBuffer(frame, 0, 2);
    assert.equal(packet.adjustTail(3), -22);
    assert.equal(packet.adjustTail(-51), -22);
    assert.equal(packet.adjustTail(-1), 0);
    assert.equal(packet.adjustTail(3), 0);
    assert.deepEqual([...packet.bytes.subarray(62)], [62, 0, 0, 0]);
  });

  it("keeps metadata in words in front of the packet and moves it along", () => {
    const packet = new PacketBuffer(frame, 40);
    assert.equal(packet.adjustMeta(-3), -13);
    assert.equal(packet.adjustMeta(4), -22);
    assert.equal(packet.adjustMeta(-44), -22);
    assert.equal(packet.adjustMeta(-4), 0);
    packet.buffer.fill(0xaa, packet.metaStart, packet.start);
    assert.equal(packet.adjustHead(-8), 0);
    assert.deepEqual([...packet.buffer.subarray(28, 32)], [0xaa, 0xaa, 0xaa, 0xaa]);
    assert.equal(packet.metaStart, 28);
    assert.equal(packet.adjustHead(-29), -22);
  });

  it("counts a generation for each move and none for a refusal", () => {
    const packet = new PacketBuffer(frame);
    packet.adjustHead(-1000);
    assert.equal(packet.generation, 0);
    packet.adjustTail(-1);
    assert.equal(packet.generation, 1);
  });
});

describe("xdp_md", () => {
  const context = () => xdpContext(new PacketBuffer(frame), { ingressIfindex: 3, rxQueueIndex: 1 });

  it("gives packet pointers, between which the packet is loaded and stored", () => {
    const packet = new PacketBuffer(frame);
    const program = [
      ...[asm.load(4, 2, 1, 0), asm.load(4, 3, 1, 4)],
      ...[asm.storeImm(2, 2, 12, 0x0008), asm.load(2, 0, 2, 62)],
      ...[asm.alu64Reg("sub", 3, 2), asm.alu64Imm("lsh", 3, 16), asm.alu64Reg("or", 0, 3), asm.exit()],
    ];
    assert.equal(resultOf(program, { context: xdpContext(packet) }), 0x40_3f3en);
    assert.deepEqual([...packet.bytes.subarray(12, 14)], [8, 0]);
  });

  it("pointers compare as the packet lies: data_meta <= data < data_end", () => {
    const program = [
      ...[asm.load(4, 2, 1, 0), asm.load(4, 3, 1, 4), asm.load(4, 4, 1, 8), asm.alu64Imm("mov", 0, 0)],
      ...[asm.jumpReg("gt", 4, 2, 2), asm.jumpReg("ge", 2, 3, 1), asm.alu64Imm("mov", 0, 1), asm.exit()],
    ];
    assert.equal(resultOf(program, { context: context() }), 1n);
  });

  it("gives numbers whole or in part", () => {
    assert.equal(resultOf([asm.load(4, 0, 1, 12), asm.exit()], { context: context() }), 3n);
    assert.equal(resultOf([asm.load(1, 0, 1, 16), asm.exit()], { context: context() }), 1n);
    assert.equal(resultOf([asm.load(1, 0, 1, 17), asm.exit()], { context: context() }), 0n);
  });

  it("has no other fields, no pointer in halves, and takes no stores", () => {
    assertFaults(
      [asm.load(4, 0, 1, 24), asm.exit()],
      "context-access",
      /xdp_md has no readable field of 4 bytes at offset 24/,
      { context: context() },
    );
    assertFaults([asm.load(2, 0, 1, 0), asm.exit()], "context-access", /2 bytes at offset 0/, { context: context() });
    assertFaults([asm.load(8, 0, 1, 0), asm.exit()], "context-access", /8 bytes at offset 0/, { context: context() });
    assertFaults([asm.storeImm(4, 1, 12, 0), asm.exit()], "context-access", /no writable field/, {
      context: context(),
    });
  });

  it("a packet access past either end is a fault", () => {
    const at = (off: number) => [asm.load(4, 2, 1, 0), asm.load(1, 0, 2, off), asm.exit()];
    assertFaults(at(64), "out-of-bounds", /offset 64 of the packet, which spans 0\.\.64/, { context: context() });
    assertFaults(at(-1), "out-of-bounds", /offset -1 of the packet/, { context: context() });
    assert.equal(resultOf(at(63), { context: context() }), 63n);
  });

  it("atomics are refused in a packet", () => {
    const program = [asm.load(4, 2, 1, 0), asm.alu64Imm("mov", 3, 1), asm.atomic("add", 8, false, 2, 3, 0), asm.exit()];
    assertFaults(program, "atomic-place", /in no packet/, { context: context() });
  });
});

describe("moving the packet from a program", () => {
  const move = (helper: number, delta: number) => [
    ...[asm.alu64Reg("mov", 6, 1), asm.load(4, 7, 1, 0), asm.alu64Imm("mov", 2, delta), asm.call(helper)],
  ];

  it("adjust_head makes new pointers start earlier, and gives 0", () => {
    const program = [
      ...[...move(ADJUST_HEAD, -4), asm.jumpImm("ne", 0, 0, 3)],
      ...[asm.load(4, 2, 6, 0), asm.storeImm(4, 2, 0, -1), asm.load(1, 0, 2, 5), asm.exit()],
    ];
    const packet = new PacketBuffer(frame);
    assert.equal(resultOf(program, { context: xdpContext(packet) }), 1n);
    assert.deepEqual([...packet.bytes.subarray(0, 6)], [255, 255, 255, 255, 0, 1]);
  });

  it("a pointer from before is stale, though it would still be inside", () => {
    const program = [...move(ADJUST_HEAD, -4), asm.load(1, 0, 7, 0), asm.exit()];
    const context = xdpContext(new PacketBuffer(frame));
    assertFaults(program, "stale-pointer", /reads packet through a pointer from before a helper that moves it/, {
      context,
    });
  });

  it("a refused move gives its errno and leaves pointers valid", () => {
    const refused = [...move(ADJUST_HEAD, -1000), asm.load(1, 1, 7, 1), asm.exit()];
    assert.equal(BigInt.asIntN(64, resultOf(refused, { context: xdpContext(new PacketBuffer(frame)) })), -22n);
  });

  it("adjust_tail and adjust_meta work alike", () => {
    const packet = new PacketBuffer(frame);
    const tail = [...move(ADJUST_TAIL, -14), asm.load(4, 1, 6, 0), asm.load(4, 2, 6, 4), asm.alu64Reg("sub", 2, 1)];
    assert.equal(resultOf([...tail, asm.alu64Reg("mov", 0, 2), asm.exit()], { context: xdpContext(packet) }), 50n);
    const meta = [...move(ADJUST_META, -8), asm.load(4, 1, 6, 8), asm.load(4, 2, 6, 0), asm.storeImm(8, 1, 0, 5)];
    assert.equal(
      resultOf([...meta, asm.alu64Reg("sub", 2, 1), asm.alu64Reg("mov", 0, 2), asm.exit()], {
        context: xdpContext(packet),
      }),
      8n,
    );
  });

  it("needs a packet", () => {
    assertFaults(
      [asm.alu64Imm("mov", 2, 0), asm.call(ADJUST_HEAD), asm.exit()],
      "helper-argument",
      /bpf_xdp_adjust_head needs a packet/,
    );
  });
});

describe("the other contexts", () => {
  it("__sk_buff has its length, its pointers at 76 and 80, and marks that can be written", () => {
    const fields = { mark: 5, protocol: 0x0008 };
    const program = [
      ...[asm.load(4, 2, 1, 76), asm.load(1, 0, 2, 9), asm.load(4, 3, 1, 0), asm.alu64Reg("add", 0, 3)],
      ...[asm.load(4, 3, 1, 8), asm.alu64Reg("add", 0, 3), asm.storeImm(4, 1, 8, -1), asm.exit()],
    ];
    assert.equal(resultOf(program, { context: socketBufferContext(new PacketBuffer(frame), fields) }), 78n); // 9 + 64 + 5
    assert.equal(fields.mark, 0xffff_ffff);
    const context = socketBufferContext(new PacketBuffer(frame), fields);
    assertFaults([asm.storeImm(4, 1, 16, 0), asm.exit()], "context-access", /__sk_buff has no writable field/, {
      context,
    });
  });

  it("__sk_buff keeps a time stamp of 8 bytes", () => {
    const fields = { tstamp: 2n ** 40n };
    const program = [asm.load(8, 0, 1, 152), asm.storeImm(8, 1, 152, 7), asm.exit()];
    assert.equal(resultOf(program, { context: socketBufferContext(new PacketBuffer(frame), fields) }), 2n ** 40n);
    assert.equal(fields.tstamp, 7n);
  });

  it("sk_msg_md has pointers of eight bytes", () => {
    const context = socketMessageContext(new PacketBuffer(frame), { family: 2 });
    const program = [
      asm.load(8, 2, 1, 0),
      asm.load(1, 0, 2, 63),
      asm.load(4, 3, 1, 68),
      asm.alu64Reg("add", 0, 3),
      asm.exit(),
    ];
    assert.equal(resultOf(program, { context }), 127n); // 63 + 64
  });

  it("bpf_sk_lookup has its ports and addresses, and no socket yet", () => {
    const context = socketLookupContext({ localPort: 80, remotePort: 0x3412, localIp4: 0x0100_007f });
    assert.equal(resultOf([asm.load(4, 0, 1, 60), asm.exit()], { context }), 80n);
    assert.equal(resultOf([asm.load(2, 0, 1, 36), asm.exit()], { context }), 0x3412n);
    assert.equal(resultOf([asm.load(8, 0, 1, 0), asm.exit()], { context }), 0n);
  });
});
