import { InvalidRuleError, StaleVersionError, StateConflictError } from '#domain/errors.ts';
import { diffContent } from '#domain/rule-set/diff.ts';
import { compileRuleSet } from '#domain/rule-set/rule-set.ts';
import { appendRevision, lockDraft } from '#storage/rule-set-store.ts';

import { mutate, type Command } from '../mutation.ts';
import { announceCatalogueChange } from '../program/announce-change.ts';
import type { AppDeps, Scope } from '../transaction.ts';

export type RuleSetPublished = { revision: number };

/**
 * Makes the draft live as the next revision, which never changes again. The whole set is type-checked first; every
 * problem found is told at once. Decisions that run meanwhile finish under the revision that they began with.
 */
export function publishRuleSet(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { expectedVersion: number | null; note: string | null },
): Promise<RuleSetPublished & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const draft = await lockDraft(tx, tx.programId, tx.actor);
    if (input.expectedVersion !== null && input.expectedVersion !== draft.version) {
      throw new StaleVersionError(
        'The draft has been saved since. Look at it again before publishing.',
        draft.version,
        ['expectedVersion'],
      );
    }
    const catalogue = await deps.catalogues.at(tx, tx.programId);
    const compiled = compileRuleSet(catalogue.ruleSet.revision + 1, draft.content, {
      activityTypes: [...catalogue.activityTypeById.values()],
      currencies: catalogue.currencies,
      attributes: catalogue.program.attributeSchema,
    });
    if ('problems' in compiled) throw new InvalidRuleError(compiled.problems);
    const diff = diffContent(catalogue.ruleSet.content, draft.content);
    if (diff.length === 0)
      throw new StateConflictError('The draft equals the live revision: there is nothing to publish.', 'UNCHANGED');
    const revision = await appendRevision(tx, tx.programId, {
      content: draft.content,
      diff,
      note: input.note,
      publishedAt: tx.now,
      publishedBy: tx.actor,
    });
    await announceCatalogueChange(tx);
    tx.audit({ action: 'rule-set.publish', subject: 'rule-set', after: { revision, diff } });
    return { revision };
  });
}
