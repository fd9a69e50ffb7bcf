/** Runs an example by its name: `npm run example -w @weir/ebpf -- packet-counter`. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("./", import.meta.url);
const mainOf = (name: string) => new URL(`${name}/main.ts`, folder);
const names = readdirSync(fileURLToPath(folder)).filter((name) => existsSync(fileURLToPath(mainOf(name))));

const [wanted] = process.argv.slice(2);
if (wanted !== undefined && names.includes(wanted)) await import(mainOf(wanted).href);
else {
  console.error(
    `Cannot run the example ${wanted ?? "without a name"}: there are ${names.join(", ")}. Name one of them.`,
  );
  process.exitCode = 1;
}
