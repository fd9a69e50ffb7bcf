/**
 * The connection table: one entry of 128 bytes for each connection, reached by number through the index.
 */
import { array, cell, queue, raw16, raw32, struct, u8, u32 } from "@weir/ebpf";

export const Connection = struct({
  size: 128,
  fields: {
    client: array(raw32, 4),
    virtual: array(raw32, 4),
    server: array(raw32, 4),
    /** FullNAT: the director's address towards the real server. Otherwise the client's, which is where replies go. */
    local: array(raw32, 4),
    clientPort: raw16,
    virtualPort: raw16,
    serverPort: raw16,
    localPort: raw16,
    protocol: u8,
    family: u8,
    method: u8, //   METHOD_…
    state: u8, //    of the protocol's state machine
    flags: u32, //    CONNECTION_…
    service: u32, // number in the service table
    realServer: u32, // number in the table of real servers
    expires: u32, // ticks
    timeout: u32, // ticks
    packetsIn: u32,
    /** Where its two words are in the index, so that they are found again without hashing. */
    inBucket: u32,
    inTag: u32,
    outBucket: u32,
    outTag: u32, //  0: replies do not come by
    spare0: u32,
    /** 1 while the connection counts as active at its real server. */
    isActive: u32,
    spare2: u32,
  },
});

export const CONNECTION_IN_USE = 0x0001;
/** Taken out of the index by a packet; the sweep has not come by yet. */
export const CONNECTION_LEAVING = 0x0002;
/** Out of the index for a sweep or longer: the next one gives the number back, when no CPU can still hold it. */
export const CONNECTION_LEFT = 0x0008;
/** No reply has been seen, and none is expected to come by. */
export const CONNECTION_NO_OUTPUT = 0x0004;

/** Entry 0 is never used: number 0 means "none". */
export const connections = array("connections", { value: Connection, maxEntries: 1 << 17 });

/** Numbers that were in use and are free again. */
export const ConnectionNumber = struct({ size: 4, fields: { number: u32 } });
export const recycled = queue("recycled", { value: ConnectionNumber, maxEntries: 1 << 17 });

/** Numbers from here on have never been used. */
export const Unused = struct({ size: 8, fields: { next: u32, reserved: u32 } });
export const unused = cell("unused", Unused);
