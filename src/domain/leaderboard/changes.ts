import { PointsOutOfRangeError } from '../errors.ts';
import type { Leaderboard } from '../program/program.ts';
import { contribution, type Contribution, type ScoreFact } from './score.ts';
import { seasonOf, type SeasonSpan } from './season.ts';

/** A fact with whom it concerns and when the activity (not its reversal) happened. */
export type ScoredFact = ScoreFact & {
  customerId: string;
  occurredAt: Date;
  activityId: string;
  /** Of a reversal: the rows that it wrote, by which a season that is sealed already can tell what it did not count. */
  undoing?: { reversalIds: readonly string[]; transactionIds: readonly string[] };
};

/** What all facts together do to one customer's score in one season. */
export type ScoreChange = {
  leaderboard: Leaderboard;
  season: SeasonSpan;
  customerId: string;
  change: Contribution;
  /** For a sum the latest contributing activity; for a best the earliest that has the best value. */
  reachedAt: Date;
};

/**
 * Folds a batch of facts into one change a (board, season, customer), so that each entry is written once. The outcome does
 * not depend on the order of the facts. Archived boards take no scores. Throws PointsOutOfRangeError.
 */
export function scoreChanges(
  leaderboards: readonly Leaderboard[],
  facts: readonly ScoredFact[],
  timeZone: string,
): ScoreChange[] {
  const open = leaderboards.filter((leaderboard) => !leaderboard.archived);
  const changes = new Map<string, ScoreChange>();
  for (const fact of facts) {
    for (const leaderboard of open) {
      const change = contribution(leaderboard, fact);
      if (change === null) continue;
      const season = seasonOf(leaderboard, fact.occurredAt, timeZone);
      if (season === null) continue;
      const key = `${leaderboard.id} ${season.key} ${fact.customerId}`;
      const next = { leaderboard, season, customerId: fact.customerId, change, reachedAt: fact.occurredAt };
      const known = changes.get(key);
      changes.set(key, known === undefined ? next : merged(known, next));
    }
  }
  return [...changes.values()];
}

function merged(a: ScoreChange, b: ScoreChange): ScoreChange {
  if (a.change.kind === 'RECOMPUTE' || b.change.kind === 'RECOMPUTE') return { ...a, change: { kind: 'RECOMPUTE' } };
  if (a.change.kind === 'BEST' && b.change.kind === 'BEST') return betterOf(a, a.change.value, b, b.change.value);
  if (a.change.kind === 'ADD' && b.change.kind === 'ADD') {
    const amount = a.change.amount + b.change.amount;
    if (!Number.isSafeInteger(amount)) throw new PointsOutOfRangeError();
    return { ...a, change: { kind: 'ADD', amount }, reachedAt: a.reachedAt > b.reachedAt ? a.reachedAt : b.reachedAt };
  }
  throw new Error('one board has one metric');
}

function betterOf(a: ScoreChange, valueA: number, b: ScoreChange, valueB: number): ScoreChange {
  if (valueA === valueB) return a.reachedAt <= b.reachedAt ? a : b;
  const highestWins = a.leaderboard.direction === 'DESCENDING';
  return valueA > valueB === highestWins ? a : b;
}
