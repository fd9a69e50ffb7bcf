/**
 * The packet path in the kernel: compiled, loaded, attached. The edge of the director that touches the system.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "@weir/ebpf/compiler";
import { type Collection, type Link, load } from "@weir/ebpf/loader";

const ENTRY = fileURLToPath(new URL("../datapath/programs.ts", import.meta.url));

export interface PacketPath extends Disposable {
  readonly tables: Collection;
  /** Lets the packets of one more interface go through the director. */
  attach(ifindex: number): Link;
}

/** @throws CompileError, VerifierError, LoaderError, SystemError: nothing is left behind then */
export function openPacketPath(): PacketPath {
  const tables = load(compile(ENTRY, { readSource }));
  const links: Link[] = [];
  return {
    tables,
    attach(ifindex) {
      const link = tables.program("director").attachXdp(ifindex);
      links.push(link);
      return link;
    },
    [Symbol.dispose]() {
      for (const link of links) link.close();
      tables.close();
    },
  };
}

function readSource(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // The compiler says which import it was.
  }
}
