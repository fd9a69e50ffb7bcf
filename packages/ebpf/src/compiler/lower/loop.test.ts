import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { calculate, filterPacket } from "../testing/both-worlds.ts";
import { assertRefused, calculation, filter } from "../testing/snippet.ts";

const ENTRIES = `const Entry = struct({ size: 8, fields: { weight: u32, number: u32 } });
const entries = array("entries", { value: Entry, maxEntries: 4 });
const others = percpuArray("others", { value: Entry, maxEntries: 4 });`;

/** Puts the weights 3, 9, 5, 9 into the table, numbered from 0. */
const FILL = `const weights = table(u8, [3, 9, 5, 9]);
function fill(): void {
  for (let k = 0; k < 4; k++) {
    const entry = Entry.make({ weight: weights.at(k), number: k });
    entries.update(k, entry);
  }
}`;

describe("a loop", () => {
  it("runs its update after continue, and not after break", () => {
    const statements = `let sum = 0;
      for (let k = 0; k < 10; k++) {
        if (k === 2) continue;
        if (k === 5) break;
        sum = (sum + k) & 0xff;
      }
      return sum;`;
    // 0 + 1 + 3 + 4.
    assert.equal(calculate(statements), 8);
  });

  it("keeps apart variables of one name in nested blocks", () => {
    const statements = `let n = 1;
      for (let n = 5; n < 7; n++) {
        let n = 100;
        n += 1;
      }
      { let n = 3; n += 1; }
      return n;`;
    assert.equal(calculate(statements), 1);
  });

  it("keeps the values of the last round behind a break", () => {
    const statements = `let last = 0;
      let steps = 0;
      while (steps < 8) {
        steps += 1;
        last = steps * 3;
        if (last > 10) break;
      }
      return last * 100 + steps;`;
    // 3, 6, 9, 12: four steps.
    assert.equal(calculate(statements), 1204);
  });

  it("evaluates its bound in every round", () => {
    const statements = `let end = 3;
      let rounds = 0;
      for (let k = 0; k < end; k++) {
        if (k === 1 && end < 5) end += 2;
        rounds = (rounds + 1) & 0xff;
      }
      return rounds;`;
    assert.equal(calculate(statements), 5);
  });

  it("does not run where a configured bound is 0", () => {
    const given = { declarations: "const cfg = config({ rounds: 4 });" };
    const statements = "let n = 0;\nfor (let k = 0; k < cfg.rounds; k++) n = (n + 1) & 0xff;\nreturn n;";
    assert.equal(calculate(statements, given), 4);
    assert.equal(calculate(statements, { ...given, config: { rounds: 0 } }), 0);
  });
});

describe("a reference that is carried through a loop", () => {
  it("begins as null and ends at the best element of a table that other CPUs see", () => {
    const statements = `fill();
      let best: Ref<typeof Entry> | null = null;
      for (let k = 0; k < 4; k++) {
        const entry = entries.lookup(k);
        if (entry !== null && (best === null || entry.weight > best.weight)) best = entry;
      }
      if (best === null) return 99;
      best.weight = 1;
      return best.number;`;
    assert.equal(calculate(statements, { declarations: `${ENTRIES}\n${FILL}` }), 1);
  });

  it("is still null where no round has found anything", () => {
    const statements = `let found: Ref<typeof Entry> | null = null;
      for (let k = 0; k < 4; k++) {
        const entry = entries.lookup(k);
        if (entry !== null && entry.weight === 7) found = entry;
      }
      return found === null ? 1 : 2;`;
    assert.equal(calculate(statements, { declarations: ENTRIES }), 1);
  });

  it("may lead into the packet", () => {
    const declarations = "const Byte = struct({ size: 1, fields: { value: u8 } });";
    const statements = `let last: Ref<typeof Byte> | null = null;
      for (let k = 0; k < 4; k++) {
        const byte = ctx.at(k, Byte);
        if (byte !== null && byte.value === 7) last = byte;
      }
      if (last === null) return 1;
      last.value = 9;
      return 2;`;
    const { result, bytes } = filterPacket(statements, [1, 7, 3, 7, 5], declarations);
    assert.deepEqual([result, ...bytes], [2, 1, 7, 3, 9, 5]);
    assert.equal(filterPacket(statements, [1, 2], declarations).result, 1);
  });

  it("is stale in the next round if the packet moves in this one", () => {
    const declarations = "const Byte = struct({ size: 1, fields: { value: u8 } });";
    const statements = `let last: Ref<typeof Byte> | null = null;
      for (let k = 0; k < 4; k++) {
        if (last !== null) last.value = 1;
        last = ctx.at(k, Byte);
        if (ctx.adjustHead(-1) !== 0) return 1;
      }
      return 2;`;
    assertRefused(filter(statements, declarations), "E403", "last.value = 1");
  });

  it("remembers in the first round what memory the later ones bring: a lost update is refused", () => {
    const statements = `let one: Ref<typeof Entry> = Entry.make({});
      for (let k = 0; k < 4; k++) {
        one.weight = (one.weight + 1) & 0xff;
        const entry = entries.lookup(k);
        if (entry !== null) one = entry;
      }`;
    assertRefused(calculation(statements, ENTRIES), "E404", "one.weight = (one.weight + 1)");
    assert.equal(calculate(statements.replace("entries", "others"), { declarations: ENTRIES }), 0);
  });

  it("is not an instance made in the round: there is one place for all rounds", () => {
    const statements = `let last: Ref<typeof Entry> | null = null;
      for (let k = 0; k < 4; k++) {
        const made = Entry.make({ number: k });
        last = made;
      }
      return last === null ? 0 : last.number;`;
    assertRefused(calculation(statements, ENTRIES), "E410", "for (let k = 0");
  });

  it("is not such an instance either where another way leads to a table", () => {
    const statements = `let last: Ref<typeof Entry> | null = null;
      for (let k = 0; k < 4; k++) {
        let made: Ref<typeof Entry> = Entry.make({ number: k });
        const entry = others.lookup(k);
        if (entry !== null && k > 2) made = entry;
        last = made;
      }
      return last === null ? 0 : last.number;`;
    assertRefused(calculation(statements, ENTRIES), "E410", "for (let k = 0");
  });

  it("may be an instance of the round that ends the loop, or of the loop around it", () => {
    const behindBreak = `let last: Ref<typeof Entry> | null = null;
      for (let k = 0; k < 4; k++) {
        const made = Entry.make({ number: k });
        if (k === a) { last = made; break; }
      }
      return last === null ? 77 : last.number;`;
    assert.equal(calculate(behindBreak, { declarations: ENTRIES, a: 2 }), 2);
    const nested = `let sum = 0;
      for (let k = 0; k < 3; k++) {
        const made = Entry.make({ number: k });
        let chosen: Ref<typeof Entry> | null = null;
        for (let m = 0; m < 2; m++) if (m === 1) chosen = made;
        if (chosen !== null) sum = (sum + chosen.number) & 0xff;
      }
      return sum;`;
    assert.equal(calculate(nested, { declarations: ENTRIES }), 3);
  });

  it("may be null in the next round only if it is declared so", () => {
    const statements = `let one: Ref<typeof Entry> = Entry.make({});
      for (let k = 0; k < 4; k++) {
        one = entries.lookup(k);
      }`;
    assertRefused(calculation(statements, ENTRIES), "E402", "one = entries.lookup(k)");
  });
});
