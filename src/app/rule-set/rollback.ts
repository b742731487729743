import { NotFoundError } from '#domain/errors.ts';
import { lockDraft, readRevision } from '#storage/rule-set-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { prepareRelease, releaseOrPropose, type Released } from './release.ts';

/**
 * Publishes the content of an earlier revision as a new one, at once: history stays linear, and no number is live twice.
 * The draft stays as it is. Throws NotFoundError, and InvalidRuleError when the old content no longer compiles, since what it
 * names may be archived by now.
 */
export function rollBackRuleSet(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { revision: number; note: string | null },
): Promise<Released & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    // The lock of the draft keeps all who publish one after the other.
    await lockDraft(tx, tx.programId, tx.actor);
    const earlier = await readRevision(tx, tx.programId, input.revision);
    if (earlier === null) throw new NotFoundError('revision', ['revision']);
    const release = await prepareRelease(deps, tx, earlier.content, {
      at: null,
      note: input.note,
      restoresRevision: earlier.revision,
    });
    return releaseOrPropose(deps, tx, release);
  });
}
