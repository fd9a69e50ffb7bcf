/**
 * Outcomes: what becomes of a packet. Each packet has exactly one, so that received = forwarded + passed + dropped, by reason.
 *
 * An outcome decides the verdict by the group it stands in.
 */
import { percpuArray, u64, XDP_DROP, XDP_PASS, XDP_REDIRECT, XDP_TX } from "@weir/ebpf";

export const outcomes = percpuArray("outcomes", { value: u64, maxEntries: 32 });

/** Counted when a packet arrives; no outcome. */
export const OUTCOME_RECEIVED = 0;

/** Sent on by us. */
export const OUTCOME_FORWARDED = 1;

// Passed to the host's own network stack, as it came unless something else is said.
/** Of no virtual service and no connection. */
export const OUTCOME_NOT_OURS = 2;
/** To a virtual service, but it cannot open a connection and there is none: the host answers it. */
export const OUTCOME_NO_CONNECTION = 3;
/** The way leads to this host itself, or nowhere: translated if the connection is masqueraded. */
export const OUTCOME_LOCAL = 4;
/** Translated, and left to the host to forward: it asks for the neighbour, or cuts the packet into fragments. */
export const OUTCOME_LEFT_TO_HOST = 5;
/** A reply whose hop limit has run out, or that is too big for the way to the client: the host tells the real server. */
export const OUTCOME_REPLY_REFUSED = 6;

// Dropped, and the sender is told by ICMP.
export const FIRST_ANSWERED = 8;
export const OUTCOME_TTL_EXCEEDED = 8;
export const OUTCOME_TOO_BIG = 9;
export const OUTCOME_NO_REAL_SERVER = 10;
export const OUTCOME_UNREACHABLE = 11;

// Dropped without a word.
const FIRST_DROPPED = 16;
export const OUTCOME_MALFORMED = 16;
export const OUTCOME_TABLE_FULL = 17;
/** The next hop's link-layer address is not known, and the host could not forward the packet by itself. */
export const OUTCOME_NO_NEIGHBOUR = 18;
/** The kernel's routes refuse it without an answer. */
export const OUTCOME_NO_ROUTE = 19;
/** The driver left no room for the headers to be put in front. */
export const OUTCOME_NO_HEADROOM = 20;

/** An ICMP error that could not be forwarded, for a reason that other packets' senders are told. */
export const OUTCOME_ERROR_LOST = 22;
/** Of a connection whose forwarding method is not compiled in: the director builds the program for every method that is used. */
export const OUTCOME_NOT_BUILT = 21;

export function isAnswered(outcome: number): boolean {
  return outcome >= FIRST_ANSWERED && outcome < FIRST_DROPPED;
}

/** What the program returns. A packet that is forwarded has been told where to go by `redirect`. */
export function verdictOf(outcome: number): number {
  if (outcome === OUTCOME_FORWARDED) return XDP_REDIRECT;
  if (outcome >= FIRST_DROPPED) return XDP_DROP;
  return isAnswered(outcome) ? XDP_TX : XDP_PASS;
}
