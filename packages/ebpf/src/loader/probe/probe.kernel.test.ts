/** Probes on the running kernel, and what they answer without the right to try. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rootTest } from "@weir/linux/testing";
import { HELPERS } from "../../language/helper.ts";
import { MAP_TYPES, type MapKind } from "../../language/map/declaration.ts";
import { PROGRAM_TYPES, type ProgramKind } from "../../language/program-kind.ts";
import { leavingNoTrace } from "../testing/traces.ts";
import { vethPair } from "../testing/veth-pair.ts";
import { lacksSetpriv, withoutCapabilities } from "../testing/without-capabilities.ts";
import type { Feature, GeneralFeature } from "./feature.ts";
import { probe } from "./probe.ts";

const general: readonly GeneralFeature[] = [
  ...(["XDP link", "tcx link", "socket map link", "function information", "global functions"] as const),
  ...(["atomics with result", "batch operations", "memory-mapped arrays", "bounded loops", "bpf_loop"] as const),
];
const features: readonly Feature[] = [
  // The names of a record's entries are its keys.
  ...(Object.keys(MAP_TYPES) as MapKind[]).map((map) => ({ kind: "map" as const, map })),
  ...(Object.keys(PROGRAM_TYPES) as ProgramKind[]).map((program) => ({ kind: "program" as const, program })),
  ...HELPERS.map(({ kernelName, programs }) => ({
    kind: "helper" as const,
    helper: kernelName,
    program: programs?.[0] ?? ("Xdp" as const),
  })),
  ...general.map((kind) => ({ kind })),
];

rootTest("probes answer yes or no, name a release, and leave nothing behind", () =>
  leavingNoTrace(() => {
    for (const feature of features) {
      const { answer, since, feature: name, why } = probe(feature);
      assert.notEqual(answer, "could not tell", `${name}: ${why}`);
      assert.match(since, /^[3-9]\.\d+$/, name);
    }
  }),
);

test("a helper that the language does not have is no question for the kernel", () => {
  assert.throws(
    () => probe({ kind: "helper", helper: "adjust_head", program: "Skb" }),
    /the language does not offer it there/,
  );
});

rootTest("native XDP is a fact of each interface: veth has it, the loopback does not", () =>
  leavingNoTrace(() => {
    using pair = vethPair();
    const answers = pair.namespace.enter(() =>
      [pair.left, 1, 9999].map((ifindex) => probe({ kind: "native XDP", ifindex })),
    );
    assert.deepEqual(
      answers.map(({ answer }) => answer),
      ["yes", "no", "could not tell"],
    );
    assert.match(answers[2]?.why ?? "", /no such interface/);
  }),
);

rootTest(
  "without the capabilities the answer is that it could not tell, never no",
  () => {
    const script = `
    import { probe } from ${JSON.stringify(new URL("./probe.ts", import.meta.url).href)};
    const features = ${JSON.stringify(features)};
    console.log(JSON.stringify(features.map(probe)));`;
    const answers = withoutCapabilities(script);
    assert.ok(Array.isArray(answers) && answers.length === features.length);
    for (const { answer, feature, why } of answers) {
      assert.equal(answer, "could not tell", `${feature}: ${why}`);
      assert.match(why, /EPERM/);
    }
  },
  lacksSetpriv,
);
