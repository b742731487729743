import { insertRefusedAttempt, type RefusedAttempt } from '#storage/redemption-refusal-store.ts';

import { inTransaction, type AppDeps, type Scope } from '../transaction.ts';

type Attempt = Omit<RefusedAttempt, 'id' | 'refusedAt' | 'actor'>;

/** Carries a refused attempt out of the transaction that it rolls back. */
export class Refused extends Error {
  readonly attempt: Attempt;

  constructor(attempt: Attempt) {
    super('The redemption is refused.');
    this.attempt = attempt;
  }
}

/**
 * Files a refused attempt, in a transaction of its own, since a refusal rolls back everything else. Gives its id; null when
 * it could not be filed, for then the refusal still stands.
 */
export async function fileRefusal(deps: AppDeps, scope: Scope, attempt: Attempt): Promise<string | null> {
  const id = deps.newId();
  try {
    await inTransaction(deps, scope, (tx) =>
      insertRefusedAttempt(tx, tx.programId, { ...attempt, id, refusedAt: tx.now, actor: tx.actor }),
    );
    return id;
  } catch (error) {
    deps.log.warn({ err: error, rewardId: attempt.rewardId }, 'a refused redemption could not be filed');
    return null;
  }
}
