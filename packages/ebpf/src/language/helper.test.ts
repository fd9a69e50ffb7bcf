import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HELPERS } from "./helper.ts";

describe("the table of helpers", () => {
  // enum bpf_func_id in linux/bpf.h.
  const numbers = {
    map_lookup_elem: 1,
    map_update_elem: 2,
    map_delete_elem: 3,
    ktime_get_ns: 5,
    get_prandom_u32: 7,
    get_smp_processor_id: 8,
    skb_store_bytes: 9,
    l3_csum_replace: 10,
    l4_csum_replace: 11,
    clone_redirect: 13,
    redirect: 23,
    skb_load_bytes: 26,
    skb_change_proto: 31,
    skb_change_tail: 38,
    skb_pull_data: 39,
    skb_change_head: 43,
    xdp_adjust_head: 44,
    skb_adjust_room: 50,
    redirect_map: 51,
    sk_redirect_map: 52,
    msg_redirect_map: 60,
    msg_apply_bytes: 61,
    msg_cork_bytes: 62,
    msg_pull_data: 63,
    xdp_adjust_tail: 65,
    fib_lookup: 69,
    msg_redirect_hash: 71,
    sk_redirect_hash: 72,
    map_push_elem: 87,
    map_pop_elem: 88,
    map_peek_elem: 89,
    sk_assign: 124,
    ktime_get_boot_ns: 125,
    ringbuf_output: 130,
    csum_level: 135,
    redirect_neigh: 152,
    redirect_peer: 155,
    ktime_get_coarse_ns: 160,
    for_each_map_elem: 164,
    loop: 181,
  };

  it("numbers helpers as the kernel does", () => {
    const listed = Object.fromEntries(HELPERS.map(({ kernelName, id }) => [kernelName, id]));
    assert.deepEqual(listed, numbers);
  });

  it("never needs more than the five argument registers", () => {
    for (const { name, args } of HELPERS) {
      const registers = args.reduce((sum, arg) => sum + (arg.endsWith("+size") ? 2 : 1), 0);
      assert.ok(registers <= 5, `${name} needs ${registers}`);
    }
  });

  it("says for methods whose they are, and each pair of name and owner once", () => {
    const seen = new Set<string>();
    for (const { name, receiver, programs, maps } of HELPERS) {
      assert.equal(maps !== null, receiver === "map", name);
      assert.ok(receiver !== "context" || programs !== null, name);
      for (const owner of maps ?? programs ?? ["everywhere"]) {
        const pair = `${name} of ${owner}`;
        assert.ok(!seen.has(pair), `${pair} is listed twice`);
        seen.add(pair);
      }
    }
  });

  it("makes references stale only where packets are", () => {
    for (const { name, movesPacket, receiver } of HELPERS) assert.ok(!movesPacket || receiver === "context", name);
  });
});
