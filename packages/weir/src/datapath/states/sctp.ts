/**
 * SCTP at the director: which event a packet's first chunk is, and what it does to the connection.
 */
import { type Packet, type Ref, struct, table, u8, u16, type u32 } from "@weir/ebpf";
import { secondsToTicks } from "../clock.ts";
import { features } from "../features.ts";
import type { Settings } from "../settings.ts";
import { SCTP_ESTABLISHED, SCTP_EVENTS, SCTP_STATES, SCTP_TIMEOUTS, SCTP_TRANSITIONS } from "./sctp-transitions.ts";

export const SctpChunk = struct({
  order: "network",
  size: 4,
  source: "RFC 9260 section 3.2",
  fields: { type: u8, flags: u8, length: u16 },
});

const COMMON_HEADER_SIZE = 12;
const INIT = 1;
const ABORT = 6;
const COOKIE_ECHO = 10;
const COOKIE_ACK = 11;
const LAST_KNOWN_CHUNK = 14;

/** Events in the order of the rows of the transitions: d i ia ce ca s sa sc er ab. */
const EVENT_DATA = 0;
const EVENT_ABORT = 9;
/** No complete chunk header: the machine does not run. */
export const EVENT_NONE = 255;

// DATA INIT INIT-ACK SACK HEARTBEAT HEARTBEAT-ACK ABORT SHUTDOWN SHUTDOWN-ACK ERROR COOKIE-ECHO COOKIE-ACK ECNE CWR SHUTDOWN-COMPLETE
const EVENT_OF_CHUNK = table(u8, [0, 1, 2, 0, 0, 0, 9, 5, 6, 8, 3, 4, 0, 0, 7]);

/** The event of a packet whose SCTP header begins at `transport`. */
export function sctpEvent(ctx: Packet, transport: u16): u8 {
  const chunk = ctx.at((transport & 0x1ff) + COMMON_HEADER_SIZE, SctpChunk);
  if (chunk === null) return EVENT_NONE;
  if (chunk.type === COOKIE_ECHO || chunk.type === COOKIE_ACK) {
    // An ABORT may be bundled behind the cookie; chunks are padded to four bytes.
    const next = (transport & 0x1ff) + COMMON_HEADER_SIZE + ((chunk.length + 3) & 0x7ffc);
    const second = ctx.at(next, SctpChunk);
    if (second !== null && second.type === ABORT) return EVENT_ABORT;
  }
  return chunk.type > LAST_KNOWN_CHUNK ? EVENT_DATA : EVENT_OF_CHUNK.at(Math.min(chunk.type, LAST_KNOWN_CHUNK));
}

/** An INIT does; while `sloppy_sctp` is set so does any other chunk but ABORT. */
export function opensAssociation(ctx: Packet, transport: u16): boolean {
  const chunk = ctx.at((transport & 0x1ff) + COMMON_HEADER_SIZE, SctpChunk);
  if (chunk === null || chunk.type === ABORT) return false;
  return features.sloppySctp || chunk.type === INIT;
}

export function nextSctpState(state: u8, perspective: u8, event: u8): u8 {
  const row = perspective * SCTP_EVENTS + Math.min(event, EVENT_ABORT);
  return SCTP_TRANSITIONS.at(row * SCTP_STATES + Math.min(state, SCTP_STATES - 1));
}

export function sctpTimeout(state: u8, settings: Ref<typeof Settings>): u32 {
  if (state === SCTP_ESTABLISHED) return settings.tcpTimeout;
  return secondsToTicks(SCTP_TIMEOUTS.at(Math.min(state, SCTP_STATES - 1)));
}
