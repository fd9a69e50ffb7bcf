/**
 * Hardware addresses as text ("02:00:00:00:00:01") outside and as bytes in messages.
 */

/** Bytes of an Ethernet address. Throws a TypeError on anything but six pairs of hexadecimal digits. */
export function hardwareBytes(text: string): Uint8Array {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) {
    throw new TypeError(
      `Cannot use ${JSON.stringify(text)} as a hardware address: an Ethernet address has six pairs of hexadecimal ` +
        "digits. Write it as 02:00:00:00:00:01.",
    );
  }
  return Uint8Array.from(text.split(":"), (pair) => Number.parseInt(pair, 16));
}

/** Text of a hardware address of any length; empty for none. */
export function hardwareText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}
