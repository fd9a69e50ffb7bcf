/**
 * The kernel's helpers that need nothing but the program itself, its packet and its maps.
 *
 * Helpers that need a clock, chance, routes or devices are handed in by whoever has those.
 *
 * @see kernel include/uapi/linux/bpf.h
 */

import { ProgramFault } from "./fault.ts";
import type { HelperRun, InterpretedHelper, InterpretedMap, InterpretedPacket } from "./machine.ts";

const E2BIG = -7n;
const EINVAL = -22n;

/** bpf_loop refuses more rounds than this (BPF_MAX_LOOPS). */
const MAX_LOOPS = 8n * 1024n * 1024n;

const lookup: InterpretedHelper = {
  name: "bpf_map_lookup_elem",
  parameters: 2,
  call({ memory }, [map = 0n, key = 0n]) {
    const target = memory.mapAt(map);
    const found = target.lookup(memory.read(key, target.keySize));
    if (found === null) return 0n;
    return found instanceof Uint8Array
      ? memory.addressOf(found, `value of map ${target.name}`)
      : memory.addressOfMap(found);
  },
};

const update: InterpretedHelper = {
  name: "bpf_map_update_elem",
  parameters: 4,
  call({ memory }, [map = 0n, key = 0n, value = 0n, flags = 0n]) {
    const target = memory.mapAt(map);
    return BigInt(target.update(memory.read(key, target.keySize), memory.read(value, target.valueSize), flags));
  },
};

const remove: InterpretedHelper = {
  name: "bpf_map_delete_elem",
  parameters: 2,
  call({ memory }, [map = 0n, key = 0n]) {
    const target = memory.mapAt(map);
    return BigInt(target.delete(memory.read(key, target.keySize)));
  },
};

const push: InterpretedHelper = {
  name: "bpf_map_push_elem",
  parameters: 3,
  call({ memory }, [map = 0n, value = 0n, flags = 0n]) {
    const target = memory.mapAt(map);
    if (target.push === undefined) throw notOffered(target, "bpf_map_push_elem");
    return BigInt(target.push(memory.read(value, target.valueSize), flags));
  },
};

const pop: InterpretedHelper = {
  name: "bpf_map_pop_elem",
  parameters: 2,
  call({ memory }, [map = 0n, value = 0n]) {
    const target = memory.mapAt(map);
    if (target.pop === undefined) throw notOffered(target, "bpf_map_pop_elem");
    return BigInt(target.pop(memory.write(value, target.valueSize)));
  },
};

const peek: InterpretedHelper = {
  name: "bpf_map_peek_elem",
  parameters: 2,
  call({ memory }, [map = 0n, value = 0n]) {
    const target = memory.mapAt(map);
    if (target.peek === undefined) throw notOffered(target, "bpf_map_peek_elem");
    return BigInt(target.peek(memory.write(value, target.valueSize)));
  },
};

/** Calls back with (map, key, value, context) until it returns other than 0; gives the number of calls. */
const forEach: InterpretedHelper = {
  name: "bpf_for_each_map_elem",
  parameters: 4,
  call({ memory, callFunction }, [map = 0n, callback = 0n, context = 0n, flags = 0n]) {
    const target = memory.mapAt(map);
    if (target.visit === undefined) throw notOffered(target, "bpf_for_each_map_elem");
    if (flags !== 0n) return EINVAL;
    const visits = target.visit((key, value) => {
      const keyAddress = memory.addressOf(key, `key of map ${target.name}`);
      const valueAddress = memory.addressOf(value, `value of map ${target.name}`);
      return callFunction(callback, [map, keyAddress, valueAddress, context]) === 0n ? 0 : 1;
    });
    return BigInt(visits);
  },
};

/** Calls back with (round, context) until it returns other than 0; gives the number of calls. */
const loop: InterpretedHelper = {
  name: "bpf_loop",
  parameters: 4,
  call({ callFunction }, [rounds = 0n, callback = 0n, context = 0n, flags = 0n]) {
    const wanted = BigInt.asUintN(32, rounds);
    if (flags !== 0n) return EINVAL;
    if (wanted > MAX_LOOPS) return E2BIG;
    for (let round = 0n; round < wanted; round++) {
      if (callFunction(callback, [round, context]) !== 0n) return round + 1n;
    }
    return wanted;
  },
};

const adjustHead = packetMover("bpf_xdp_adjust_head", (packet, delta) => packet.adjustHead(delta));
const adjustMeta = packetMover("bpf_xdp_adjust_meta", (packet, delta) => packet.adjustMeta(delta));
const adjustTail = packetMover("bpf_xdp_adjust_tail", (packet, delta) => packet.adjustTail(delta));

/** By number, for `InterpreterMachine.helpers`. */
export const coreHelpers: ReadonlyMap<number, InterpretedHelper> = new Map([
  [1, lookup],
  [2, update],
  [3, remove],
  [44, adjustHead],
  [54, adjustMeta],
  [65, adjustTail],
  [87, push],
  [88, pop],
  [89, peek],
  [164, forEach],
  [181, loop],
]);

function packetMover(name: string, move: (packet: InterpretedPacket, delta: number) => number): InterpretedHelper {
  return {
    name,
    parameters: 2,
    call: (run, [, delta = 0n]) => BigInt(move(packetOf(run, name), Number(BigInt.asIntN(32, delta)))),
  };
}

function packetOf({ context }: HelperRun, helper: string): InterpretedPacket {
  const packet = context instanceof Uint8Array ? undefined : context.packet;
  if (packet === undefined)
    throw new ProgramFault("helper-argument", `${helper} needs a packet, and this context has none`);
  return packet;
}

function notOffered(map: InterpretedMap, helper: string): ProgramFault {
  return new ProgramFault("helper-argument", `map ${map.name} does not offer ${helper}`);
}
