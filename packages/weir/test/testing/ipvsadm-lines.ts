/**
 * The few ipvsadm lines that recorded cases are set up by, read into the wanted state.
 */
import type {
  ForwardingMethod,
  Protocol,
  RealServer,
  Tunnel,
  VirtualService,
  WantedState,
} from "../../src/model/service.ts";

export function stateOf(lines: readonly string[]): WantedState {
  const services: VirtualService[] = [];
  for (const line of lines) {
    const words = line.split(" ");
    const service = endpointAfter(words, "-t", "-u", "--sctp-service");
    if (words[1] === "-A") {
      services.unshift({ protocol: protocolOf(words), ...service, scheduler: "rr", realServers: [] });
      continue;
    }
    const weight = Number(words[words.indexOf("-w") + 1] ?? 1);
    const server: RealServer = {
      ...endpointAfter(words, "-r"),
      ...{ method: methodOf(words), tunnel: tunnelOf(words), weight: words.includes("-w") ? weight : 1 },
    };
    const [first, ...rest] = services;
    if (first === undefined) throw new Error(`no service before "${line}"`);
    services.splice(0, services.length, { ...first, realServers: [server, ...first.realServers] }, ...rest);
  }
  return { services };
}

function methodOf(words: readonly string[]): ForwardingMethod {
  if (words.includes("-m")) return "masquerading";
  return words.includes("-g") ? "direct-routing" : "tunneling";
}

/** `--tun-remcsum` makes a difference only for packets whose checksum a device is still to fill in. */
function tunnelOf(words: readonly string[]): Tunnel {
  const after = (option: string) => words[words.indexOf(option) + 1];
  const checksum = words.includes("--tun-csum") || words.includes("--tun-remcsum");
  if (words.includes("gue")) return { kind: "gue", port: Number(after("--tun-port")), checksum };
  return words.includes("gre") ? { kind: "gre", checksum } : { kind: "ipip" };
}

function protocolOf(words: readonly string[]): Protocol {
  if (words.includes("-t")) return "tcp";
  return words.includes("-u") ? "udp" : "sctp";
}

function endpointAfter(words: readonly string[], ...options: readonly string[]) {
  const at = words.findIndex((word) => options.includes(word));
  const match = /^\[?([^\]]+?)\]?:(\d+)$/.exec(words[at + 1] ?? "");
  return { address: match?.[1] ?? "", port: Number(match?.[2]) };
}
