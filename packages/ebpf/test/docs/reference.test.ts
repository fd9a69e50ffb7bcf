import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { referencePage } from "./reference-page.ts";
import { rulesPage } from "./rules-page.ts";

const pageOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("docs/reference.md", () => {
  it("is what the tables of the language say; npm run reference -w @weir/ebpf brings it up to date", () => {
    assert.equal(pageOf("docs/reference.md"), referencePage());
  });

  // Worked by hand from linux/bpf.h and the language's declarations.
  const rows = [
    "| `Xdp` | `xdp` | 4.8 | yes | `ingressIfindex` `rxQueueIndex` |",
    "| `lruHash` | `lru_hash` | 4.10 | `lookup` `update` `delete` `forEach` |",
    "| `ctx.adjustHead(i32)` | xdp_adjust_head (44) | 0 or -errno | Xdp | 4.10 | yes |",
    "| `ktimeNs()` | ktime_get_ns (5) | u64 | all | 4.1 |  |",
    "| `map.push(value, flags)` | map_push_elem (87) | 0 or -errno | queue stack | 4.20 |  |",
  ];
  for (const row of rows) {
    it(`has the row ${row}`, () => assert.ok(referencePage().split("\n").includes(row)));
  }
});

describe("docs/rules.md", () => {
  it("is what the compiler's catalogue says; npm run reference -w @weir/ebpf brings it up to date", () => {
    assert.equal(pageOf("docs/rules.md"), rulesPage());
  });

  it("has each rule with its reason", () => {
    const row =
      "| E309 | Prove an index inside its vector or table | Beyond it V8 throws and the kernel refuses the program. |";
    assert.ok(rulesPage().split("\n").includes(row));
  });
});
