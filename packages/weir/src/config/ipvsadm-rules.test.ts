import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Command, parseCommand } from "./ipvsadm-rules.ts";

function parsed(line: string): Command {
  const command = parseCommand(line.split(" "));
  assert.ok(command.ok, command.ok ? "" : command.problem.why);
  return command.value;
}

const web = { protocol: "tcp", address: "10.1.1.200", port: 80 };

describe("ipvsadm's command line", () => {
  const lines: readonly { readonly line: string; readonly means: Command }[] = [
    { line: "-C", means: { kind: "edit", edit: { kind: "clear" } } },
    { line: "-L -n", means: { kind: "list" } },
    { line: "-Ln", means: { kind: "list" } },
    {
      line: "-A -t 10.1.1.200:80 -s rr",
      means: { kind: "edit", edit: { kind: "add-service", service: { ...web, protocol: "tcp", scheduler: "rr" } } },
    },
    {
      line: "-a -t 10.1.1.200:80 -r 192.168.1.100:80 -m -w 1",
      means: {
        kind: "edit",
        edit: {
          kind: "add-real-server",
          service: { ...web, protocol: "tcp" },
          realServer: { address: "192.168.1.100", port: 80, method: "masquerading", weight: 1 },
        },
      },
    },
    {
      line: "--delete-server --udp-service [2001:DB8:0::1]:53 --real-server [2001:db8::2]:53",
      means: {
        kind: "edit",
        edit: {
          kind: "delete-real-server",
          service: { protocol: "udp", address: "2001:db8::1", port: 53 },
          realServer: { address: "2001:db8::2", port: 53 },
        },
      },
    },
  ];
  for (const { line, means } of lines) it(`understands ${line}`, () => assert.deepEqual(parsed(line), means));

  const refused = [
    ["", "no command"],
    ["-A -D -t 10.1.1.200:80", "two commands"],
    ["-A", "no service"],
    ["-A -t 10.1.1.200", "no port"],
    ["-A -t 10.1.1.300:80", "no such address"],
    ["-A -t 10.1.1.200:65536", "no such port"],
    ["-A -t 10.1.1.200:80 -s lc", "a scheduler that is not there yet"],
    ["-a -t 10.1.1.200:80 -r 192.168.1.100:80 -w -1", "a weight below 0"],
    ["-a -t 10.1.1.200:80 -r 192.168.1.100:80 -w 65536", "a weight beyond 65535"],
    ["-A -t 10.1.1.200:80 -x 5", "an option that is not there yet"],
  ] as const;
  for (const [line, why] of refused) {
    it(`refuses "${line}": ${why}`, () => {
      const command = parseCommand(line === "" ? [] : line.split(" "));
      assert.equal(command.ok ? "accepted" : command.problem.code, "bad-usage");
    });
  }

  it("understands or refuses any words, and never throws", () => {
    const word = fc.oneof(
      fc.constantFrom("-A", "-t", "-a", "-r", "-w", "-m", "10.0.0.1:80", "[::1]:1", "--", "-"),
      fc.string(),
    );
    fc.assert(fc.property(fc.array(word, { maxLength: 8 }), (words) => typeof parseCommand(words).ok === "boolean"));
  });
});
