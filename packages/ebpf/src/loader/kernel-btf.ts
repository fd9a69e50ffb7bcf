/**
 * Type information as the kernel holds it, by id.
 */
import { addressOf, bpf, btfInfo, objectById, SystemError } from "@weir/linux";
import { type BtfType, decodeBtf } from "../object/index.ts";

/**
 * The types of a BTF object; `null` when there is none of this id or it does not decode.
 *
 * @throws SystemError EPERM without CAP_SYS_ADMIN
 */
export function kernelBtfTypes(id: number): readonly BtfType[] | null {
  if (id === 0) return null;
  using fd = objectById("btf", id);
  if (fd === undefined) return null;
  const bytes = new Uint8Array(btfInfo(fd).size);
  // struct bpf_btf_info begins with the address and the size of room for the BTF itself.
  const info = new Uint8Array(INFO_BYTES);
  const view = new DataView(info.buffer);
  view.setBigUint64(0, addressOf(bytes), true);
  view.setUint32(8, bytes.length, true);
  const attributes = new Uint8Array(16);
  const fields = new DataView(attributes.buffer);
  fields.setUint32(0, fd.number, true);
  fields.setUint32(4, info.length, true);
  fields.setBigUint64(8, addressOf(info), true);
  const result = bpf("BPF_OBJ_GET_INFO_BY_FD", attributes);
  if (result < 0) {
    throw new SystemError(-result, { operation: "bpf(BPF_OBJ_GET_INFO_BY_FD)", what: `Cannot read BTF ${id}` });
  }
  const decoded = decodeBtf(bytes);
  return decoded.ok ? decoded.value : null;
}

const INFO_BYTES = 32;
