/**
 * The network around a director in a fixture: interfaces, addresses and neighbours; and a routing table for the twin that answers as the
 * kernel's does in a namespace that has been set up so.
 */
import {
  BPF_FIB_LKUP_RET_FRAG_NEEDED,
  BPF_FIB_LKUP_RET_NO_NEIGH,
  BPF_FIB_LKUP_RET_NOT_FWDED,
  BPF_FIB_LKUP_RET_SUCCESS,
  BPF_FIB_LOOKUP_SRC,
  type FibLookup,
  type Ref,
} from "@weir/ebpf";
import type { Environment } from "@weir/ebpf/twin";
import ipaddr from "ipaddr.js";
import { addressWords } from "../../src/wire/address.ts";

export interface FixtureInterface {
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  /** "192.0.2.1/24": the first of each family is the source of what the director sends there. */
  readonly addresses: readonly string[];
  /** Hosts on this link, by address. */
  readonly neighbours: Readonly<Record<string, string>>;
}

export interface FixtureNetwork {
  readonly interfaces: readonly FixtureInterface[];
}

/** Index of the first interface; the loopback is number 1. */
const FIRST_INDEX = 2;

/** Routes to the links alone, as a host has them that knows no gateway. */
export function environmentOf({ interfaces }: FixtureNetwork): Environment {
  return {
    hasDevice: (ifindex) => ifindex > 0 && ifindex < FIRST_INDEX + interfaces.length,
    fibLookup: (way, flags) => {
      const address = destinationOf(way);
      const index = interfaces.findIndex(({ addresses }) => addresses.some((cidr) => covers(cidr, address)));
      const found = interfaces[index];
      if (found === undefined || found.addresses.some((cidr) => cidr.startsWith(`${address}/`))) {
        return BPF_FIB_LKUP_RET_NOT_FWDED;
      }
      if (way.totalLength > found.mtu) {
        way.totalLength = found.mtu;
        return BPF_FIB_LKUP_RET_FRAG_NEEDED;
      }
      if ((flags & BPF_FIB_LOOKUP_SRC) !== 0) setSource(way, found, address);
      way.ifindex = FIRST_INDEX + index;
      const neighbour = found.neighbours[address];
      if (neighbour === undefined) return BPF_FIB_LKUP_RET_NO_NEIGH;
      setMac(way.sourceMac, found.mac);
      setMac(way.destinationMac, neighbour);
      return BPF_FIB_LKUP_RET_SUCCESS;
    },
  };
}

/** The address of an interface that a host sends from. */
export function sourceFor({ addresses }: FixtureInterface, destination: string): string | undefined {
  const isIpv6 = destination.includes(":");
  return addresses.find((cidr) => cidr.includes(":") === isIpv6)?.split("/")[0];
}

function destinationOf(way: Ref<typeof FibLookup>): string {
  const size = way.family === 2 ? 4 : 16;
  const bytes = Array.from(
    { length: size },
    (_, at) => (way.destinationAddress.get(at >> 2) >>> ((at & 3) * 8)) & 0xff,
  );
  return ipaddr.fromByteArray(bytes).toString();
}

function covers(cidr: string, address: string): boolean {
  const [network, prefix] = ipaddr.parseCIDR(cidr);
  const parsed = ipaddr.parse(address);
  return network.kind() === parsed.kind() && parsed.match(network, prefix);
}

function setSource(way: Ref<typeof FibLookup>, found: FixtureInterface, destination: string): void {
  const source = sourceFor(found, destination);
  if (source === undefined) return;
  for (const [index, word] of addressWords(source).words.entries()) way.sourceAddress.set(index, word);
}

function setMac(bytes: { set(index: number, value: number): void }, text: string): void {
  for (const [index, byte] of text.split(":").entries()) bytes.set(index, Number.parseInt(byte, 16));
}
