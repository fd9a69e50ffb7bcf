/**
 * Network interfaces (links, in rtnetlink's words): listed, changed and removed. See interface-create.ts for making them.
 */
import type { FileDescriptor } from "../file-descriptor.ts";
import { hardwareBytes } from "../hardware-address.ts";
import { PayloadWriter } from "./attribute.ts";
import { decodeInterface, type NetworkInterface } from "./interface-message.ts";
import { decodeAll, decodeOne } from "./route-answer.ts";
import {
  IFF_ALLMULTI,
  IFF_NOARP,
  IFF_PROMISC,
  IFF_UP,
  IFLA_ADDRESS,
  IFLA_IFNAME,
  IFLA_MASTER,
  IFLA_MTU,
  IFLA_NET_NS_FD,
  IFLA_XDP,
  IFLA_XDP_EXPECTED_FD,
  IFLA_XDP_FD,
  IFLA_XDP_FLAGS,
  RTM_DELLINK,
  RTM_GETLINK,
  RTM_SETLINK,
} from "./route-numbers.ts";
import type { RouteSocket } from "./route-socket.ts";

/** All interfaces of the namespace. */
export function interfaceList(socket: RouteSocket): NetworkInterface[] {
  const request = { operation: "RTM_GETLINK", what: "Cannot list the interfaces" };
  const messages = socket.dump({ ...request, type: RTM_GETLINK, payload: interfaceHeader(0).bytes });
  return decodeAll(messages, decodeInterface, request);
}

/** One interface, by its index or its name; undefined when the namespace has none such. */
export function interfaceGet(socket: RouteSocket, which: number | string): NetworkInterface | undefined {
  const payload = interfaceHeader(typeof which === "number" ? which : 0);
  if (typeof which === "string") payload.stringAttribute(IFLA_IFNAME, checkedName(which));
  const request = { operation: "RTM_GETLINK", what: `Cannot look up interface ${which}` };
  return decodeOne(socket.get({ ...request, type: RTM_GETLINK, payload: payload.bytes }), decodeInterface, request);
}

/** What may change about an interface; what is left out stays. */
export interface InterfaceChange {
  readonly isUp?: boolean;
  readonly name?: string;
  /** Bytes. */
  readonly mtu?: number;
  readonly hardwareAddress?: string;
  /** The index of a bridge (or VRF) to join; null leaves the present one. */
  readonly master?: number | null;
  /** Moves the interface into another network namespace, where it gets a new index and is down. */
  readonly namespace?: FileDescriptor;
  readonly answersArp?: boolean;
  readonly isPromiscuous?: boolean;
  readonly receivesAllMulticast?: boolean;
}

/** Changes an interface. Throws a SystemError; ENODEV when it is gone, EBUSY for some changes while it is up. */
export function interfaceSet(socket: RouteSocket, ifindex: number, change: InterfaceChange): void {
  const [flags, mask] = flagsOf(change);
  const payload = interfaceHeader(ifindex, flags, mask);
  if (change.name !== undefined) payload.stringAttribute(IFLA_IFNAME, checkedName(change.name));
  if (change.mtu !== undefined) payload.u32Attribute(IFLA_MTU, change.mtu);
  if (change.hardwareAddress !== undefined) {
    payload.attribute(IFLA_ADDRESS, hardwareBytes(change.hardwareAddress));
  }
  if (change.master !== undefined) payload.u32Attribute(IFLA_MASTER, change.master ?? 0);
  if (change.namespace !== undefined) payload.u32Attribute(IFLA_NET_NS_FD, change.namespace.number);
  const { namespace, ...values } = change;
  const told = { ...values, ...(namespace !== undefined && { namespace: namespace.label }) };
  socket.change({
    operation: "RTM_SETLINK",
    what: `Cannot change interface ${ifindex} to ${JSON.stringify(told)}`,
    type: RTM_SETLINK,
    payload: payload.bytes,
  });
}

/** Removes a virtual interface; the other end of a veth goes with it. False when it is gone already. */
export function interfaceDelete(socket: RouteSocket, ifindex: number): boolean {
  return socket.remove({
    operation: "RTM_DELLINK",
    what: `Cannot remove interface ${ifindex}`,
    type: RTM_DELLINK,
    payload: interfaceHeader(ifindex).bytes,
  });
}

/** How a program is to be attached to XDP without a link object. */
export interface XdpChange {
  /** null detaches. */
  readonly program: FileDescriptor | null;
  readonly mode?: "any" | "native" | "generic" | "hardware";
  /** The program that must be there now; null for none. Left out: whichever is there is replaced. */
  readonly expected?: FileDescriptor | null;
}

/**
 * Attaches to XDP in the way of kernels before 5.9, which have no BPF links for it: the program stays until it is
 * detached or the interface goes, even when this process has ended. `linkCreate` of bpf(2) is the better way elsewhere.
 */
export function interfaceSetXdp(socket: RouteSocket, ifindex: number, change: XdpChange): void {
  const { program, mode = "any", expected } = change;
  let flags = { any: 0, generic: 1 << 1, native: 1 << 2, hardware: 1 << 3 }[mode];
  if (expected === null) flags |= XDP_FLAGS_UPDATE_IF_NOEXIST;
  if (expected) flags |= XDP_FLAGS_REPLACE;
  const payload = interfaceHeader(ifindex).nested(IFLA_XDP, (xdp) => {
    xdp.u32Attribute(IFLA_XDP_FD, program?.number ?? 0xffff_ffff).u32Attribute(IFLA_XDP_FLAGS, flags);
    if (expected) xdp.u32Attribute(IFLA_XDP_EXPECTED_FD, expected.number);
  });
  socket.change({
    operation: "RTM_SETLINK(IFLA_XDP)",
    what: program
      ? `Cannot attach the ${program.label} to interface ${ifindex} (XDP, mode ${mode})`
      : `Cannot detach XDP from interface ${ifindex} (mode ${mode})`,
    type: RTM_SETLINK,
    payload: payload.bytes,
  });
}

/** struct ifinfomsg. `mask` says which of the flags are meant. */
export function interfaceHeader(ifindex: number, flags = 0, mask = 0): PayloadWriter {
  return new PayloadWriter().u32(0).u32(ifindex).u32(flags).u32(mask);
}

/** Throws a TypeError on a name that no interface can have. */
export function checkedName(name: string): string {
  if (!/^[^\s/:]{1,15}$/.test(name) || name === "." || name === "..") {
    throw new TypeError(
      `Cannot use ${JSON.stringify(name)} as the name of an interface: names have 1 to 15 characters, without white ` +
        'space, "/" and ":". Choose a shorter or simpler one.',
    );
  }
  return name;
}

const XDP_FLAGS_UPDATE_IF_NOEXIST = 1 << 0;
const XDP_FLAGS_REPLACE = 1 << 4;

function flagsOf(change: InterfaceChange): readonly [flags: number, mask: number] {
  let flags = 0;
  let mask = 0;
  const set = (flag: number, isOn: boolean | undefined) => {
    if (isOn === undefined) return;
    mask |= flag;
    if (isOn) flags |= flag;
  };
  set(IFF_UP, change.isUp);
  set(IFF_NOARP, change.answersArp === undefined ? undefined : !change.answersArp);
  set(IFF_PROMISC, change.isPromiscuous);
  set(IFF_ALLMULTI, change.receivesAllMulticast);
  return [flags, mask];
}
