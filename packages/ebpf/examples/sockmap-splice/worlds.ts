/** The splice in both worlds: bytes that were sent in, and where they went. */
import { compileFile, load } from "@weir/ebpf/loader";
import { Twin } from "@weir/ebpf/twin";
import { descriptorOf, type Pair, type Splicer } from "./proxy.ts";
import { client, everythingThatArrived, passToClient, passToServer, server, spliced } from "./splice.ts";

/** Bytes by where they went. */
export interface Spliced {
  readonly toServer: bigint;
  readonly toClient: bigint;
  readonly toOwner: bigint;
}

/** What became of bytes in V8. The twin has no connections: it is handed what arrives at one, as the kernel would. */
export function spliceInTwin(fromClient: readonly Uint8Array[], fromServer: readonly Uint8Array[]): Spliced {
  const twin = new Twin();
  twin.map(client).set(0, { name: "client", family: AF_INET, protocol: IPPROTO_TCP });
  twin.map(server).set(0, { name: "server", family: AF_INET, protocol: IPPROTO_TCP });
  const ways = [
    [fromClient, passToServer],
    [fromServer, passToClient],
  ] as const;
  for (const [arrived, verdict] of ways) {
    for (const bytes of arrived) {
      const length = twin.skSkb(everythingThatArrived, bytes).verdict;
      twin.skSkb(verdict, bytes.subarray(0, length));
    }
  }
  const { toServer, toClient, toOwner } = twin.map(spliced);
  return { toServer, toClient, toOwner };
}

/** In the kernel. */
export interface KernelSplicer extends Splicer, Disposable {
  /** Puts only the client's connection in: its bytes find no other one, and stay with their owner. */
  joinClient(pair: Pair): void;
  readonly spliced: Spliced;
}

export function kernelSplicer(): KernelSplicer {
  const collection = load(compileFile(new URL("./splice.ts", import.meta.url)));
  const clients = collection.sockMap(client);
  const servers = collection.sockMap(server);
  const attach = (program: string, { map }: typeof clients) => collection.program(program).attachToSocketMap(map);
  const attachments = [
    attach("everythingThatArrived", clients),
    attach("passToServer", clients),
    attach("everythingThatArrived", servers),
    attach("passToClient", servers),
  ];
  const joinClient = (pair: Pair) => void clients.update(0, descriptorOf(pair.client));
  return {
    joinClient,
    // The server's connection first: once the client's is in, its bytes want to go there.
    join: (pair) => {
      servers.update(0, descriptorOf(pair.server));
      joinClient(pair);
    },
    get spliced() {
      return collection.cell(spliced).read();
    },
    [Symbol.dispose]: () => {
      for (const attachment of attachments) attachment.close();
      collection.close();
    },
  };
}

const AF_INET = 2;
const IPPROTO_TCP = 6;
