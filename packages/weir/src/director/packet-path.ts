/**
 * The packet path in the kernel: compiled, loaded, attached. The edge of the director that touches the system.
 */
import { type Collection, compileFile, type Link, load } from "@weir/ebpf/loader";

const ENTRY = new URL("../datapath/programs.ts", import.meta.url);

export interface PacketPath extends Disposable {
  readonly tables: Collection;
  /** Lets the packets of one more interface go through the director. */
  attach(ifindex: number): Link;
}

/** @throws CompileError, VerifierError, LoaderError, SystemError: nothing is left behind then */
export function openPacketPath(): PacketPath {
  const tables = load(compileFile(ENTRY));
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
