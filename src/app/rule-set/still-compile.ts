import { InvalidRuleError } from '#domain/errors.ts';
import { surroundingsOf, type Catalogue } from '#domain/program/catalogue.ts';
import { compileRuleSet, type RuleSetSurroundings } from '#domain/rule-set/rule-set.ts';

/**
 * Makes sure that a change of what rules are compiled against leaves every revision working that is live or will be.
 * Throws InvalidRuleError with the problems that the change would make.
 */
export function assertStillCompiles(catalogue: Catalogue, changed: Partial<RuleSetSurroundings>): void {
  for (const { revision, ruleSet } of catalogue.published) {
    const compiled = compileRuleSet(revision, ruleSet.content, {
      ...surroundingsOf(catalogue),
      ...changed,
    });
    if ('problems' in compiled) throw new InvalidRuleError(compiled.problems);
  }
}
