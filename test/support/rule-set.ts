// Rule sets for tests: whole sections into the draft, and from there into revisions.
import { replaceDraft } from '#app/rule-set/edit-draft.ts';
import { publishRuleSet } from '#app/rule-set/publish.ts';
import type { ItemInput, RuleSetInput } from '#domain/rule-set/content.ts';
import type { Deps } from '#src/deps.ts';

import { PURCHASE_RULE } from './activity.ts';
import { aCommand, type TestProgram } from './program.ts';

/** A rule that gives so many points a purchase. */
export function fixed(points: number, overrides: Partial<ItemInput<'earningRules'>> = {}): ItemInput<'earningRules'> {
  return { ...PURCHASE_RULE, code: 'fixed', name: 'Fixed points', award: { kind: 'FIXED', points }, ...overrides };
}

/** Puts the whole content in place of the draft. */
export async function draftOf(deps: Deps, program: TestProgram, content: RuleSetInput): Promise<number> {
  const { version } = await replaceDraft(deps, program.scope, aCommand('draftReplace', content), content);
  return version;
}

/** Publishes the whole content, at once or at an instant; answers its number. */
export async function publishSet(
  deps: Deps,
  program: TestProgram,
  content: RuleSetInput,
  at: Date | null = null,
): Promise<number> {
  await draftOf(deps, program, content);
  const input = { expectedVersion: null, note: null, at };
  const { revision } = await publishRuleSet(deps, program.scope, aCommand('ruleSetPublish', input), input);
  if (revision === null) throw new Error('a proposal was made instead of a revision');
  return revision;
}
