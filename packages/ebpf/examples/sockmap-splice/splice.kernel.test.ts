import assert from "node:assert/strict";
import { rootTest } from "@weir/linux/testing";
import { lackOfKernel } from "../lab/kernel-at-hand.ts";
import { exchange } from "./exchange.ts";
import { kernelSplicer, spliceInTwin } from "./worlds.ts";

/** No period that a buffer's size divides. */
const bytes = Uint8Array.from({ length: 300_007 }, (_, index) => (index * 31 + (index >> 8)) & 0xff);
const lackOfSplice = () => lackOfKernel({ kind: "program", program: "SkSkbVerdict" }, { kind: "map", map: "sockMap" });

rootTest(
  "two TCP connections in a sockmap exchange bytes although their owner never reads one, and the twin counts the same",
  async () => {
    using splicer = kernelSplicer();
    const { echo, readByProxy } = await exchange(bytes, splicer);
    assert.ok(Buffer.compare(echo, bytes) === 0, "the echo is not what was sent");
    assert.deepEqual(readByProxy, { client: 0, server: 0 });
    // How the bytes are divided into segments is TCP's affair, and nothing depends on it.
    const segments = Array.from({ length: 10 }, (_, index) => bytes.subarray(index * 32_768, (index + 1) * 32_768));
    assert.deepEqual(splicer.spliced, spliceInTwin(segments, segments));
  },
  lackOfSplice,
);

rootTest(
  "without the server's connection in its map, the client's bytes go to their owner and through its pipes",
  async () => {
    using splicer = kernelSplicer();
    const { echo, readByProxy } = await exchange(bytes, { join: splicer.joinClient });
    assert.ok(Buffer.compare(echo, bytes) === 0, "the echo is not what was sent");
    assert.deepEqual(readByProxy, { client: bytes.length, server: bytes.length });
    assert.deepEqual(splicer.spliced, { toServer: 0n, toClient: 0n, toOwner: BigInt(bytes.length) });
  },
  lackOfSplice,
);
