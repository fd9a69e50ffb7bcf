/**
 * The catalogue of rules. A number means one thing for ever: rules are added, never renumbered or reused.
 *
 * To add a rule, add its entry to the file of its hundred; `RuleId` follows, and so do the tests.
 */
import { functionRules } from "./functions.ts";
import { integerRules } from "./integers.ts";
import { mapRules } from "./maps.ts";
import { memoryRules } from "./memory.ts";
import { nameRules } from "./names.ts";
import { syntaxRules } from "./syntax.ts";

export const catalogue = {
  ...syntaxRules,
  ...nameRules,
  ...integerRules,
  ...memoryRules,
  ...functionRules,
  ...mapRules,
} as const;

/** A rule that exists: a diagnostic with any other number does not type-check. */
export type RuleId = keyof typeof catalogue;
