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
  const name = `weir-test-${process.pid}-${++count}-${label}`;
  const namespace = namespaceCreate(name);
  const remove = () => {
    namespace.close();
    namespaceRemove(name);
  };
  // A test that ends the process would otherwise leave it behind.
  process.once("exit", remove);
  return {
    name,
    namespace,
    [Symbol.dispose]() {
      process.removeListener("exit", remove);
      remove();
    },
  };
}

let count = 0;
