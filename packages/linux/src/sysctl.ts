/**
 * Kernel settings in /proc/sys, by the names of sysctl(8): "net.ipv4.ip_forward".
 *
 * Settings under net belong to the network namespace of the thread that reads or writes them, so hand over a namespace
 * to mean another than this thread's.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { NetworkNamespace } from "./namespace.ts";
import { fromNodeError, SystemError } from "./system-error.ts";

/** Reads a setting, without the final line break. Throws a SystemError; ENOENT when the kernel has no such setting. */
export function sysctlRead(name: string, namespace?: NetworkNamespace): string {
  const path = pathOf(name);
  return inside(namespace, () =>
    attempt("read", name, `Cannot read the setting ${name}`, () => readFileSync(path, "utf8").trimEnd()),
  );
}

/**
 * Writes a setting.
 *
 * @throws SystemError ENOENT when the kernel has no such setting, EINVAL when it refuses the value, EACCES or EPERM
 *   without the right
 */
export function sysctlWrite(name: string, value: string | number, namespace?: NetworkNamespace): void {
  const path = pathOf(name);
  inside(namespace, () =>
    attempt("write", name, `Cannot set ${name} to ${JSON.stringify(value)}`, () => {
      // "r+" never creates: a name the kernel does not have is an error rather than a file.
      writeFileSync(path, `${value}\n`, { flag: "r+" });
    }),
  );
}

/**
 * In names "." separates and "/" stands for a dot inside a part, as in sysctl(8): an interface eth0.7 is written
 * "net.ipv4.conf.eth0/7.rp_filter".
 */
function pathOf(name: string): string {
  if (!/^[A-Za-z0-9_:@+/-]+(\.[A-Za-z0-9_:@+/-]+)+$/.test(name) || /(^|[./])[/]*($|\.\.)|\/\//.test(name)) {
    throw new SystemError(EINVAL, {
      operation: "sysctl name",
      what: `Cannot use ${JSON.stringify(name)} as the name of a setting`,
      why: "a name is made of parts with dots between them",
      fix: 'Write it as in "net.ipv4.ip_forward"; a dot inside a part is written as "/".',
    });
  }
  const parts = name.split(".").map((part) => part.replaceAll("/", "."));
  return `/proc/sys/${parts.join("/")}`;
}

const EINVAL = 22;

function inside<Result>(namespace: NetworkNamespace | undefined, action: () => Result): Result {
  return namespace === undefined ? action() : namespace.enter(action);
}

function attempt<Result>(operation: string, name: string, what: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw fromNodeError(error, { operation: `${operation}(/proc/sys)`, what, ...explanation(error, name) });
  }
}

function explanation(error: unknown, name: string): { why?: string; fix?: string } {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") {
    return {
      why: "this kernel, or this network namespace, has no such setting",
      fix: `List what there is with "sysctl -a"; the part that is missing may need a module or an interface (${name}).`,
    };
  }
  if (code === "EINVAL") {
    return {
      why: "the kernel refuses the value",
      fix: "Look the setting's range up in Documentation/networking/ip-sysctl.rst.",
    };
  }
  return {};
}
