/**
 * Copies that leave while the program runs: bpf_clone_redirect.
 */
import { BPF_F_INGRESS } from "../../language/map/flag.ts";
import { EINVAL } from "../errno.ts";
import type { SkbPacket } from "./skb-packet.ts";

export function cloneRedirect(skb: SkbPacket, ifindex: number, flags: number): number {
  skb.buffer.invalidate();
  if ((flags & ~BPF_F_INGRESS) !== 0 || !skb.environment.hasDevice(ifindex)) return EINVAL;
  skb.clones.push({ ifindex, flags, packet: skb.buffer.bytes.slice() });
  return 0;
}
