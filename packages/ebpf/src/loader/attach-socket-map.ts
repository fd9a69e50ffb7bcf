/**
 * Attaches sk_skb and sk_msg programs to a socket map.
 *
 * Links for this came with Linux 6.10. Before, an attachment belongs to the map and stays until it is taken off or the map
 * goes, which is what happens here on such kernels. Either way the same things can be done with it.
 */
import {
  type AttachType,
  type FileDescriptor,
  isSystemError,
  type LinkTarget,
  linkCreate,
  programAttach,
  programDetach,
} from "@weir/linux";
import { explainAttachFailure } from "./explain-failure.ts";
import { type Attachable, Link } from "./link.ts";
import { LoaderError } from "./loader-error.ts";
import { Undo } from "./undo.ts";

export interface SocketMapAttachment extends Disposable {
  /** Puts another program in the place of the present one: data sees the one or the other. */
  replace(program: Attachable): void;
  /** Takes the program off the map. */
  detach(): void;
  /** Lets go. A link detaches with that, unless it is held elsewhere; an attachment without a link is detached. */
  close(): void;
}

type SocketMapHook = Extract<LinkTarget, { kind: "sockmap" }>["type"];

/**
 * @param attachType what the program was loaded as
 * @throws LoaderError "spec-invalid" for a program that is not for socket maps; "hook-taken", "capability-missing"
 */
export function attachToSocketMap(
  program: Attachable,
  attachType: AttachType | undefined,
  map: Attachable,
): SocketMapAttachment {
  if (!isHook(attachType)) {
    throw new LoaderError({
      code: "spec-invalid",
      what: `Cannot attach the program ${program.name} to the socket map ${map.name}`,
      why: `it was loaded as ${attachType ?? "a program of no such kind"}`,
      fix: "Load a program with the context SkSkbParser, SkSkbVerdict or SkMsg.",
    });
  }
  try {
    return new Link(linkCreate(program.fd, { kind: "sockmap", map: map.fd, type: attachType }));
  } catch (error) {
    if (!isSystemError(error, "EINVAL"))
      throw explainAttachFailure(error, { ifindex: null, feature: { kind: "socket map link" } });
  }
  return attachWithoutLink(program, attachType, map);
}

/** The way of kernels before 6.10. */
export function attachWithoutLink(
  program: Attachable,
  attachType: SocketMapHook,
  map: Attachable,
): SocketMapAttachment {
  return Undo.run((undo) => {
    const ownProgram = undo.closing(program.fd.duplicate());
    const ownMap = undo.closing(map.fd.duplicate());
    try {
      programAttach(ownProgram, ownMap, attachType);
    } catch (error) {
      throw explainAttachFailure(error, { ifindex: null, feature: { kind: "socket map link" } });
    }
    return new PlainAttachment(ownProgram, ownMap, attachType);
  });
}

function isHook(attachType: AttachType | undefined): attachType is SocketMapHook {
  return (
    attachType === "sk_skb_stream_parser" ||
    attachType === "sk_skb_stream_verdict" ||
    attachType === "sk_skb_verdict" ||
    attachType === "sk_msg_verdict"
  );
}

/** An attachment without a link. Detaching names program and map, so it holds both. */
class PlainAttachment implements SocketMapAttachment {
  #program: FileDescriptor;
  readonly #map: FileDescriptor;
  readonly #type: SocketMapHook;

  constructor(program: FileDescriptor, map: FileDescriptor, type: SocketMapHook) {
    this.#program = program;
    this.#map = map;
    this.#type = type;
  }

  replace(program: Attachable): void {
    const next = program.fd.duplicate();
    try {
      programAttach(next, this.#map, this.#type);
    } catch (error) {
      next.close();
      throw error;
    }
    this.#program.close();
    this.#program = next;
  }

  detach(): void {
    if (!this.#map.isOpen) return;
    programDetach(this.#program, this.#map, this.#type);
    this.#program.close();
    this.#map.close();
  }

  close(): void {
    this.detach();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
