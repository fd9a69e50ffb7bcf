/**
 * Accounting: named outcomes, and the kernel's statistics per service and real server.
 */
import type { u16, u32 } from "@weir/ebpf";
import { outcomes } from "./outcomes.ts";
import { serverCounters, serviceCounters } from "./tables.ts";

/** Adds one to the counter of an outcome. */
export function count(outcome: u32): void {
  const counter = outcomes.lookup(outcome);
  if (counter !== null) counter.value += 1n;
}

export function countConnection(service: u32, realServer: u32): void {
  const ofService = serviceCounters.lookup(service);
  if (ofService !== null) ofService.connections += 1n;
  const ofServer = serverCounters.lookup(realServer);
  if (ofServer !== null) ofServer.connections += 1n;
}

/** @param bytes length of the IP packet */
export function countIn(service: u32, realServer: u32, bytes: u16): void {
  const ofService = serviceCounters.lookup(service);
  if (ofService !== null) {
    ofService.packetsIn += 1n;
    ofService.bytesIn += BigInt(bytes);
  }
  const ofServer = serverCounters.lookup(realServer);
  if (ofServer !== null) {
    ofServer.packetsIn += 1n;
    ofServer.bytesIn += BigInt(bytes);
  }
}

/** @param bytes length of the IP packet */
export function countOut(service: u32, realServer: u32, bytes: u16): void {
  const ofService = serviceCounters.lookup(service);
  if (ofService !== null) {
    ofService.packetsOut += 1n;
    ofService.bytesOut += BigInt(bytes);
  }
  const ofServer = serverCounters.lookup(realServer);
  if (ofServer !== null) {
    ofServer.packetsOut += 1n;
    ofServer.bytesOut += BigInt(bytes);
  }
}
