/**
 * Loading type information (BTF) for maps and programs to refer to.
 */
import { FileDescriptor } from "../file-descriptor.ts";
import { unwrap } from "../system-error.ts";
import { freshAttributes } from "./attributes.ts";
import { callWithLog, lastTellingLine } from "./verifier-log.ts";

/**
 * Loads type information.
 *
 * @throws SystemError whose `log` is the kernel's whole log when the BTF was refused
 */
export function btfLoad(btf: Uint8Array): FileDescriptor {
  const { result, log } = callWithLog("on-failure", (logLevel, buffer) => {
    const attributes = freshAttributes().pointer(0, btf).u32(16, btf.length).u32(24, logLevel);
    if (buffer !== undefined) attributes.pointer(8, buffer).u32(20, buffer.length);
    return attributes.call("BPF_BTF_LOAD");
  });
  unwrap(result, () => ({
    operation: "bpf(BPF_BTF_LOAD)",
    what: `Cannot load ${btf.length} bytes of BTF`,
    ...(log !== "" && { why: `the kernel says: ${lastTellingLine(log)}`, fix: "Correct the named type.", log }),
  }));
  return new FileDescriptor(result, "BTF");
}
