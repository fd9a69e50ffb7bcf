/**
 * The walk-through that the project starts from: two web servers behind one VIP, by NAT and round robin, four requests.
 */
import type { XdpMode } from "@weir/ebpf/loader";
import { parseCommand } from "../config/ipvsadm-rules.ts";
import { Director, type Load } from "../director/director.ts";
import { openPacketPath } from "../director/packet-path.ts";
import type { VirtualService } from "../model/service.ts";
import { openNatLab, VIP } from "./nat-lab.ts";

/** The very lines that an LVS administrator would type. */
const COMMANDS = [
  "ipvsadm -C",
  `ipvsadm -A -t ${VIP}:80 -s rr`,
  `ipvsadm -a -t ${VIP}:80 -r 192.168.1.100:80 -m -w 1`,
  `ipvsadm -a -t ${VIP}:80 -r 192.168.1.101:80 -m -w 1`,
];

export interface WalkThrough {
  /** Who answered, in order. */
  readonly answers: readonly string[];
  /** The services as they stand afterwards, and the load of each real server by its address. */
  readonly services: readonly VirtualService[];
  readonly loads: ReadonlyMap<string, Load>;
  /** "native" or "generic", for each interface of the director. */
  readonly modes: readonly XdpMode[];
}

/** @param tell is told each step as it is done */
export async function walkThrough(requests: number, tell: (line: string) => void): Promise<WalkThrough> {
  using lab = await openNatLab(2);
  tell(
    `client 10.1.1.10, director 10.1.1.1 and 192.168.1.1, real servers ${lab.realServers.map(({ address }) => address).join(" and ")}`,
  );
  using path = lab.director.namespace.enter(openPacketPath);
  const modes = ["d0", "d1"].map((name) =>
    lab.director.namespace.enter(() => path.attach(lab.director.ifindexOf(name)).mode),
  );
  tell(`packet program attached in ${modes.join(" and ")} mode`);
  const director = new Director(path.tables);
  for (const line of COMMANDS) {
    runIpvsadm(director, line);
    tell(line);
  }
  const answers: string[] = [];
  for (let request = 0; request < requests; request++) {
    answers.push(
      (await lab.client.run("curl", "--silent", "--show-error", "--max-time", "5", `http://${VIP}/`)).trim(),
    );
    tell(`curl http://${VIP}/ -> ${answers.at(-1)}`);
  }
  return { answers, modes, services: director.state.services, loads: loadsOf(director) };
}

function loadsOf(director: Director): ReadonlyMap<string, Load> {
  return new Map(
    director.state.services.flatMap((service) =>
      service.realServers.map((server) => [server.address, director.load(service, server)] as const),
    ),
  );
}

function runIpvsadm(director: Director, line: string): void {
  const command = parseCommand(line.split(" ").slice(1));
  if (!command.ok) throw new Error(`${command.problem.what}: ${command.problem.why}`);
  if (command.value.kind !== "edit") return;
  const edited = director.edit(command.value.edit);
  if (!edited.ok) throw new Error(`${edited.problem.what}: ${edited.problem.why}`);
}
