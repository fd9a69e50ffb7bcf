/** Every row of the table of helpers can be called in the twin. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { array } from "../language/array.ts";
import { HELPERS } from "../language/helper.ts";
import * as language from "../language/index.ts";
import { u32 } from "../language/integer.ts";
import { bytes } from "../language/kind.ts";
import { struct } from "../language/layout.ts";
import type { MapKind } from "../language/map/declaration.ts";
import type { ProgramKind } from "../language/program-kind.ts";
import { SkLookupContext } from "./context/sk-lookup.ts";
import { SkMsgContext } from "./context/sk-msg.ts";
import { SkSkbContext } from "./context/sk-skb.ts";
import { SkbContext } from "./context/skb.ts";
import { XdpContext } from "./context/xdp.ts";

const Prefix = struct({ size: 8, fields: { length: u32, address: bytes(4) } });
const options = { key: Prefix, value: Prefix, maxEntries: 1 };

const contexts: { readonly [Kind in ProgramKind]: object } = {
  Xdp: XdpContext.prototype,
  Skb: SkbContext.prototype,
  SkSkbParser: SkSkbContext.prototype,
  SkSkbVerdict: SkSkbContext.prototype,
  SkMsg: SkMsgContext.prototype,
  SkLookup: SkLookupContext.prototype,
  Syscall: {},
};

const maps: { readonly [Kind in MapKind]: object } = {
  array: array("a", options),
  percpuArray: language.percpuArray("a", options),
  hash: language.hash("a", options),
  lruHash: language.lruHash("a", options),
  percpuHash: language.percpuHash("a", options),
  lruPercpuHash: language.lruPercpuHash("a", options),
  lpmTrie: language.lpmTrie("a", options),
  queue: language.queue("a", options),
  stack: language.stack("a", options),
  ringBuffer: language.ringBuffer("a", { value: Prefix, size: 4096 }),
  arrayOfMaps: language.arrayOfMaps("a", { inner: array("b", options), maxEntries: 1 }),
  hashOfMaps: language.hashOfMaps("a", { key: u32, inner: array("b", options), maxEntries: 1 }),
  sockMap: language.sockMap("a", options),
  sockHash: language.sockHash("a", options),
  deviceMap: language.deviceMap("a", options),
  deviceHash: language.deviceHash("a", options),
};

describe("every helper of the table", () => {
  for (const { name, kernelName, receiver, programs, maps: kinds } of HELPERS) {
    it(`${name} (bpf_${kernelName}) is there`, () => {
      const owners: readonly object[] =
        receiver === "none"
          ? [language]
          : receiver === "map"
            ? (kinds ?? []).map((kind) => maps[kind])
            : (programs ?? []).map((kind) => contexts[kind]);
      assert.ok(owners.length > 0);
      for (const owner of owners) assert.equal(typeof Reflect.get(owner, name), "function");
    });
  }
});
