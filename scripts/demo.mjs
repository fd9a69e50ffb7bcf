/**
 * `npm run demo`: installs what is missing, runs the smallest packet program, and then the walk-through: ipvsadm lines, a director, real
 * requests. Without root there are no namespaces: the packet program then runs in V8, and what was left out is said.
 */
import { spawnSync } from "node:child_process";
import { prepare, root } from "./prepare.mjs";
import { reportNotRun } from "./step.mjs";

const DEMOS = [
  { entry: ["packages/ebpf/examples/run.ts", "packet-counter"], needsRoot: false },
  { entry: ["packages/weir/src/cli/demo.ts"], needsRoot: true },
];

const notRun = [...prepare(["run", "demo"])];
let failed = false;
for (const { entry, needsRoot } of DEMOS) {
  if (needsRoot && process.geteuid?.() !== 0) {
    notRun.push(`${entry.join(" ")}: it makes network namespaces, which needs root; run "sudo npm run demo"`);
    continue;
  }
  const run = spawnSync(process.execPath, ["--import", "tsx", ...entry], { cwd: root, stdio: "inherit" });
  failed ||= run.status !== 0;
}
reportNotRun(notRun);
process.exitCode = failed ? 1 : 0;
