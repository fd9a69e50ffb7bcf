/** `npm run demo`: installs what is missing and runs the packet counter, the smallest packet program. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";
import { reportNotRun } from "./step.mjs";

const example = "packages/ebpf/examples/packet-counter";
const notRun = prepare(["run"]);
reportNotRun(notRun);
const entry = ["main.ts", "index.ts", "run.ts"].find((name) => existsSync(join(root, example, name)));
if (entry === undefined) {
  const found = existsSync(join(root, example)) ? readdirSync(join(root, example)).join(", ") : "nothing";
  console.error(`The demo runs main.ts in ${example}, and there is no such file (found: ${found}).`);
  process.exit(1);
}
const run = spawnSync(process.execPath, ["--import", "tsx", `${example}/${entry}`], { cwd: root, stdio: "inherit" });
process.exitCode = run.status ?? 1;
