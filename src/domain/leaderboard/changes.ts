import { PointsOutOfRangeError } from '../errors.ts';
import type { Leaderboard } from '../program/program.ts';
import { contribution, ownerOf, type Contribution, type ScoreFact } from './score.ts';
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
  /** The customer, or the team on a board of teams. */
  customerId: string;
  change: Contribution;
  /** For a sum the latest contributing activity; for a best the earliest that has the best value; for a last its own. */
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
      const owner = ownerOf(leaderboard, fact.customerId, fact);
      if (change === null || owner === null) continue;
      const season = seasonOf(leaderboard, fact.occurredAt, timeZone);
      if (season === null) continue;
      const key = `${leaderboard.id} ${season.key} ${owner}`;
      const next = { leaderboard, season, customerId: owner, change, reachedAt: fact.occurredAt };
      const known = changes.get(key);
      changes.set(key, known === undefined ? next : merged(known, next));
    }
  }
  return [...changes.values()];
}

function merged(a: ScoreChange, b: ScoreChange): ScoreChange {
  if (a.change.kind === 'RECOMPUTE' || b.change.kind === 'RECOMPUTE') return { ...a, change: { kind: 'RECOMPUTE' } };
  if (a.change.kind === 'VALUE' && b.change.kind === 'VALUE')
    return a.leaderboard.metric === 'PROPERTY_LAST'
      ? newerOf(a, a.change, b, b.change)
      : betterOf(a, a.change, b, b.change);
  if (a.change.kind === 'ADD' && b.change.kind === 'ADD') {
    const amount = a.change.amount + b.change.amount;
    const sub = a.change.sub + b.change.sub;
    if (!Number.isSafeInteger(amount) || !Number.isSafeInteger(sub)) throw new PointsOutOfRangeError();
    const reachedAt = a.reachedAt > b.reachedAt ? a.reachedAt : b.reachedAt;
    return { ...a, change: { kind: 'ADD', amount, sub }, reachedAt };
  }
  throw new Error('one board has one metric');
}

type Value = { amount: number; sub: number };

/** Below zero when the first is the better value on the board. */
function compare({ leaderboard }: ScoreChange, a: Value, b: Value): number {
  const sign = leaderboard.direction === 'DESCENDING' ? -1 : 1;
  return sign * (a.amount - b.amount) || sign * (a.sub - b.sub);
}

/** The better value; of equal ones the earlier. */
function betterOf(a: ScoreChange, valueA: Value, b: ScoreChange, valueB: Value): ScoreChange {
  const order = compare(a, valueA, valueB) || a.reachedAt.getTime() - b.reachedAt.getTime();
  return order <= 0 ? a : b;
}

/** The later value; of one instant the better. */
function newerOf(a: ScoreChange, valueA: Value, b: ScoreChange, valueB: Value): ScoreChange {
  const order = b.reachedAt.getTime() - a.reachedAt.getTime() || compare(a, valueA, valueB);
  return order <= 0 ? a : b;
}
