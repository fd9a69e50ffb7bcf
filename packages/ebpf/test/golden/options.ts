/** Walks TCP-like options, one byte a kind and one a length, and gives the maximum segment size found. */
import { struct, u8, u16, XDP_DROP, XDP_PASS, type Xdp } from "@weir/ebpf";

const KIND_END = 0;
const KIND_NOTHING = 1;
const KIND_SEGMENT_SIZE = 2;

const Option = struct({ order: "network", size: 2, source: "RFC 9293 section 3.2", fields: { kind: u8, length: u8 } });
const SegmentSize = struct({ order: "network", size: 2, source: "RFC 9293 section 3.7.1", fields: { bytes: u16 } });

function segmentSize(ctx: Xdp): u16 {
  let at = 14;
  for (let round = 0; round < 8; round++) {
    const option = ctx.at(at & 0xff, Option);
    if (option === null || option.kind === KIND_END) break;
    if (option.kind === KIND_NOTHING) {
      at = (at + 1) & 0xff;
      continue;
    }
    if (option.kind === KIND_SEGMENT_SIZE) {
      const size = ctx.at((at & 0xff) + 2, SegmentSize);
      return size === null ? 0 : size.bytes;
    }
    if (option.length < 2) break;
    at = (at + option.length) & 0xff;
  }
  return 536;
}

export function filter(ctx: Xdp): number {
  return segmentSize(ctx) < 536 ? XDP_DROP : XDP_PASS;
}
