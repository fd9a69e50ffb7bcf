/** `npm run demo`: installs what is missing and runs the packet counter, the smallest packet program. */
import { spawnSync } from "node:child_process";
import { prepare, root } from "./prepare.mjs";
import { reportNotRun } from "./step.mjs";

const notRun = prepare(["run"]);
const command = ["--import", "tsx", "packages/ebpf/examples/run.ts", "packet-counter"];
const run = spawnSync(process.execPath, command, { cwd: root, stdio: "inherit" });
reportNotRun(notRun);
process.exitCode = run.status ?? 1;
