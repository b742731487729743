import { NotFoundError, StateConflictError } from '#domain/errors.ts';
import { stateOf } from '#domain/rule-set/live.ts';
import { cancelRevision, lockDraft, readRevision } from '#storage/rule-set-store.ts';

import { mutate, type Command } from '../mutation.ts';
import { announceCatalogueChange } from '../program/announce-change.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { LEAD_MS } from './release.ts';

/**
 * Keeps a scheduled revision from going live. Possible until five seconds before its start, so that no decision has begun
 * under it. Throws StateConflictError with the state that it is in.
 */
export function cancelRuleSet(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { revision: number; reason: string | null },
): Promise<{ revision: number; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    await lockDraft(tx, tx.programId, tx.actor);
    const revision = await readRevision(tx, tx.programId, input.revision);
    if (revision === null) throw new NotFoundError('revision', ['revision']);
    const { ruleSet } = await deps.catalogues.at(tx, tx.programId);
    const state = stateOf(revision, ruleSet.revision, tx.now);
    if (state !== 'SCHEDULED' || revision.scheduledFor === null)
      throw new StateConflictError('Only a scheduled revision can be cancelled.', state, ['revision']);
    if (revision.scheduledFor.getTime() - tx.now.getTime() < LEAD_MS)
      throw new StateConflictError(
        'It goes live within five seconds: roll back to an earlier revision instead.',
        'STARTING',
        ['revision'],
      );
    await cancelRevision(tx, tx.programId, {
      revision: revision.revision,
      at: tx.now,
      by: tx.actor,
      reason: input.reason,
    });
    await announceCatalogueChange(tx);
    tx.audit({
      action: 'rule_set.cancelled',
      subject: `revision:${revision.revision}`,
      before: { startsAt: revision.scheduledFor },
      after: { reason: input.reason },
    });
    return { revision: revision.revision };
  });
}
