import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FibLookup } from "../../language/index.ts";
import { CompileError } from "../diagnostic.ts";
import { anywhere, main, mainScope, resolveFiles } from "./testing/programs.ts";

describe("resolve: declarations are the language's own", () => {
  const declarations = `import { array, bytes, cell, config, hash, noinline, struct, table, u8, u32, u64 } from "@weir/ebpf";
const mac = bytes(6);
const Flow = struct({ order: "network", size: 8, source: "a test", fields: { mac, port: u8, rest: u8 } });
const flows = hash("flows", { key: Flow, value: u64, maxEntries: 1 << 4 });
const stats = array("stats", { value: Flow, maxEntries: 2 });
const total = cell("total", Flow);
const weights = table(u32, [1, 2, 1 + 2]);
const half = noinline((n: u32): u32 => n >> 1);
function twice(n: u32): u32 { return n * 2; }
const twiceApart = noinline(twice);
const size = Flow.size * 2;`;

  it("makes layouts that know the name of their constant", () => {
    const program = resolveFiles({ "main.ts": main(declarations) });
    const flow = mainScope(program).lookup("Flow", anywhere);
    assert.ok(flow.kind === "layout");
    assert.equal(flow.name, "Flow");
    assert.equal(program.layoutNames.get(flow.layout), "Flow");
    const fields = flow.layout.fields.map(({ name, offset }) => `${name} ${offset}`);
    assert.deepEqual([flow.layout.order, flow.layout.size, ...fields], ["network", 8, "mac 0", "port 6", "rest 7"]);
  });

  it("makes maps, cells, tables, fields and functions", () => {
    const scope = mainScope(resolveFiles({ "main.ts": main(declarations) }));
    const get = (name: string) => scope.lookup(name, anywhere);
    const flow = get("Flow");
    const flows = get("flows");
    assert.ok(flows.kind === "map" && flow.kind === "layout");
    assert.deepEqual([flows.map.kind, flows.map.name, flows.map.maxEntries], ["hash", "flows", 16]);
    assert.equal(flows.map.key, flow.layout);
    const stats = get("stats");
    assert.ok(stats.kind === "map" && stats.map.value === flow.layout && stats.map.kind === "array");
    const total = get("total");
    assert.ok(total.kind === "cell" && total.map.value === flow.layout);
    const weights = get("weights");
    assert.ok(weights.kind === "table");
    assert.deepEqual(weights.table.values, [1, 2, 3]);
    assert.deepEqual(get("mac"), {
      kind: "field",
      field: { kind: "vector", element: { kind: "int", bits: 8, signed: false, raw: false }, length: 6 },
    });
    const half = get("half");
    assert.ok(half.kind === "function" && half.noinline && half.tree.name === "half");
    const twice = get("twice");
    assert.ok(twice.kind === "function" && !twice.noinline && twice.scope === scope);
    const apart = get("twiceApart");
    assert.ok(apart.kind === "function" && apart.noinline && apart.tree.name === "twiceApart");
    assert.deepEqual(get("size"), { kind: "integer", value: 16 });
  });

  it("binds functions of the language under the name they have there, and globals", () => {
    const scope = mainScope(
      resolveFiles({ "main.ts": main('import { FibLookup, ktimeNs as now } from "@weir/ebpf";') }),
    );
    assert.deepEqual(scope.lookup("now", anywhere), { kind: "intrinsic", name: "ktimeNs" });
    assert.deepEqual(scope.lookup("Math", anywhere), { kind: "intrinsic", name: "Math" });
    assert.deepEqual(scope.lookup("FibLookup", anywhere), { kind: "layout", layout: FibLookup, name: "FibLookup" });
  });

  it("tells what the language says at the declaration: what is wrong, and how to fix it", () => {
    const text = main(
      'import { struct, u8 } from "@weir/ebpf";\nconst Pair = struct({ size: 3, fields: { a: u8, b: u8 } });',
    );
    assert.throws(
      () => resolveFiles({ "main.ts": text }),
      (error) => {
        assert.ok(error instanceof CompileError);
        const [diagnostic] = error.diagnostics;
        assert.match(diagnostic?.got ?? "", /^Cannot declare a layout of 3 bytes: its fields add up to 2 .*\.$/);
        assert.match(diagnostic?.write ?? "", /^Correct the size/);
        return true;
      },
    );
  });
});
