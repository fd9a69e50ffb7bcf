/**
 * The SCTP state machine of IPVS: the next state by direction, event and present state, as the kernel's ip_vs_proto_sctp.c has it.
 */
import { table, u8 } from "@weir/ebpf";

// State 0 is NONE: a connection that no packet has moved yet.
const I1 = 1; // INIT1
const IN = 2; // INIT
const CS = 3; // COOKIE_SENT
const CR = 4; // COOKIE_REPLIED
const CW = 5; // COOKIE_WAIT
const CO = 6; // COOKIE
const CE = 7; // COOKIE_ECHOED
const ES = 8; // ESTABLISHED
const SS = 9; // SHUTDOWN_SENT
const SR = 10; // SHUTDOWN_RECEIVED
const SA = 11; // SHUTDOWN_ACK_SENT
const RJ = 12; // REJECTED
const CL = 13; // CLOSED

export const SCTP_STATES = 14;
export const SCTP_EVENTS = 10;
export const SCTP_ESTABLISHED = ES;
export const SCTP_CLOSED = CL;

/** Rows in the order of the events in `sctp.ts`. */
// biome-ignore format: a table is read by its columns
export const SCTP_TRANSITIONS = table(u8, [
  // NO  I1  IN  CS  CR  CW  CO  CE  ES  SS  SR  SA  RJ  CL
  ES, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL, // INPUT d
  I1, IN, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, IN, IN, // INPUT i
  CW, CW, CW, CS, CR, CO, CO, CE, ES, SS, SR, SA, RJ, CL, // INPUT ia
  CR, IN, IN, CR, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL, // INPUT ce
  ES, I1, IN, CS, CR, CW, CO, ES, ES, SS, SR, SA, RJ, CL, // INPUT ca
  SR, I1, IN, CS, CR, CW, CO, CE, SR, SS, SR, SA, RJ, CL, // INPUT s
  CL, IN, IN, CS, CR, CW, CO, CE, ES, CL, SR, CL, RJ, CL, // INPUT sa
  CL, CL, CL, CS, CR, CW, CO, CE, ES, SS, SR, CL, RJ, CL, // INPUT sc
  CL, I1, IN, CS, CR, CW, CO, CL, ES, SS, SR, SA, RJ, CL, // INPUT er
  CL, CL, CL, CL, CL, RJ, CL, CL, CL, CL, CL, CL, CL, CL, // INPUT ab
  ES, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL, // OUTPUT d
  CW, CW, CW, CW, CW, CW, CW, CW, ES, CW, CW, CW, CW, CW, // OUTPUT i
  CS, CS, CS, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL, // OUTPUT ia
  CE, CE, CE, CE, CE, CE, CE, CE, ES, SS, SR, SA, RJ, CL, // OUTPUT ce
  ES, ES, ES, ES, ES, ES, ES, ES, ES, SS, SR, SA, RJ, CL, // OUTPUT ca
  SS, SS, SS, SS, SS, SS, SS, SS, SS, SS, SR, SA, RJ, CL, // OUTPUT s
  SA, SA, SA, SA, SA, CW, CO, CE, ES, SA, SA, SA, RJ, CL, // OUTPUT sa
  CL, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL, // OUTPUT sc
  CL, CL, CL, CL, CL, CW, CO, CE, ES, SS, SR, SA, RJ, CL, // OUTPUT er
  CL, RJ, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, // OUTPUT ab
  ES, I1, IN, CS, CR, ES, CO, CE, ES, SS, SR, SA, RJ, CL, // IN-ONLY d
  I1, IN, IN, IN, IN, IN, CO, CE, ES, SS, SR, SA, IN, IN, // IN-ONLY i
  CE, CE, CE, CE, CE, CE, CO, CE, ES, SS, SR, SA, RJ, CL, // IN-ONLY ia
  ES, ES, ES, ES, ES, ES, CO, CE, ES, SS, SR, SA, RJ, CL, // IN-ONLY ce
  ES, I1, IN, ES, ES, CW, ES, ES, ES, SS, SR, SA, RJ, CL, // IN-ONLY ca
  SR, I1, IN, CS, CR, CW, CO, CE, SR, SS, SR, SA, RJ, CL, // IN-ONLY s
  CL, IN, IN, CS, CR, CW, CO, CE, CL, CL, SR, CL, RJ, CL, // IN-ONLY sa
  CL, CL, CL, CL, CL, CW, CO, CE, ES, SS, CL, CL, RJ, CL, // IN-ONLY sc
  CL, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL, // IN-ONLY er
  CL, CL, CL, CL, CL, RJ, CL, CL, CL, CL, CL, CL, CL, CL, // IN-ONLY ab
]);

/** Seconds that a connection stays in a state without a packet; ESTABLISHED's 900 stands elsewhere. */
// biome-ignore format: a table is read by its columns
export const SCTP_TIMEOUTS = table(u8, [
  // NO  I1  IN  CS  CR  CW  CO  CE  ES  SS  SR  SA  RJ  CL
  2, 4, 61, 61, 61, 61, 61, 61, 0, 61, 61, 61, 4, 61,
]);
