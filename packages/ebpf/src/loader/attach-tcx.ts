/**
 * Attaches a program to tcx, the ordered list of programs in front of and behind the network stack of an interface.
 */
import { type FileDescriptor, linkCreate, type NetworkNamespace, type TcxPosition } from "@weir/linux";
import { explainAttachFailure } from "./explain-failure.ts";
import { type Attachable, Link } from "./link.ts";

export interface TcxOptions {
  /** Default: after all programs that are there. */
  readonly position?: TcxPosition;
  /** Where the interface is, when not in the namespace this process is in. */
  readonly namespace?: NetworkNamespace;
}

/**
 * Attaches; the link holds the program there (Linux 6.6).
 *
 * @throws LoaderError "interface-vanished", "hook-taken", "kernel-too-old", "capability-missing"
 */
export function attachTcx(
  program: Attachable,
  ifindex: number,
  direction: "ingress" | "egress",
  options: TcxOptions = {},
): Link {
  const { position, namespace } = options;
  const create = (): FileDescriptor =>
    linkCreate(program.fd, { kind: "tcx", ifindex, direction, ...(position !== undefined && { position }) });
  try {
    return new Link(namespace === undefined ? create() : namespace.enter(create), namespace);
  } catch (error) {
    throw explainAttachFailure(error, { ifindex, namespace, feature: { kind: "tcx link" } });
  }
}
