/**
 * What an administrator may change while the director runs, without another program: `ipvsadm --set` and the sysctls.
 */
import { cell, struct, u32 } from "@weir/ebpf";

export const Settings = struct({
  size: 16,
  fields: {
    /** Ticks that an idle connection is kept: TCP in ESTABLISHED (and SCTP), TCP in FIN_WAIT, UDP. */
    tcpTimeout: u32,
    tcpFinTimeout: u32,
    udpTimeout: u32,
    reserved: u32,
  },
});

export const settings = cell("settings", Settings);
