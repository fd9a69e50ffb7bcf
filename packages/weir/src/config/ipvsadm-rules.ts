/**
 * The command line of ipvsadm: words to an edit of the wanted state, or a listing.
 *
 * Today: -A -D -C for services, -a -e -d for real servers, -L -n; services by -t and -u, forwarding by -m and -g. What is not understood is
 * refused, never ignored.
 */
import { parseArgs } from "node:util";
import type { Edit } from "../model/edit.ts";
import { fail, type Result, succeed } from "../model/problem.ts";
import type { ForwardingMethod, Protocol, SchedulerName, ServiceKey } from "../model/service.ts";
import { canonicalAddress } from "../wire/address.ts";

export type Command = { readonly kind: "edit"; readonly edit: Edit } | { readonly kind: "list" };
export type CommandCode = "bad-usage";

const OPTIONS = {
  "add-service": { type: "boolean", short: "A" },
  "delete-service": { type: "boolean", short: "D" },
  clear: { type: "boolean", short: "C" },
  "add-server": { type: "boolean", short: "a" },
  "edit-server": { type: "boolean", short: "e" },
  "delete-server": { type: "boolean", short: "d" },
  list: { type: "boolean", short: "L" },
  numeric: { type: "boolean", short: "n" },
  "tcp-service": { type: "string", short: "t" },
  "udp-service": { type: "string", short: "u" },
  scheduler: { type: "string", short: "s" },
  "real-server": { type: "string", short: "r" },
  masquerading: { type: "boolean", short: "m" },
  gatewaying: { type: "boolean", short: "g" },
  weight: { type: "string", short: "w" },
} as const;

type Values = Partial<Record<keyof typeof OPTIONS, string | boolean | undefined>>;
type Parsed<Value> = Result<Value, CommandCode>;

export function parseCommand(words: readonly string[]): Parsed<Command> {
  let values: Values;
  try {
    values = parseArgs({ args: [...words], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    return refuse(words, error instanceof Error ? error.message : String(error));
  }
  const commands = (
    ["add-service", "delete-service", "clear", "add-server", "edit-server", "delete-server", "list"] as const
  ).filter((name) => values[name] === true);
  const [command, ...more] = commands;
  if (command === undefined || more.length > 0)
    return refuse(words, "exactly one command is wanted: -A -D -C -a -e -d or -L");
  if (command === "list") return succeed({ kind: "list" });
  if (command === "clear") return succeed({ kind: "edit", edit: { kind: "clear" } });
  const service = parseService(words, values);
  if (!service.ok) return service;
  const edit = parseEdit(words, values, command, service.value);
  return edit.ok ? succeed({ kind: "edit", edit: edit.value }) : edit;
}

function refuse(words: readonly string[], why: string): { readonly ok: false; readonly problem: ProblemOfUsage } {
  return fail(
    "bad-usage",
    `Cannot understand "ipvsadm ${words.join(" ")}"`,
    why,
    "ipvsadm -A -t VIP:port -s rr; ipvsadm -a -t VIP:port -r RIP:port -m",
  );
}

type ProblemOfUsage = Extract<Parsed<never>, { readonly ok: false }>["problem"];

function parseService(words: readonly string[], values: Values): Parsed<ServiceKey> {
  const given = (["tcp-service", "udp-service"] as const).filter((name) => values[name] !== undefined);
  const [name, ...more] = given;
  if (name === undefined || more.length > 0) return refuse(words, "exactly one service is wanted: -t or -u");
  const protocol: Protocol = name === "tcp-service" ? "tcp" : "udp";
  const endpoint = parseEndpoint(words, String(values[name]));
  return endpoint.ok ? succeed({ protocol, ...endpoint.value }) : endpoint;
}

/** `192.0.2.1:80`, `[2001:db8::1]:80`. */
function parseEndpoint(
  words: readonly string[],
  text: string,
): Parsed<{ readonly address: string; readonly port: number }> {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const address = canonicalAddress(match?.[1] ?? match?.[2] ?? "");
  const port = Number(match?.[3]);
  if (address === null || !Number.isInteger(port) || port < 1 || port > 65535) {
    return refuse(words, `"${text}" is no address and port`);
  }
  return succeed({ address, port });
}

function parseEdit(
  words: readonly string[],
  values: Values,
  command: "add-service" | "delete-service" | "add-server" | "edit-server" | "delete-server",
  service: ServiceKey,
): Parsed<Edit> {
  if (command === "delete-service") return succeed({ kind: "delete-service", service });
  if (command === "add-service") {
    const scheduler = String(values.scheduler ?? "rr");
    if (!isScheduler(scheduler)) return refuse(words, `there is no scheduler "${scheduler}" yet`);
    return succeed({ kind: "add-service", service: { ...service, scheduler } });
  }
  const endpoint = parseEndpoint(words, String(values["real-server"] ?? ""));
  if (!endpoint.ok) return endpoint;
  if (command === "delete-server") return succeed({ kind: "delete-real-server", service, realServer: endpoint.value });
  const weight = Number(values.weight ?? 1);
  if (!Number.isInteger(weight) || weight < 0 || weight > 65535)
    return refuse(words, `"${values.weight}" is no weight from 0 to 65535`);
  const method: ForwardingMethod = values.masquerading === true ? "masquerading" : "direct-routing";
  const realServer = { ...endpoint.value, weight, method };
  return succeed({ kind: command === "add-server" ? "add-real-server" : "edit-real-server", service, realServer });
}

function isScheduler(name: string): name is SchedulerName {
  return name === "rr";
}
