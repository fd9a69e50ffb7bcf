/** A function of its own and a callback: five rounds of a mixing function over a seed. */
import { loop, noinline, type Ref, struct, u32, XDP_DROP, XDP_PASS, type Xdp } from "@weir/ebpf";

const Words = struct({ order: "network", size: 8, fields: { seed: u32, wanted: u32 } });
const State = struct({ size: 8, fields: { value: u32, limit: u32 } });

const mix = noinline((value: u32, round: u32): u32 => {
  const turned = ((value << 13) | (value >>> 19)) >>> 0;
  return (Math.imul(turned, 5) + (0xe6546b64 ^ round)) >>> 0;
});

function step(index: u32, state: Ref<typeof State>): 0 | 1 {
  state.value = mix(state.value, index);
  if (state.value < state.limit) return 1;
  return 0;
}

export function check(ctx: Xdp): number {
  const words = ctx.at(0, Words);
  if (words === null) return XDP_PASS;
  const state = State.make({ value: words.seed, limit: 1000 });
  loop(5, step, state);
  return mix(state.value, 5) === words.wanted ? XDP_PASS : XDP_DROP;
}
