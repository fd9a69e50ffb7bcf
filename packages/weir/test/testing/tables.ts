/**
 * The director's tables as fixtures see them, whichever world they lie in.
 */
import ipaddr from "ipaddr.js";
import { CONNECTION_IN_USE } from "../../src/datapath/connections/connection.ts";
import {
  OUTCOME_ERROR_LOST,
  OUTCOME_FORWARDED,
  OUTCOME_LEFT_TO_HOST,
  OUTCOME_LOCAL,
  OUTCOME_MALFORMED,
  OUTCOME_NO_CONNECTION,
  OUTCOME_NO_HEADROOM,
  OUTCOME_NO_NEIGHBOUR,
  OUTCOME_NO_REAL_SERVER,
  OUTCOME_NO_ROUTE,
  OUTCOME_NOT_BUILT,
  OUTCOME_NOT_OURS,
  OUTCOME_RECEIVED,
  OUTCOME_REPLY_REFUSED,
  OUTCOME_TABLE_FULL,
  OUTCOME_TOO_BIG,
  OUTCOME_TTL_EXCEEDED,
  OUTCOME_UNREACHABLE,
} from "../../src/datapath/outcomes.ts";

/** Counters by name. Every outcome is listed, so that one without a name breaks the accounting identity. */
export const OUTCOME_NAMES = {
  received: OUTCOME_RECEIVED,
  forwarded: OUTCOME_FORWARDED,
  notOurs: OUTCOME_NOT_OURS,
  noConnection: OUTCOME_NO_CONNECTION,
  local: OUTCOME_LOCAL,
  leftToHost: OUTCOME_LEFT_TO_HOST,
  replyRefused: OUTCOME_REPLY_REFUSED,
  ttlExceeded: OUTCOME_TTL_EXCEEDED,
  tooBig: OUTCOME_TOO_BIG,
  noRealServer: OUTCOME_NO_REAL_SERVER,
  unreachable: OUTCOME_UNREACHABLE,
  malformed: OUTCOME_MALFORMED,
  tableFull: OUTCOME_TABLE_FULL,
  noNeighbour: OUTCOME_NO_NEIGHBOUR,
  noRoute: OUTCOME_NO_ROUTE,
  noHeadroom: OUTCOME_NO_HEADROOM,
  notBuilt: OUTCOME_NOT_BUILT,
  errorLost: OUTCOME_ERROR_LOST,
} as const;

export type OutcomeName = keyof typeof OUTCOME_NAMES;
export type Outcomes = Partial<Record<OutcomeName, number>>;

/** One real server's counters. */
export interface Traffic {
  readonly connections: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** A connection without what differs from run to run: times and places in the index. */
export interface ConnectionRow {
  readonly client: string;
  readonly virtual: string;
  readonly server: string;
  readonly method: number;
  readonly state: number;
  readonly flags: number;
  readonly timeout: number;
  readonly isActive: number;
}

export interface Snapshot {
  /** Those that are not 0. */
  readonly outcomes: Outcomes;
  readonly connections: readonly ConnectionRow[];
  /** By number of the real server. */
  readonly traffic: readonly Traffic[];
  readonly load: readonly { readonly active: number; readonly total: number }[];
}

/** Real servers a fixture may have. */
export const MAX_SERVERS = 8;
/** Connections that a fixture may make. */
export const MAX_CONNECTIONS = 64;

/** What a table entry has that fixtures look at. */
interface ConnectionEntry {
  readonly client: Words;
  readonly virtual: Words;
  readonly server: Words;
  readonly clientPort: number;
  readonly virtualPort: number;
  readonly serverPort: number;
  readonly method: number;
  readonly state: number;
  readonly flags: number;
  readonly timeout: number;
  readonly isActive: number;
}

type Words = readonly number[] | { get(index: number): number };

/** Undefined for an entry that is not in use. */
export function rowOf(entry: ConnectionEntry | null | undefined): ConnectionRow | undefined {
  if (entry === null || entry === undefined || (entry.flags & CONNECTION_IN_USE) === 0) return undefined;
  const { method, state, flags, timeout, isActive } = entry;
  return {
    client: endpoint(entry.client, entry.clientPort),
    virtual: endpoint(entry.virtual, entry.virtualPort),
    server: endpoint(entry.server, entry.serverPort),
    ...{ method, state, flags, timeout, isActive },
  };
}

/** "10.0.0.1:80" for addresses that fit into one word. */
function endpoint(words: Words, port: number): string {
  const word = (index: number) => ("get" in words ? words.get(index) : (words[index] ?? 0)) >>> 0;
  const bytes = [0, 1, 2, 3].flatMap((index) => [0, 8, 16, 24].map((shift) => (word(index) >>> shift) & 0xff));
  const isIpv4 = bytes.slice(4).every((byte) => byte === 0);
  const address = ipaddr.fromByteArray(isIpv4 ? bytes.slice(0, 4) : bytes).toString();
  return `${isIpv4 ? address : `[${address}]`}:${((port & 0xff) << 8) | (port >>> 8)}`;
}
