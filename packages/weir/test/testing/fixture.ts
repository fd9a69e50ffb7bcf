/**
 * Fixtures: packets in; verdict, packet out, counters after. Each runs in the twin and in the kernel, and both must do the same.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { XDP_DROP, XDP_PASS, XDP_REDIRECT, XDP_TX } from "@weir/ebpf";
import { rootTest } from "@weir/linux/testing";
import type { WantedState } from "../../src/model/service.ts";
import { type DirectorWorld, directorInKernel, directorInTwin, type Features } from "./director.ts";
import type { FixtureNetwork } from "./network.ts";
import type { OutcomeName, Outcomes, Snapshot } from "./tables.ts";

const VERDICTS = { forwarded: XDP_REDIRECT, passed: XDP_PASS, dropped: XDP_DROP, answered: XDP_TX } as const;

export interface Step {
  readonly arrives: Uint8Array;
  readonly verdict: keyof typeof VERDICTS;
  /** The packet afterwards. Left out: as it came. */
  readonly leaves?: Uint8Array;
}

export interface Fixture {
  readonly state: WantedState;
  readonly network: FixtureNetwork;
  readonly features?: Features;
  readonly steps: readonly Step[];
  /** Counters that are not 0 afterwards, `received` aside, which is their sum. */
  readonly outcomes: Outcomes;
  /** More to look at in the tables. */
  readonly after?: (tables: Snapshot) => void;
}

/** Registers a test for each world. */
export function fixture(title: string, made: Fixture): void {
  test(`${title} [twin]`, () => {
    using world = directorInTwin(made.state, made.network, made.features);
    run(world, made);
  });
  rootTest(`${title} [kernel]`, () => {
    using twin = directorInTwin(made.state, made.network, made.features);
    using kernel = directorInKernel(made.state, made.network, made.features);
    run(kernel, made);
    for (const { arrives } of made.steps) twin.send(arrives);
    assert.deepEqual(kernel.snapshot(), twin.snapshot(), "the tables of both worlds");
  });
}

function run(world: DirectorWorld, { steps, outcomes, after }: Fixture): void {
  for (const [index, { arrives, verdict, leaves = arrives }] of steps.entries()) {
    const sent = world.send(arrives);
    assert.deepEqual(
      { verdict: nameOf(sent.verdict), packet: hex(sent.packet) },
      { verdict, packet: hex(leaves) },
      `packet ${index + 1} of ${steps.length}`,
    );
  }
  const tables = world.snapshot();
  assertAccounts(tables.outcomes, steps.length);
  const { received: _, ...others } = tables.outcomes;
  assert.deepEqual(others, outcomes);
  after?.(tables);
}

/** Received = forwarded + passed + dropped, by reason: every packet has one outcome. */
export function assertAccounts(outcomes: Outcomes, received: number): void {
  const names = Object.keys(outcomes) as OutcomeName[];
  const sum = names.filter((name) => name !== "received").reduce((total, name) => total + (outcomes[name] ?? 0), 0);
  assert.deepEqual({ received: outcomes.received ?? 0, sum }, { received, sum: received }, "one outcome a packet");
}

export function nameOf(verdict: number): string {
  return Object.entries(VERDICTS).find(([, value]) => value === verdict)?.[0] ?? `verdict ${verdict}`;
}

/** In groups of two bytes, so that a difference is found. */
export function hex(bytes: Uint8Array): string {
  return (
    Buffer.from(bytes)
      .toString("hex")
      .match(/.{1,4}/g) ?? []
  ).join(" ");
}
