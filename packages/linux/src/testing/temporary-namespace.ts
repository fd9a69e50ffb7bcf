/**
 * Network namespaces for tests: unique names, gone again when the test ends or the process does.
 */
import { type NetworkNamespace, namespaceCreate, namespaceRemove } from "../namespace.ts";

export interface TemporaryNamespace extends Disposable {
  readonly name: string;
  readonly namespace: NetworkNamespace;
}

/** Makes a namespace to be held with `using`. Its name ends in `label`, to tell several apart. */
export function temporaryNamespace(label = "ns"): TemporaryNamespace {
  removeAllAtTheEnd();
  const name = `weir-test-${process.pid}-${++count}-${label}`;
  const namespace = namespaceCreate(name);
  const remove = () => {
    present.delete(remove);
    namespace.close();
    namespaceRemove(name);
  };
  present.add(remove);
  return { name, namespace, [Symbol.dispose]: remove };
}

let count = 0;
let isPrepared = false;
const present = new Set<() => void>();

/** A test that ends the process, or a runner that gives up on one, would otherwise leave namespaces behind. */
function removeAllAtTheEnd(): void {
  if (isPrepared) return;
  isPrepared = true;
  const removeAll = () => {
    for (const remove of present) remove();
  };
  process.once("exit", removeAll);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      removeAll();
      process.kill(process.pid, signal); // ends the process as it would have ended without us
    });
  }
}
