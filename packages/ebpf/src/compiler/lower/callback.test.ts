import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { calculate } from "../testing/both-worlds.ts";
import { assertRefused, calculation } from "../testing/snippet.ts";

const STATE = "const State = struct({ size: 8, fields: { sum: u32, rounds: u32 } });";
const STEP = `${STATE}
function step(index: u32, state: Ref<typeof State>): 0 | 1 {
  state.sum = (state.sum + index) & 0xffff;
  state.rounds += 1;
  return index === 6 ? 1 : 0;
}`;
const USE =
  "const state = State.make({});\nconst calls = loop(a, step, state);\nreturn calls * 1000 + state.sum * 10 + state.rounds;";

describe("a callback", () => {
  it("is called until the count is reached, or until it gives 1", () => {
    // 0 + 1 + 2 + 3 in four calls; 0 + … + 6 in seven.
    assert.equal(calculate(USE, { declarations: STEP, a: 4 }), 4064);
    assert.equal(calculate(USE, { declarations: STEP, a: 90 }), 7217);
  });

  it("visits the elements of a map", () => {
    const declarations = `${STATE}
const numbers = array("numbers", { value: u32, maxEntries: 4 });
function add(key: RefOf<typeof u32>, value: RefOf<typeof u32>, state: Ref<typeof State>): 0 | 1 {
  state.sum = (state.sum + (value.value & 0xff) * (key.value & 0xff)) & 0xffff;
  return 0;
}`;
    const statements = `for (let k = 0; k < 4; k++) numbers.update(k, k + 1);
      const state = State.make({});
      numbers.forEach(add, state);
      return state.sum;`;
    // 0*1 + 1*2 + 2*3 + 3*4.
    assert.equal(calculate(statements, { declarations }), 20);
  });

  it("refuses a lost update in an element that other CPUs see", () => {
    const declarations = `${STATE}
const numbers = array("numbers", { value: u32, maxEntries: 4 });
function add(key: RefOf<typeof u32>, value: RefOf<typeof u32>, state: Ref<typeof State>): 0 | 1 {
  value.value = (value.value + 1) & 0xff;
  return 0;
}`;
    assertRefused(calculation("numbers.forEach(add, State.make({}));", declarations), "E404", "value.value = ");
  });

  it("takes the index as u32, for the kernel counts in 32 bits", () => {
    assertRefused(calculation(USE, STEP.replace("index: u32", "index: u8")), "E504", "loop(a, step, state)");
  });

  it("gives 0 | 1 and nothing else", () => {
    assertRefused(calculation(USE, STEP.replace("0 | 1 {", "number {")), "E504", "loop(a, step, state)");
    assertRefused(
      calculation(USE, STEP.replace("0 | 1 {", "boolean {").replace("? 1 : 0", "? true : false")),
      "E504",
      "loop(a, step, state)",
    );
  });

  it("takes the layout of the state that it is called with", () => {
    const other = "\nconst Other = struct({ size: 8, fields: { sum: u32, rounds: u32 } });";
    assertRefused(calculation(USE.replace("State.make", "Other.make"), STEP + other), "E504", "loop(a, step, state)");
  });

  it("has its state on the stack, where the kernel wants it", () => {
    const declarations = `${STEP}\nconst states = array("states", { value: State, maxEntries: 1 });`;
    const statements = "const state = states.lookup(0);\nif (state === null) return 1;\nreturn loop(a, step, state);";
    assertRefused(calculation(statements, declarations), "E604", "loop(a, step, state)");
  });

  it("is named: a function of the module", () => {
    assertRefused(calculation("return loop(a, b, State.make({}));", STATE), "E504", "loop(a, b");
  });
});
