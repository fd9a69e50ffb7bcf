/**
 * What an administrator may change while the director runs, without another program: `ipvsadm --set` and the sysctls.
 */
import { array, cell, raw32, struct, u32 } from "@weir/ebpf";

export const Settings = struct({
  size: 32,
  fields: {
    /** Ticks that an idle connection is kept: TCP in ESTABLISHED (and SCTP), TCP in FIN_WAIT, UDP. */
    tcpTimeout: u32,
    tcpFinTimeout: u32,
    udpTimeout: u32,
    /** The outer source address of tunnels; 0 lets the route choose it, which Linux can since 6.7. */
    tunnelSource: raw32,
    tunnelSource6: array(raw32, 4),
  },
});

export const settings = cell("settings", Settings);
