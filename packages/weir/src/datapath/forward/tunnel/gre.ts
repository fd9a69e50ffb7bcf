/**
 * GRE: an EtherType in front of the packet, and a checksum if the real server wants one.
 */
import type { Ref, u16, Xdp } from "@weir/ebpf";
import { foldSum } from "../../../wire/checksum.ts";
import { GRE_CHECKSUM_PRESENT, GRE_CHECKSUM_SIZE, GRE_SIZE, Gre, GreChecksum } from "../../../wire/tunnel.ts";
import type { Headers } from "../../flow.ts";
import { sumBytes } from "../../sum-bytes.ts";
import type { RealServer } from "../../tables.ts";
import { innerType } from "./inner.ts";

/** @param at where the header begins */
export function writeGre(ctx: Xdp, headers: Ref<typeof Headers>, server: Ref<typeof RealServer>, at: u16): boolean {
  const gre = ctx.at(at & 0x7f, Gre);
  if (gre === null) return false;
  gre.flags = 0;
  gre.type = innerType(headers);
  if (server.tunnelChecksum === 0) return true;
  gre.flags = GRE_CHECKSUM_PRESENT;
  const field = ctx.at((at & 0x7f) + GRE_SIZE, GreChecksum);
  if (field === null) return false;
  field.checksum = 0;
  field.reserved = 0;
  const sum = sumBytes(ctx, at & 0x7f, GRE_SIZE + GRE_CHECKSUM_SIZE + headers.length) & 0xffff;
  field.checksum = ~foldSum(sum) & 0xffff;
  return true;
}
