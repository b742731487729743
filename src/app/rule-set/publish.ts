import { StaleVersionError } from '#domain/errors.ts';
import { lockDraft } from '#storage/rule-set-store.ts';

import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import { prepareRelease, releaseOrPropose, type Released } from './release.ts';

export type PublishInput = {
  expectedVersion: number | null;
  note: string | null;
  /** From when it is live; left out or null, at once. */
  at?: Date | null;
};

/**
 * Publishes the draft as the next revision, which never changes again: live at once, or from an instant on. The whole set
 * is type-checked first; every problem found is told at once. Decisions that run meanwhile finish under the revision that
 * they began with. Under the policy SECOND_PERSON it becomes a proposal instead, with this very content.
 */
export function publishRuleSet(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: PublishInput,
): Promise<Released & { replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const draft = await lockDraft(tx, tx.programId, tx.actor);
    if (input.expectedVersion !== null && input.expectedVersion !== draft.version) {
      throw new StaleVersionError(
        'The draft has been saved since. Look at it again before publishing.',
        draft.version,
        ['expectedVersion'],
      );
    }
    const release = await prepareRelease(deps, tx, draft.content, { at: input.at ?? null, note: input.note });
    return releaseOrPropose(deps, tx, release);
  });
}
