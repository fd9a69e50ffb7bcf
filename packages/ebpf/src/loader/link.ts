/**
 * A live link: a program at its hook, for as long as this descriptor, a copy of it or a pin exists.
 */
import {
  type AttachType,
  type FileDescriptor,
  isSystemError,
  type KindOr,
  type LinkInfo,
  type LinkType,
  linkDetach,
  linkInfo,
  linkUpdate,
  type NetworkNamespace,
  objectById,
} from "@weir/linux";
import { explainAttachFailure } from "./explain-failure.ts";
import { LoaderError } from "./loader-error.ts";
import { openExistingPin, pin } from "./pin.ts";
import type { Feature } from "./probe/feature.ts";
import { type XdpMode, xdpModeOf } from "./xdp-mode.ts";

/** What can be put at a hook. */
export interface Attachable {
  readonly fd: FileDescriptor;
  readonly name: string;
}

/** Where a link is attached, as the kernel tells it. */
export interface LinkPlace {
  readonly type: KindOr<LinkType>;
  /** For xdp and tcx; 0 once the interface is gone. */
  readonly ifindex?: number;
  /** For tcx, socket maps and namespaces. */
  readonly attachType?: KindOr<AttachType>;
}

export class Link {
  readonly fd: FileDescriptor;
  /** The namespace whose interface it is on; undefined for the one this process is in. */
  readonly #namespace: NetworkNamespace | undefined;

  /** Takes ownership of the descriptor, not of the namespace. */
  constructor(fd: FileDescriptor, namespace?: NetworkNamespace) {
    this.fd = fd;
    this.#namespace = namespace;
  }

  get id(): number {
    return linkInfo(this.fd).id;
  }

  /** Asks the kernel anew: an interface may have vanished since. */
  get place(): LinkPlace {
    const { type, ifindex, attachType } = linkInfo(this.fd);
    return { type, ...(ifindex !== undefined && { ifindex }), ...(attachType !== undefined && { attachType }) };
  }

  /** Id of the program that runs there now. */
  get programId(): number {
    return linkInfo(this.fd).programId;
  }

  /**
   * How XDP runs there, asked back from the interface itself: in the driver, or behind it ("generic").
   *
   * "none" for a link that is not of XDP, that was detached, or whose interface is gone.
   */
  get mode(): XdpMode {
    const info = linkInfo(this.fd);
    return isXdp(info) ? xdpModeOf(info.ifindex, info.programId, this.#namespace) : "none";
  }

  /**
   * Puts another program in the place of the present one: every packet sees the one or the other.
   *
   * @throws LoaderError "hook-taken" when somebody else replaced the program at the same time, "interface-vanished"
   */
  replace(program: Attachable): void {
    const info = linkInfo(this.fd);
    using expected = objectById("program", info.programId);
    try {
      linkUpdate(this.fd, program.fd, expected);
    } catch (error) {
      throw explainReplaceFailure(error, info, this.#namespace);
    }
  }

  /** Keeps the link, and with it the attachment, alive without this process. See pin.ts for errors. */
  pin(path: string): void {
    pin(this.fd, path);
  }

  /** Takes the program off the hook at once, even when pins and other processes hold the link. */
  detach(): void {
    linkDetach(this.fd);
  }

  /** Lets go of the link: the program is detached unless a pin or another process holds the link too. */
  close(): void {
    this.fd.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Opens a pinned link.
 *
 * @param namespace of the interface, when that is not the one this process is in
 * @throws SystemError ENOENT when nothing is pinned there; see openPin for the rest
 */
export function openLink(path: string, namespace?: NetworkNamespace): Link {
  return new Link(openExistingPin(path, "link"), namespace);
}

function isXdp(info: LinkInfo): info is LinkInfo & { readonly ifindex: number } {
  return info.type === "xdp" && info.ifindex !== undefined;
}

const FEATURE_OF_LINK: { readonly [type: string]: Feature } = {
  xdp: { kind: "XDP link" },
  tcx: { kind: "tcx link" },
};

function explainReplaceFailure(error: unknown, info: LinkInfo, namespace: NetworkNamespace | undefined): unknown {
  if (isSystemError(error, "EPERM")) {
    return new LoaderError({
      ...{ code: "hook-taken", what: error.what, cause: error },
      why: `the link no longer runs program ${info.programId}: somebody else replaced it (EPERM)`,
      fix: "Look who else manages this link, and try again if the replacement is still wanted.",
    });
  }
  const feature = FEATURE_OF_LINK[info.type];
  if (feature === undefined) return error;
  return explainAttachFailure(error, { ifindex: info.ifindex ?? null, namespace, feature });
}
