/**
 * What all parts of the parser share: the source, and the refusals found in it so far.
 *
 * A refused construct does not end the parse. It leaves a placeholder and the reader goes on, so that one run tells the
 * author everything; `parse` throws at the end when anything was refused.
 */
import type { Span as OffsetRange } from "oxc-parser";
import type { Diagnostic } from "../diagnostic.ts";
import type { RuleId } from "../rules/catalogue.ts";
import type { Expression, Source, Span } from "../tree.ts";

/** What a refusal says apart from its place. */
export interface Refusal {
  readonly rule: RuleId;
  readonly got: string;
  readonly write: string;
}

export interface Reader {
  readonly source: Source;
  readonly refusals: readonly Diagnostic[];
  span(node: OffsetRange): Span;
  refuse(node: OffsetRange, refusal: Refusal): void;
  /** Refuses and gives the expression that stands in for what was refused. */
  refuseExpression(node: OffsetRange, refusal: Refusal): Expression;
  /** Goes one level deeper; false, and refused, where a tree would be deeper than later phases can follow. */
  enter(node: OffsetRange): boolean;
  /** Comes back from a level that was entered. */
  leave(): void;
}

/** Later phases walk the tree recursively; their frames are larger than ours. */
const MAX_DEPTH = 1000;

export function createReader(source: Source): Reader {
  const refusals: Diagnostic[] = [];
  let depth = 0;
  const span = ({ start, end }: OffsetRange): Span => ({ source, start, end });
  const refuse = (node: OffsetRange, refusal: Refusal): void => {
    refusals.push({ ...refusal, at: span(node) });
  };
  return {
    source,
    refusals,
    span,
    refuse,
    refuseExpression(node, refusal) {
      refuse(node, refusal);
      return { kind: "null", at: span(node) };
    },
    enter(node) {
      depth += 1;
      if (depth <= MAX_DEPTH) return true;
      depth -= 1;
      refuse(node, { rule: "E144", got: `nested more than ${MAX_DEPTH} levels deep`, write: "names for the parts" });
      return false;
    },
    leave() {
      depth -= 1;
    },
  };
}
