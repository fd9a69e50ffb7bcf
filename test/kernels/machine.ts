/** Boots a guest in QEMU by pure emulation (no KVM needed), lets it do one job, and reports how that ended. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { environment } from "./command.ts";
import type { Guest } from "./guest.ts";

/** Where the job's output goes, as it comes. */
export interface Output {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/** The guest's ports, in the order of our descriptors from 3 on. */
const ports = ["job-stdout", "job-stderr", "job-status"];
const kernelParameters = [
  "console=ttyS0",
  "quiet",
  "panic=-1", // a panic ends QEMU
  "mitigations=off", // no secrets here, and each costs time
  "nokaslr",
  "cryptomgr.notests",
  "random.trust_cpu=on", // otherwise the first random number waits for entropy that an idle guest does not have
];

/**
 * @param job path of an image made by `makeJob`
 * @param signal ends the machine early, by its process id
 * @returns the job's exit status
 * @throws Error with the end of the kernel's console, if the guest ended before the job did
 */
export async function boot(guest: Guest, job: string, output: Output, signal: AbortSignal): Promise<number> {
  // setpriv makes the kernel end QEMU with us, even if we are killed and can do nothing about it.
  const command = ["--pdeathsig", "TERM", "qemu-system-x86_64", ...machineOptions(guest, job)];
  const stdio = ["ignore", "pipe", "pipe", ...ports.map(() => "pipe" as const)] as const;
  const qemu = spawn("setpriv", command, { env: environment, stdio: [...stdio], signal });
  // Typed by Node for the first five only; "pipe" makes all but the first of them readable.
  const [, console, complaints, stdout, stderr, status] = qemu.stdio as unknown as readonly Readable[];
  const said = { console: textOf(console), complaints: textOf(complaints), status: textOf(status) };
  stdout?.setEncoding("utf8").on("data", output.stdout);
  stderr?.setEncoding("utf8").on("data", output.stderr);
  await once(qemu, "close").catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
  const [, number] = /^status (\d+)$/m.exec(said.status.text) ?? [];
  if (number !== undefined) return Number(number);
  const last = `${said.complaints.text}${said.console.text}`.slice(-3000);
  throw new Error(`The guest ended before its job did. Its kernel's last words:\n${last}`);
}

function machineOptions(guest: Guest, job: string): readonly string[] {
  return [
    ...["-nodefaults", "-no-reboot", "-display", "none", "-machine", "q35"],
    ...["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1536"],
    ...["-kernel", guest.kernel, "-initrd", guest.initramfs, "-append", kernelParameters.join(" ")],
    ...["-drive", `file=${guest.root},format=raw,if=virtio,readonly=on`],
    ...["-drive", `file=${job},format=raw,if=virtio,readonly=on`],
    ...["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
    ...["-device", "virtio-serial-pci"],
    ...ports.flatMap((name, index) => [
      // Our end of each descriptor is a socket pair's, so QEMU takes it as a connection already made.
      ...["-chardev", `socket,id=${name},fd=${3 + index}`],
      ...["-device", `virtserialport,chardev=${name},name=${name}`],
    ]),
  ];
}

/** Gathers what a stream says; `text` is complete when the process has closed. */
function textOf(stream: Readable | undefined): { readonly text: string } {
  const gathered = { text: "" };
  stream?.setEncoding("utf8").on("data", (text: string) => {
    gathered.text += text;
  });
  return gathered;
}
