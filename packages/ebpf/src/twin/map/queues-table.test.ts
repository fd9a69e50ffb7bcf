import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { u32 } from "../../language/integer.ts";
import { struct } from "../../language/layout.ts";
import { BPF_ANY, BPF_EXIST, BPF_NOEXIST } from "../../language/map/flag.ts";
import { queue, stack } from "../../language/map/queue.ts";
import { withMachine } from "../../language/runtime.ts";
import { E2BIG, EINVAL, ENOENT } from "../errno.ts";
import { Twin } from "../twin.ts";

const Item = struct({ size: 4, fields: { number: u32 } });

for (const declare of [queue, stack]) {
  const map = declare("items", { value: Item, maxEntries: 2 });
  const push = (number: number, flags = BPF_ANY) => map.push(Item.make({ number }), flags);
  const take = () => {
    const into = Item.make({ number: 99 });
    return [map.pop(into), into.number];
  };

  describe(map.kind, () => {
    it("is empty at first: -2 (ENOENT), and what was to be filled is zeroed", () => {
      withMachine(new Twin().machine, () => {
        assert.deepEqual(take(), [ENOENT, 0]);
        const into = Item.make({ number: 99 });
        assert.deepEqual([map.peek(into), into.number], [ENOENT, 0]);
      });
    });

    it(`gives the ${map.kind === "queue" ? "oldest" : "newest"} value first`, () => {
      withMachine(new Twin().machine, () => {
        push(1);
        push(2);
        const expected = map.kind === "queue" ? [1, 2] : [2, 1];
        const into = Item.make();
        assert.deepEqual([map.peek(into), into.number], [0, expected[0]]);
        assert.deepEqual(
          [take(), take(), take()],
          [
            [0, expected[0]],
            [0, expected[1]],
            [ENOENT, 0],
          ],
        );
      });
    });

    it("refuses when full with -7 (E2BIG); with BPF_EXIST the oldest makes room", () => {
      withMachine(new Twin().machine, () => {
        assert.deepEqual([push(1), push(2), push(3)], [0, 0, E2BIG]);
        assert.equal(push(4, BPF_EXIST), 0);
        const expected = map.kind === "queue" ? [2, 4] : [4, 2];
        assert.deepEqual(
          [take(), take(), take()],
          [
            [0, expected[0]],
            [0, expected[1]],
            [ENOENT, 0],
          ],
        );
      });
    });

    it("accepts BPF_EXIST when there is room, and no other flag", () => {
      withMachine(new Twin().machine, () => {
        assert.equal(push(1, BPF_EXIST), 0);
        assert.deepEqual([push(1, BPF_NOEXIST), push(1, 3), push(1, 4)], [EINVAL, EINVAL, EINVAL]);
      });
    });

    it("goes round its ring many times", () => {
      const twin = new Twin();
      for (let i = 0; i < 7; i++) {
        twin.map(map).push({ number: i });
        assert.equal(twin.map(map).pop()?.number, i);
      }
      assert.deepEqual([twin.map(map).size, twin.map(map).pop()], [0, null]);
    });
  });
}
