/**
 * The TCP state machine of IPVS: the next state by direction, event and present state.
 *
 * IPVS watches connections from the middle and often sees only one of their directions, so this is not RFC 9293's machine. The tables are
 * those of the kernel's ip_vs_proto_tcp.c, found again by experiment; the second is in force while `secure_tcp` is active.
 */
import { table, u8 } from "@weir/ebpf";

// State 0 is NONE: a connection that no packet has moved yet.
const ES = 1; // ESTABLISHED
const SS = 2; // SYN_SENT
const SR = 3; // SYN_RECV
const FW = 4; // FIN_WAIT
const TW = 5; // TIME_WAIT
const CL = 6; // CLOSE
const CW = 7; // CLOSE_WAIT
const LA = 8; // LAST_ACK
const LI = 9; // LISTEN
const SA = 10; // SYNACK

export const TCP_STATES = 11;
export const TCP_ESTABLISHED = ES;
export const TCP_SYN_SENT = SS;
export const TCP_SYN_RECV = SR;
export const TCP_SYNACK = SA;
export const TCP_FIN_WAIT = FW;
export const TCP_TIME_WAIT = TW;
export const TCP_CLOSE = CL;

// biome-ignore format: a table is read by its columns
export const TCP_NORMAL = table(u8, [
  // NO ES  SS  SR  FW  TW  CL  CW  LA  LI  SA
  SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR, // INPUT syn
  CL, CW, SS, TW, TW, TW, CL, CW, LA, LI, TW, // INPUT fin
  ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES, // INPUT ack
  CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, SR, // INPUT rst
  SS, ES, SS, SR, SS, SS, SS, SS, SS, LI, SR, // OUTPUT syn
  TW, FW, SS, TW, FW, TW, CL, TW, LA, LI, TW, // OUTPUT fin
  ES, ES, SS, ES, FW, TW, CL, CW, LA, ES, ES, // OUTPUT ack
  CL, CL, SS, CL, CL, TW, CL, CL, CL, CL, CL, // OUTPUT rst
  SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR, // IN-ONLY syn
  CL, FW, SS, TW, FW, TW, CL, CW, LA, LI, TW, // IN-ONLY fin
  ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES, // IN-ONLY ack
  CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, CL, // IN-ONLY rst
]);

// biome-ignore format: a table is read by its columns
export const TCP_SECURE = table(u8, [
  // NO ES  SS  SR  FW  TW  CL  CW  LA  LI  SA
  SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SA, // INPUT syn
  CL, CW, SS, TW, TW, TW, CL, CW, LA, LI, SA, // INPUT fin
  ES, ES, SS, SR, FW, TW, CL, CW, CL, LI, SA, // INPUT ack
  CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, CL, // INPUT rst
  SS, ES, SS, SA, SS, SS, SS, SS, SS, LI, SA, // OUTPUT syn
  TW, FW, SS, TW, FW, TW, CL, TW, LA, LI, TW, // OUTPUT fin
  ES, ES, SS, ES, FW, TW, CL, CW, LA, ES, ES, // OUTPUT ack
  CL, CL, SS, CL, CL, TW, CL, CL, CL, CL, CL, // OUTPUT rst
  SA, ES, ES, SR, SA, SA, SA, SA, SA, SA, SA, // IN-ONLY syn
  CL, FW, SS, TW, FW, TW, CL, CW, LA, LI, TW, // IN-ONLY fin
  ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES, // IN-ONLY ack
  CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, CL, // IN-ONLY rst
]);

/** Seconds that a connection stays in a state without a packet. */
// biome-ignore format: a table is read by its columns
export const TCP_TIMEOUTS = table(u8, [
  // NO ES  SS  SR  FW  TW  CL  CW  LA  LI  SA; ESTABLISHED's 900 is a setting and stands elsewhere
  2, 0, 120, 60, 120, 120, 10, 60, 30, 120, 120,
]);
