import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as asm from "../object/index.ts";
import { ProgramFault } from "./fault.ts";
import type { InterpretedHelper, InterpretedMap } from "./machine.ts";
import { arrayMap, assertFaults, resultOf, type Trial } from "./testing/trial.ts";

const MAP = 3;
const LOOKUP = 1;
const UPDATE = 2;
const DELETE = 3;
const FOR_EACH = 164;
const LOOP = 181;

const withMap = (map: InterpretedMap): Trial => ({ maps: new Map([[MAP, map]]) });
const signed = (value: bigint): bigint => BigInt.asIntN(64, value);

/** r1 = the map, r2 = a key on the stack. */
const keyed = (key: number) => [
  ...[asm.storeImm(4, 10, -4, key), asm.loadMapFd(1, MAP), asm.alu64Reg("mov", 2, 10), asm.alu64Imm("add", 2, -4)],
];

describe("map helpers", () => {
  it("look-up gives the address of live bytes, or 0", () => {
    const map = arrayMap(2);
    map.values[8] = 41;
    const increment = (key: number) => [
      ...[...keyed(key), asm.call(LOOKUP), asm.jumpImm("eq", 0, 0, 4)],
      ...[
        asm.load(8, 1, 0, 0),
        asm.alu64Imm("add", 1, 1),
        asm.storeReg(8, 0, 1, 0),
        asm.alu64Reg("mov", 0, 1),
        asm.exit(),
      ],
    ];
    assert.equal(resultOf(increment(1), withMap(map)), 42n);
    assert.equal(map.values[8], 42);
    assert.equal(resultOf(increment(2), withMap(map)), 0n);
  });

  it("the same element has the same address, however often it is looked up", () => {
    const program = [
      ...[...keyed(1), asm.call(LOOKUP), asm.alu64Reg("mov", 6, 0)],
      ...[...keyed(1), asm.call(LOOKUP), asm.alu64Reg("sub", 0, 6), asm.exit()],
    ];
    assert.equal(resultOf(program, withMap(arrayMap(2))), 0n);
  });

  it("a value has its own bounds, though it lies among others", () => {
    const past = (off: number) => [...keyed(0), asm.call(LOOKUP), asm.load(1, 0, 0, off), asm.exit()];
    assertFaults(
      past(8),
      "out-of-bounds",
      /offset 8 of the value of map numbers, which spans 0\.\.8/,
      withMap(arrayMap(2)),
    );
    assertFaults(past(-1), "out-of-bounds", /offset -1/, withMap(arrayMap(2)));
  });

  it("the null of a failed look-up cannot be dereferenced", () => {
    const program = [...keyed(9), asm.call(LOOKUP), asm.load(1, 0, 0, 0), asm.exit()];
    assertFaults(program, "not-an-address", /plain number/, withMap(arrayMap(2)));
  });

  it("update copies key and value from the stack; update and delete give the map's errno", () => {
    const map = arrayMap(2);
    const update = (key: number) => [
      ...[asm.storeImm(8, 10, -16, 7), ...keyed(key), asm.alu64Reg("mov", 3, 10), asm.alu64Imm("add", 3, -16)],
      ...[asm.alu64Imm("mov", 4, 0), asm.call(UPDATE), asm.exit()],
    ];
    assert.equal(resultOf(update(1), withMap(map)), 0n);
    assert.deepEqual([...map.values], [0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]);
    assert.equal(signed(resultOf(update(2), withMap(map))), -7n);
    assert.equal(signed(resultOf([...keyed(0), asm.call(DELETE), asm.exit()], withMap(map))), -22n);
  });

  it("a key with a byte that was never written is a fault, as padding would be", () => {
    const program = [
      ...[asm.storeImm(2, 10, -4, 0), asm.loadMapFd(1, MAP), asm.alu64Reg("mov", 2, 10), asm.alu64Imm("add", 2, -4)],
      ...[asm.call(LOOKUP), asm.exit()],
    ];
    assertFaults(program, "stack-unwritten", /call bpf_map_lookup_elem#1: it reads byte -2/, withMap(arrayMap(1)));
  });

  it("an inner map is found through an outer one", () => {
    const inner = arrayMap(1);
    inner.values[0] = 5;
    const outer = { ...arrayMap(1), name: "outer", lookup: () => inner };
    const program = [
      ...[...keyed(0), asm.call(LOOKUP), asm.alu64Reg("mov", 1, 0)],
      ...[asm.alu64Reg("mov", 2, 10), asm.alu64Imm("add", 2, -4), asm.call(LOOKUP), asm.load(8, 0, 0, 0), asm.exit()],
    ];
    assert.equal(resultOf(program, withMap(outer)), 5n);
  });

  it("a value's address can be loaded directly, with an offset", () => {
    const map = arrayMap(2);
    map.values[8] = 9;
    assert.equal(resultOf([asm.loadMapValue(1, MAP, 8), asm.load(1, 0, 1, 0), asm.exit()], withMap(map)), 9n);
    const { values: _, ...scattered } = map;
    assertFaults([asm.loadMapValue(1, MAP, 0), asm.exit()], "unknown-map", /lie in no one place/, withMap(scattered));
  });

  it("a map itself cannot be read, and a helper that wants one takes nothing else", () => {
    const map = withMap(arrayMap(1));
    assertFaults([asm.loadMapFd(1, MAP), asm.load(8, 0, 1, 0), asm.exit()], "not-an-address", /loads a map/, map);
    const swapped = [...keyed(0), asm.alu64Reg("mov", 1, 2), asm.call(LOOKUP), asm.exit()];
    assertFaults(swapped, "helper-argument", /its argument is no map/, map);
  });

  it("push, pop and peek reach maps that offer them and are faults on others", () => {
    const queue: number[] = [];
    const map: InterpretedMap = {
      ...arrayMap(1),
      keySize: 0,
      push: (value) => queue.push(value[0] ?? 0) - queue.length,
      pop(value) {
        value.fill(0);
        value[0] = queue.shift() ?? 0;
        return 0;
      },
      peek: () => -2,
    };
    const onValue = (helper: number) => [
      ...[
        asm.loadMapFd(1, MAP),
        asm.alu64Reg("mov", 2, 10),
        asm.alu64Imm("add", 2, -8),
        asm.alu64Imm("mov", 3, 0),
        asm.call(helper),
      ],
    ];
    const program = [
      asm.storeImm(8, 10, -8, 6),
      ...onValue(87),
      asm.storeImm(8, 10, -8, 0),
      ...onValue(88),
      asm.load(8, 0, 10, -8),
    ];
    assert.equal(resultOf([...program, asm.exit()], withMap(map)), 6n);
    assert.equal(signed(resultOf([...onValue(89), asm.exit()], withMap(map))), -2n);
    assertFaults(
      [...onValue(88), asm.exit()],
      "helper-argument",
      /numbers does not offer bpf_map_pop_elem/,
      withMap(arrayMap(1)),
    );
  });
});

describe("bpf_loop", () => {
  /** The callback at slot 13 adds its round to the number its context points to, and stops after `stop` rounds. */
  const loop = (rounds: number, stop: number, flags = 0) => [
    ...[
      asm.storeImm(8, 10, -8, 0),
      asm.alu64Imm("mov", 1, rounds),
      asm.loadFunction(2, 10),
      asm.alu64Reg("mov", 3, 10),
    ],
    ...[asm.alu64Imm("add", 3, -8), asm.alu64Imm("mov", 4, flags), asm.call(LOOP), asm.alu64Imm("lsh", 0, 32)],
    ...[asm.load(8, 1, 10, -8), asm.alu64Reg("add", 0, 1), asm.exit(), asm.jump(0)],
    ...[asm.load(8, 3, 2, 0), asm.alu64Reg("add", 3, 1), asm.storeReg(8, 2, 3, 0), asm.alu64Imm("mov", 0, 0)],
    ...[asm.jumpImm("lt", 1, stop, 1), asm.alu64Imm("mov", 0, 1), asm.exit()],
  ];

  it("calls back with rising rounds and a context, and gives their number", () => {
    assert.equal(resultOf(loop(5, 100)), (5n << 32n) + 10n); // 0 + 1 + 2 + 3 + 4
    assert.equal(resultOf(loop(0, 100)), 0n);
  });

  it("stops when the callback gives 1, counting that round", () => {
    assert.equal(resultOf(loop(5, 2)), (3n << 32n) + 3n); // 0 + 1 + 2
  });

  it("refuses flags and more than 8,388,608 rounds", () => {
    const result = (rounds: number, flags: number) => signed(resultOf(loop(rounds, 0, flags))) >> 32n;
    assert.equal(result(5, 1), -22n);
    assert.equal(result(8_388_609, 0), -7n);
  });

  it("refuses what is no function", () => {
    const program = [
      ...[asm.alu64Imm("mov", 1, 1), asm.alu64Imm("mov", 2, 0), asm.alu64Imm("mov", 3, 0), asm.alu64Imm("mov", 4, 0)],
      ...[asm.call(LOOP), asm.exit()],
    ];
    assertFaults(program, "not-an-address", /at 4: call bpf_loop#181/);
  });

  it("a fault in the callback names the callback's place, not the call's", () => {
    const program = [
      ...[asm.alu64Imm("mov", 1, 1), asm.loadFunction(2, 5), asm.alu64Imm("mov", 3, 0), asm.alu64Imm("mov", 4, 0)],
      ...[asm.call(LOOP), asm.exit()],
      ...[asm.alu64Reg("mov", 0, 7), asm.exit()],
    ];
    assertFaults(program, "register-unwritten", /at 7: r0 = r7/);
  });
});

describe("bpf_for_each_map_elem", () => {
  /** The callback at slot 11 adds key and value to the number its context points to; r0 = sum, stops at value 30. */
  const program = [
    ...[asm.storeImm(8, 10, -8, 0), asm.loadMapFd(1, MAP), asm.loadFunction(2, 7), asm.alu64Reg("mov", 3, 10)],
    ...[asm.alu64Imm("add", 3, -8), asm.alu64Imm("mov", 4, 0), asm.call(FOR_EACH)],
    ...[asm.load(8, 0, 10, -8), asm.exit()],
    ...[asm.load(4, 6, 2, 0), asm.load(8, 7, 3, 0), asm.load(8, 8, 4, 0), asm.alu64Reg("add", 8, 6)],
    ...[asm.alu64Reg("add", 8, 7), asm.storeReg(8, 4, 8, 0), asm.alu64Imm("mov", 0, 0)],
    ...[asm.jumpImm("ne", 7, 30, 1), asm.alu64Imm("mov", 0, 1), asm.exit()],
  ];

  it("visits each element until the callback gives 1", () => {
    const map = arrayMap(3);
    map.values.set([10], 0);
    map.values.set([20], 8);
    map.values.set([40], 16);
    assert.equal(resultOf(program, withMap(map)), 73n); // 0+10 + 1+20 + 2+40
    map.values.set([30], 8);
    assert.equal(resultOf(program, withMap(map)), 41n); // 0+10 + 1+30
  });
});

describe("a helper of one's own", () => {
  const double: InterpretedHelper = { name: "double", parameters: 1, call: (_, [value = 0n]) => value * 2n };
  const helpers = new Map([[7, double]]);

  it("gets as many arguments as it declares, unsigned, and its result is taken modulo 2^64", () => {
    assert.equal(resultOf([asm.alu64Imm("mov", 1, -1), asm.call(7), asm.exit()], { helpers }), 2n ** 64n - 2n);
  });

  it("is not called with an argument that was never written", () => {
    assertFaults([asm.call(7), asm.call(7), asm.exit()], "register-unwritten", /at 1: call/, { helpers });
  });

  it("may throw a fault with its reason, and the interpreter adds the place", () => {
    const picky: InterpretedHelper = {
      ...double,
      call() {
        throw new ProgramFault("helper-argument", "it dislikes this number");
      },
    };
    assertFaults([asm.call(7), asm.exit()], "helper-argument", /at 0: .*it dislikes this number/, {
      helpers: new Map([[7, picky]]),
    });
  });
});
