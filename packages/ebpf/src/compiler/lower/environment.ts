/**
 * The environment: which entity each variable stands for at one point of the control flow.
 *
 * The language is structured, so SSA form is built without a dominance computation: a branch copies the environment, a join merges
 * the copies and puts a phi where they disagree. What a condition has taught (a narrowed interval, a reference that is not null) lives
 * in the copy of the branch that it holds in and is forgotten at the join.
 */
import type { Block, Value } from "../ir/ir.ts";
import type { LanguageType } from "../resolve/program.ts";
import type { Entity } from "./entity.ts";

/** A local variable or parameter. Identity is what counts: two inlined calls have two. */
export interface Variable {
  readonly name: string;
  readonly mutable: boolean;
  /** The declared type, if one is written. */
  readonly type: LanguageType | null;
  /** What it stood for when it was declared; what a constant falls back to where facts about it disagree. */
  readonly original: Entity;
}

/** `data` and `data_end` of the packet, loaded once for each time the packet may have moved. */
export interface PacketBounds {
  readonly data: Value;
  readonly end: Value;
}

export interface Environment {
  readonly variables: Map<Variable, Entity>;
  packet: PacketBounds | null;
}

/** An open end of control flow: the block that code goes to next, and what holds there. */
export interface Edge {
  readonly block: Block;
  readonly env: Environment;
}

export function emptyEnvironment(): Environment {
  return { variables: new Map(), packet: null };
}

export function copyEnvironment(env: Environment): Environment {
  return { variables: new Map(env.variables), packet: env.packet };
}

/** Keeps only the variables that were there before: what a block or an inlined function declared is gone after it. */
export function forgetNewer(env: Environment, before: ReadonlySet<Variable>): void {
  for (const variable of env.variables.keys()) if (!before.has(variable)) env.variables.delete(variable);
}
