/**
 * Two TCP connections joined in the kernel: what one of them receives is sent by the other, and the process that owns
 * both never sees a byte of it.
 *
 * The way of some bytes: the parser says where the first message ends (here: whatever has arrived is one), the verdict
 * says where it goes. Bytes for a connection that is not there (yet, or any more) go the ordinary way, to their owner.
 */
import {
  atomicAdd,
  cell,
  SK_DROP,
  SK_PASS,
  type SkSkbParser,
  type SkSkbVerdict,
  sockMap,
  struct,
  u64,
} from "@weir/ebpf";

/** The connection that a client made to us. */
export const client = sockMap("client", { maxEntries: 1 });
/** The connection that we made to the server for it. */
export const server = sockMap("server", { maxEntries: 1 });

/** Bytes by where they went. */
const Spliced = struct({ size: 24, fields: { toServer: u64, toClient: u64, toOwner: u64 } });
export const spliced = cell("spliced", Spliced);

export function everythingThatArrived(ctx: SkSkbParser): number {
  return ctx.length;
}

/** Runs on what the client sent. */
export function passToServer(ctx: SkSkbVerdict): number {
  if (ctx.redirectMap(server, 0, 0) === SK_DROP) return passToOwner(ctx);
  atomicAdd(spliced.ref(), "toServer", BigInt(ctx.length));
  return SK_PASS;
}

/** Runs on what the server sent. */
export function passToClient(ctx: SkSkbVerdict): number {
  if (ctx.redirectMap(client, 0, 0) === SK_DROP) return passToOwner(ctx);
  atomicAdd(spliced.ref(), "toClient", BigInt(ctx.length));
  return SK_PASS;
}

function passToOwner(ctx: SkSkbVerdict): number {
  atomicAdd(spliced.ref(), "toOwner", BigInt(ctx.length));
  return SK_PASS;
}
