/**
 * How XDP runs on an interface, as the interface itself tells it (IFLA_XDP).
 *
 * A link does not tell its mode, and "the driver took it" is what people believe until they measure: so it is asked.
 */
import type { NetworkNamespace, XdpAttachment } from "@weir/linux";
import { findInterface } from "./find-interface.ts";

/** "native": in the driver, before the kernel makes its packet. "generic": after, on any interface. "none": not at all. */
export type XdpMode = "native" | "generic" | "hardware" | "none";

/** The mode in which a certain program runs there; "none" when it does not, or when the interface is gone. */
export function xdpModeOf(ifindex: number, programId: number, namespace?: NetworkNamespace): XdpMode {
  if (ifindex === 0) return "none";
  const found = findInterface(ifindex, namespace);
  return found === undefined ? "none" : modeOf(found.xdp, programId);
}

/** Which of the modes of an interface a program runs in. */
export function modeOf(xdp: XdpAttachment, programId: number): XdpMode {
  if (xdp.nativeProgramId === programId) return "native";
  if (xdp.genericProgramId === programId) return "generic";
  if (xdp.hardwareProgramId === programId) return "hardware";
  // Without ids by mode there is one program only, and the mode is its own.
  if (xdp.programId === programId && xdp.mode !== "multiple") return xdp.mode;
  return "none";
}
