/**
 * Links: attachments of programs that live as long as a descriptor or a pin refers to them.
 */
import { FileDescriptor } from "../file-descriptor.ts";
import { interfaceExists } from "../syscall/interface-exists.ts";
import { type FailureContext, unwrap } from "../system-error.ts";
import { type Attributes, freshAttributes } from "./attributes.ts";
import { type AttachType, attachTypes } from "./kinds.ts";

/** Where a link attaches a program. */
export type LinkTarget =
  | {
      readonly kind: "xdp";
      readonly ifindex: number;
      /** "native" needs the driver; "generic" works anywhere; "any" takes native where there is one. Default "any". */
      readonly mode?: "any" | "native" | "generic" | "hardware";
    }
  | {
      /** Linux 6.6. */
      readonly kind: "tcx";
      readonly ifindex: number;
      readonly direction: "ingress" | "egress";
      readonly position?: TcxPosition;
    }
  | { readonly kind: "netns"; readonly namespace: FileDescriptor; readonly type: "sk_lookup" | "flow_dissector" }
  | { readonly kind: "cgroup"; readonly cgroup: FileDescriptor; readonly type: AttachType }
  | {
      /** Linux 6.10; before that, programAttach. */
      readonly kind: "sockmap";
      readonly map: FileDescriptor;
      readonly type: "sk_skb_stream_parser" | "sk_skb_stream_verdict" | "sk_skb_verdict" | "sk_msg_verdict";
    };

/** Where among the programs of a hook; by default after all. `id` of a program or of a link. */
export type TcxPosition =
  | { readonly place: "first" | "last" }
  | { readonly place: "before" | "after"; readonly program: FileDescriptor | number }
  | { readonly place: "before" | "after"; readonly link: FileDescriptor | number };

/** Attaches a program. It is detached when the last descriptor and pin of the link are gone. */
export function linkCreate(program: FileDescriptor, target: LinkTarget): FileDescriptor {
  const attributes = freshAttributes().u32(0, program.number);
  describe(attributes, target);
  const place = placeOf(target);
  const fd = unwrap(attributes.call("BPF_LINK_CREATE"), () => ({
    operation: "bpf(BPF_LINK_CREATE)",
    what: `Cannot attach the ${program.label} to ${place}`,
    ...explanation(target),
  }));
  return new FileDescriptor(fd, `link of ${program.label} to ${place}`);
}

/**
 * Puts another program in the place of a link's, without a moment between them.
 *
 * @param expected the program that must be there now; throws EPERM when another one is
 */
export function linkUpdate(link: FileDescriptor, program: FileDescriptor, expected?: FileDescriptor): void {
  const attributes = freshAttributes().u32(0, link.number).u32(4, program.number);
  if (expected !== undefined) attributes.u32(8, BPF_F_REPLACE).u32(12, expected.number);
  unwrap(attributes.call("BPF_LINK_UPDATE"), () => ({
    operation: "bpf(BPF_LINK_UPDATE)",
    what: `Cannot put the ${program.label} into the ${link.label}`,
    ...(expected !== undefined && {
      fix: `Check that the link still runs the ${expected.label}; somebody else may have replaced it.`,
    }),
  }));
}

/** Detaches by force, whoever still holds the link. */
export function linkDetach(link: FileDescriptor): void {
  unwrap(
    freshAttributes().u32(0, link.number).call("BPF_LINK_DETACH"),
    (): FailureContext => ({
      operation: "bpf(BPF_LINK_DETACH)",
      what: `Cannot detach the ${link.label}`,
    }),
  );
}

const BPF_F_REPLACE = 1 << 2;
const BPF_F_BEFORE = 1 << 3;
const BPF_F_AFTER = 1 << 4;
const BPF_F_ID = 1 << 5;
/** BPF_F_LINK: the relative object is a link rather than a program. */
const BPF_F_LINK = 1 << 13;

/** XDP_FLAGS_SKB_MODE, XDP_FLAGS_DRV_MODE, XDP_FLAGS_HW_MODE. */
const xdpModes = { any: 0, generic: 1 << 1, native: 1 << 2, hardware: 1 << 3 } as const;

function describe(attributes: Attributes, target: LinkTarget): void {
  switch (target.kind) {
    case "xdp":
      attributes
        .u32(4, target.ifindex)
        .u32(8, attachTypes.xdp)
        .u32(12, xdpModes[target.mode ?? "any"]);
      return;
    case "tcx": {
      attributes.u32(4, target.ifindex).u32(8, attachTypes[`tcx_${target.direction}`]);
      position(attributes, target.position ?? { place: "last" });
      return;
    }
    case "netns":
      attributes.u32(4, target.namespace.number).u32(8, attachTypes[target.type]);
      return;
    case "cgroup":
      attributes.u32(4, target.cgroup.number).u32(8, attachTypes[target.type]);
      return;
    case "sockmap":
      attributes.u32(4, target.map.number).u32(8, attachTypes[target.type]);
      return;
  }
}

function position(attributes: Attributes, position: TcxPosition): void {
  if (!("program" in position) && !("link" in position)) {
    // BEFORE and AFTER without a relative object mean the ends of the list.
    attributes.u32(12, position.place === "first" ? BPF_F_BEFORE : BPF_F_AFTER);
    return;
  }
  const isLink = "link" in position;
  const relative = isLink ? position.link : position.program;
  const isId = typeof relative === "number";
  const side = position.place === "before" ? BPF_F_BEFORE : BPF_F_AFTER;
  attributes
    .u32(12, side | (isLink ? BPF_F_LINK : 0) | (isId ? BPF_F_ID : 0))
    .u32(16, isId ? relative : relative.number);
}

/** For XDP the kernel says EINVAL when the interface is missing, which it says for many other reasons too. */
function explanation(target: LinkTarget): { why?: string; fix?: string } {
  if (target.kind !== "xdp" && target.kind !== "tcx") return {};
  if (interfaceExists(target.ifindex)) return {};
  return {
    why: `the network namespace of this thread has no interface ${target.ifindex}`,
    fix: "Look the interface up again: it may have vanished, or live in another network namespace.",
  };
}

function placeOf(target: LinkTarget): string {
  switch (target.kind) {
    case "xdp":
      return `interface ${target.ifindex} (XDP, mode ${target.mode ?? "any"})`;
    case "tcx":
      return `interface ${target.ifindex} (tcx ${target.direction})`;
    case "netns":
      return `the ${target.namespace.label} (${target.type})`;
    case "cgroup":
      return `the ${target.cgroup.label} (${target.type})`;
    case "sockmap":
      return `the ${target.map.label} (${target.type})`;
  }
}
