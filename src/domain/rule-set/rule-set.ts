import { compileEarningRules, NO_EARNING, type CompiledEarning, type EarningSurroundings } from '../earning/compile.ts';
import { emptyContent, parseContent, type RuleProblem, type RuleSetContent } from './content.ts';

/** A revision ready to decide by: what was published, and each section compiled. */
export type RuleSet = {
  /** 0 while nothing is published. */
  revision: number;
  content: RuleSetContent;
  earning: CompiledEarning;
};

/** What rule sets are compiled against. */
export type RuleSetSurroundings = EarningSurroundings;

export const EMPTY_RULE_SET: RuleSet = { revision: 0, content: emptyContent(), earning: NO_EARNING };

/**
 * Parses, type-checks and compiles a whole rule set. Returns every problem found, so that a draft is refused when it is
 * published and never when it is evaluated.
 */
export function compileRuleSet(
  revision: number,
  stored: unknown,
  surroundings: RuleSetSurroundings,
): { ruleSet: RuleSet } | { problems: RuleProblem[] } {
  const parsed = parseContent(stored);
  if ('problems' in parsed) return parsed;
  const { content } = parsed;
  const earning = compileEarningRules(content.earningRules, surroundings);
  if ('problems' in earning) return earning;
  return { ruleSet: { revision, content, earning: earning.earning } };
}
