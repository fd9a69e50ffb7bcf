/** `npm run test:kernels`: the kernel-facing tests (`*.kernel.test.ts`) on Debian's kernel, booted in QEMU. */
import { prepare } from "./prepare.mjs";
import { reportNotRun, runStep } from "./step.mjs";
import { testFiles } from "./test-files.mjs";

const filters = process.argv.slice(2);
const notRun = prepare(["kernels"]);
const files = testFiles(filters).filter((path) => path.endsWith(".kernel.test.ts"));
const command = [process.execPath, "--import", "tsx", "test/kernels/run.ts", ...files];
const passed = await runStep("Debian's kernel", command, notRun);
reportNotRun(notRun);
process.exitCode = passed ? 0 : 1;
