import { creditPast } from '#app/badge/credit-past.ts';
import { expireBadges } from '#app/badge/expire.ts';
import type { AppDeps } from '#app/transaction.ts';
import { findExpired } from '#storage/badge-award-store.ts';
import { findUncredited } from '#storage/badge-backfill-store.ts';
import type { Statements } from '#storage/postgres.ts';

export type CreditBadgesDeps = AppDeps & { reads: Statements };

/** So long at most a turn credits the past, so that the worker's other duties do not wait for it. */
const TURN_MS = 2_000;
const EXPIRED_AT_ONCE = 1_000;

/**
 * Credits the past by badges that went live or changed, of all programs, for a while or until nothing is left. What the
 * worker calls every second. Safe to be cut off and to run twice at once. Gives how many awards were missing.
 */
export async function creditBadges(deps: CreditBadgesDeps, turnMs = TURN_MS): Promise<number> {
  const until = performance.now() + turnMs;
  let awards = 0;
  for (const programId of await findUncredited(deps.reads, deps.clock())) {
    try {
      let isDone = false;
      while (!isDone && performance.now() < until) {
        const credited = await creditPast(deps, programId);
        awards += credited.awards;
        isDone = credited.isDone;
      }
    } catch (error) {
      deps.log.error({ err: error, programId }, 'the past could not be credited by badges; the next turn tries again');
    }
  }
  return awards;
}

/** Marks the awards that have expired, of all programs. What the worker calls every second. */
export async function runExpireBadges(deps: CreditBadgesDeps): Promise<number> {
  let sum = 0;
  for (const programId of await findExpired(deps.reads, deps.clock()))
    sum += await expireBadges(deps, programId, EXPIRED_AT_ONCE);
  return sum;
}
