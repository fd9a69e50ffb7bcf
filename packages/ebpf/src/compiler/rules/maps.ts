/** E6xx, maps and helpers. */
import { program, type Rule } from "./rule.ts";

const FLOWS =
  'import { hash } from "@weir/ebpf";\nconst Key = struct({ size: 4, fields: { port: u32 } });\nconst flows = hash("flows", { key: Key, value: Head, maxEntries: 8 });';

export const mapRules = {
  E601: {
    title: "Use the methods that a kind of map has",
    why: "They are the kernel's: a queue has no keys, an array cannot forget.",
    accepted: program(
      "const found = flows.lookup(Key.make({ port: head.port }));\nif (found !== null) head.ttl = found.ttl;",
      FLOWS,
    ),
    refused: program("flows.push(head); // refused", FLOWS),
  },
  E602: {
    title: "Call helpers in the programs that have them",
    why: "The kernel offers each helper to some kinds of programs only.",
    accepted: program("if (head.kind === 7) return redirect(3, 0);", 'import { redirect } from "@weir/ebpf";'),
    refused: program(
      "if (head.kind === 7) return redirectPeer(3, 0); // refused",
      'import { redirectPeer } from "@weir/ebpf";',
    ),
  },
  E603: {
    title: "Pass keys and values as the map declares them",
    why: "The kernel compares the bytes of keys; their layout is part of the map.",
    accepted: program("flows.delete(Key.make({ port: head.port }));", FLOWS),
    refused: program("flows.delete(head.port); // refused", FLOWS),
  },
  E604: {
    title: "Pass helpers what they take",
    why: "The kernel checks every argument, and names it less kindly.",
    accepted: program("const next = ctx.at(16, Head);\nif (next === null) return XDP_PASS;"),
    refused: program("const next = ctx.at(16, head); // refused\nif (next === null) return XDP_PASS;"),
  },
  E605: {
    title: "Look at packets in programs that see one",
    why: "Programs that run on demand or choose sockets have no packet.",
    accepted: program("const next = ctx.at(16, Head);\nif (next === null) return XDP_PASS;"),
    refused: `import { SK_PASS, type SkLookup, struct, u8 } from "@weir/ebpf";

const Byte = struct({ size: 1, fields: { value: u8 } });

export function program(ctx: SkLookup): number {
  return ctx.at(0, Byte) === null ? 0 : SK_PASS; // refused
}
`,
  },
  E606: {
    title: "Give each map a name of its own",
    why: "The name is the map's pin: two maps with one name would be one.",
    accepted: program(
      "const found = flows.lookup(Key.make({ port: head.port }));\nif (found !== null) head.ttl = found.ttl;",
      FLOWS,
    ),
    refused: program(
      "const found = flows.lookup(Key.make({ port: head.port }));\nif (found !== null) head.ttl = found.ttl;\nmore.delete(Key.make({ port: 1 })); // refused",
      `${FLOWS}\nconst more = hash("flows", { key: Key, value: Head, maxEntries: 9 });`,
    ),
  },
} as const satisfies Record<`E6${number}`, Rule>;
