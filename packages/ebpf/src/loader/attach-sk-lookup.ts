/**
 * Attaches a program to the choice of listening sockets in a network namespace.
 */
import { linkCreate, type NetworkNamespace } from "@weir/linux";
import { explainAttachFailure } from "./explain-failure.ts";
import { type Attachable, Link } from "./link.ts";

/**
 * Attaches; the link holds the program there (Linux 5.9). Several programs of one namespace run in order of attachment.
 *
 * @throws LoaderError "kernel-too-old", "capability-missing"
 */
export function attachSkLookup(program: Attachable, namespace: NetworkNamespace): Link {
  try {
    return new Link(linkCreate(program.fd, { kind: "netns", namespace: namespace.fd, type: "sk_lookup" }), namespace);
  } catch (error) {
    throw explainAttachFailure(error, { ifindex: null, feature: { kind: "program", program: "SkLookup" } });
  }
}
