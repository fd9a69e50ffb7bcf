/**
 * sockMap and sockHash: sockets by key.
 */
import type { MapDeclaration } from "../../language/map/declaration.ts";
import type { AnyRef } from "../../language/reference.ts";
import type { SocketTable } from "../../language/runtime.ts";
import { EINVAL, ENOENT } from "../errno.ts";
import { ObjectTable } from "./object-table.ts";

/** A socket of the surroundings. Only its family and protocol matter, to sk_lookup. */
export interface TwinSocket {
  readonly name: string;
  /** AF_INET 2, AF_INET6 10. */
  readonly family: number;
  /** IPPROTO_TCP 6, IPPROTO_UDP 17. */
  readonly protocol: number;
}

export class SocketsTable implements SocketTable {
  readonly sockets: ObjectTable<TwinSocket>;
  readonly #isHash: boolean;

  constructor(map: MapDeclaration) {
    this.#isHash = map.kind === "sockHash";
    this.sockets = new ObjectTable(map, this.#isHash);
  }

  delete(key: AnyRef): number {
    if (this.sockets.delete(key)) return 0;
    return this.#isHash ? ENOENT : EINVAL;
  }
}
