import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { calculate, wideOf } from "../testing/both-worlds.ts";
import { assertRefused, calculation } from "../testing/snippet.ts";

const LAYOUTS = `const Address = struct({ size: 4, fields: { octets: bytes(4) } });
const Flow = struct({ size: 14, fields: { source: Address, target: bytes(4), port: u16, kind: u8, rest: bytes(3) } });`;

describe("an instance", () => {
  it("is zeroed where nothing is given, whatever stood there before", () => {
    const declarations = `const Word = struct({ size: 8, fields: { all: u64 } });
const Narrow = struct({ size: 8, fields: { low: u8, mid: u8, half: u16, high: u32 } });
function dirty(): u64 { const word = Word.make({ all: 0xffff_ffff_ffff_ffffn }); return word.all; }`;
    const statements = `args.wide = dirty();
      const narrow = Narrow.make({ mid: 2 });
      args.wide = BigInt(narrow.low + narrow.mid * 10 + narrow.half + narrow.high);`;
    assert.equal(wideOf(statements, { declarations }), 20n);
  });

  it("takes vectors and inner instances, which are copied", () => {
    const statements = `const address = Address.make({});
      address.octets.set(1, 5);
      const flow = Flow.make({ source: address, target: address.octets, port: 0x1234 });
      address.octets.set(1, 6);
      return flow.source.octets.get(1) * 1000 + flow.target.get(1) * 100 + (flow.port >>> 8) + flow.rest.get(2);`;
    assert.equal(calculate(statements, { declarations: LAYOUTS }), 5518);
  });

  it("evaluates its properties in the order of the source, and once", () => {
    const declarations = `${LAYOUTS}
const Log = struct({ size: 4, fields: { digits: u32 } });
const log = percpuArray("log", { value: Log, maxEntries: 1 });
function note(digit: u8): u8 {
  const entry = log.lookup(0);
  if (entry !== null) entry.digits = (entry.digits * 10 + digit) & 0xffff;
  return digit;
}`;
    const statements = `Flow.make({ kind: note(3), port: note(1) });
      const entry = log.lookup(0);
      return entry === null ? 0 : entry.digits;`;
    assert.equal(calculate(statements, { declarations }), 31);
  });

  it("truncates what its fields cannot hold", () => {
    assert.equal(calculate("return Flow.make({ kind: a }).kind;", { declarations: LAYOUTS, a: 0x1ff }), 0xff);
  });

  it("has the fields of its layout and no others", () => {
    assertRefused(calculation("Flow.make({ colour: 1 });", LAYOUTS), "E406", "colour");
  });
});
