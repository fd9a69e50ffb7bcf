/** `npm run test:kernels`: the kernel-facing tests (`*.kernel.test.ts`) on Debian's kernel, booted in QEMU. */
import { prepare } from "./prepare.mjs";
import { reportNotRun, runStep } from "./step.mjs";

const filters = process.argv.slice(2);
const notRun = prepare(["kernels"]);
const command = [process.execPath, "--import", "tsx", "test/kernels/run.ts", ...filters];
const passed = await runStep("Debian's kernel", command, notRun);
reportNotRun(notRun);
process.exitCode = passed ? 0 : 1;
