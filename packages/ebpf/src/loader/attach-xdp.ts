/**
 * Attaches a program to XDP on an interface.
 */
import { type FileDescriptor, linkCreate, type NetworkNamespace } from "@weir/linux";
import { explainAttachFailure } from "./explain-failure.ts";
import { type Attachable, Link } from "./link.ts";
import { isLoaderError } from "./loader-error.ts";

export interface XdpOptions {
  /** "auto" takes native where the driver has it, and generic elsewhere; `link.mode` tells which. Default "auto". */
  readonly mode?: "native" | "generic" | "auto";
  /** Where the interface is, when not in the namespace this process is in. */
  readonly namespace?: NetworkNamespace;
}

/**
 * Attaches; the link holds the program there (Linux 5.9).
 *
 * @throws LoaderError "interface-vanished", "native-xdp-unsupported", "hook-taken", "kernel-too-old", "capability-missing"
 */
export function attachXdp(program: Attachable, ifindex: number, options: XdpOptions = {}): Link {
  const { mode = "auto", namespace } = options;
  const attach = (as: "native" | "generic"): Link => {
    const create = (): FileDescriptor => linkCreate(program.fd, { kind: "xdp", ifindex, mode: as });
    try {
      return new Link(namespace === undefined ? create() : namespace.enter(create), namespace);
    } catch (error) {
      throw explainAttachFailure(error, { ifindex, namespace, feature: { kind: "XDP link" } });
    }
  };
  if (mode !== "auto") return attach(mode);
  try {
    return attach("native");
  } catch (error) {
    if (isLoaderError(error, "native-xdp-unsupported")) return attach("generic");
    throw error;
  }
}
