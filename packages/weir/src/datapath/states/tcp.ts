/**
 * TCP at the director: which event a segment is, and what it does to the connection.
 */
import type { Ref, u8, u32 } from "@weir/ebpf";
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../wire/tcp.ts";
import { secondsToTicks } from "../clock.ts";
import { features } from "../features.ts";
import type { Settings } from "../settings.ts";
import {
  TCP_CLOSE,
  TCP_ESTABLISHED,
  TCP_FIN_WAIT,
  TCP_NORMAL,
  TCP_SECURE,
  TCP_STATES,
  TCP_SYN_RECV,
  TCP_SYN_SENT,
  TCP_SYNACK,
  TCP_TIMEOUTS,
} from "./tcp-transitions.ts";

const EVENTS = 4;
const SYN = 0;
const FIN = 1;
const ACK = 2;
const RST = 3;

/** The state after a segment. `perspective` is one of those in `track.ts`. */
export function nextTcpState(state: u8, perspective: u8, flags: u8): u8 {
  let event: u8 = ACK;
  if ((flags & TCP_RST) !== 0) event = RST;
  else if ((flags & TCP_SYN) !== 0) event = SYN;
  else if ((flags & TCP_FIN) !== 0) event = FIN;
  else if ((flags & TCP_ACK) === 0) return TCP_CLOSE;
  const place = (perspective * EVENTS + event) * TCP_STATES + Math.min(state, TCP_STATES - 1);
  return features.secureTcp ? TCP_SECURE.at(place) : TCP_NORMAL.at(place);
}

/** Ticks until a connection in this state is forgotten. */
export function tcpTimeout(state: u8, settings: Ref<typeof Settings>): u32 {
  if (state === TCP_ESTABLISHED) return settings.tcpTimeout;
  if (state === TCP_FIN_WAIT) return settings.tcpFinTimeout;
  return secondsToTicks(TCP_TIMEOUTS.at(Math.min(state, TCP_STATES - 1)));
}

/** True for the states that count as active: ESTABLISHED and those on the way there. */
export function isTcpActive(state: u8): boolean {
  return state === TCP_ESTABLISHED || state === TCP_SYN_SENT || state === TCP_SYN_RECV || state === TCP_SYNACK;
}
