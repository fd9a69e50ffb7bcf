/**
 * Packet programs that call one helper after another, as user space asks them to: what the twin does is compared with
 * what the kernel does.
 */
import { array, i32, type Ref, type Skb, struct, TCX_PASS, u32, u64, XDP_PASS, type Xdp } from "@weir/ebpf";

/** One call. Which fields a helper uses is in the programs below. */
export const Request = struct({
  size: 32,
  fields: { flags64: u64, operation: u32, offset: u32, from: u32, to: u32, flags: u32, delta: i32 },
});

/** What came of it. */
export const Answer = struct({ size: 16, fields: { result: i32, length: u32, protocol: u32, level: i32 } });

const Loaded = struct({ size: 8, fields: { value: u64 } });

export const requests = array("requests", { value: Request, maxEntries: 3 });
export const answers = array("answers", { value: Answer, maxEntries: 3 });

export const ADJUST_HEAD = 0;
export const ADJUST_TAIL = 1;

export const PULL_DATA = 0;
export const STORE_BYTES = 1;
export const LOAD_BYTES = 2;
export const L3_CHECKSUM = 3;
export const L4_CHECKSUM = 4;
export const CHANGE_HEAD = 5;
export const CHANGE_TAIL = 6;
export const ADJUST_ROOM = 7;
export const CHANGE_PROTOCOL = 8;
export const CHECKSUM_LEVEL = 9;

/** Head and tail of an XDP packet. */
export function moveEnds(ctx: Xdp): number {
  for (let i = 0; i < 3; i++) {
    const request = requests.lookup(i);
    const answer = answers.lookup(i);
    if (request === null || answer === null) return XDP_PASS;
    if (request.operation === ADJUST_HEAD) answer.result = ctx.adjustHead(request.delta);
    if (request.operation === ADJUST_TAIL) answer.result = ctx.adjustTail(request.delta);
    answer.length = ctx.length;
  }
  return XDP_PASS;
}

/** The helpers of a packet in the stack. */
export function changePacket(ctx: Skb): number {
  for (let i = 0; i < 3; i++) {
    const request = requests.lookup(i);
    const answer = answers.lookup(i);
    if (request === null || answer === null) return TCX_PASS;
    change(ctx, request, answer);
    answer.length = ctx.length;
    answer.protocol = ctx.protocol;
    answer.level = ctx.csumLevel(0);
  }
  return TCX_PASS;
}

function change(ctx: Skb, request: Ref<typeof Request>, answer: Ref<typeof Answer>): void {
  switch (request.operation) {
    case PULL_DATA:
      answer.result = ctx.pullData(request.offset);
      break;
    case STORE_BYTES: {
      const value = Loaded.make({ value: request.flags64 });
      answer.result = ctx.storeBytes(request.offset, value, request.flags);
      break;
    }
    case LOAD_BYTES: {
      const value = Loaded.make({ value: 1n });
      answer.result = ctx.loadBytes(request.offset, value);
      request.flags64 = value.value;
      break;
    }
    case L3_CHECKSUM:
      answer.result = ctx.l3ChecksumReplace(request.offset, request.from, request.to, request.flags);
      break;
    case L4_CHECKSUM:
      answer.result = ctx.l4ChecksumReplace(request.offset, request.from, request.to, request.flags);
      break;
    case CHANGE_HEAD:
      answer.result = ctx.changeHead(request.offset, request.flags);
      break;
    case CHANGE_TAIL:
      answer.result = ctx.changeTail(request.offset, request.flags);
      break;
    case ADJUST_ROOM:
      answer.result = ctx.adjustRoom(request.delta, request.from, request.flags64);
      break;
    case CHANGE_PROTOCOL:
      answer.result = ctx.changeProtocol(request.offset & 0xffff, request.flags);
      break;
    case CHECKSUM_LEVEL:
      answer.result = ctx.csumLevel(request.from);
      break;
    default:
      answer.result = 0;
  }
}
