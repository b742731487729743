import { pointsGiven, type Effect } from '../activity/effect.ts';
import type { Leaderboard } from '../program/program.ts';
import { contribution, isBeyond, NOT_JUDGED, scoreText, type Judgement, type TrackedFact } from './score.ts';
import { seasonOf } from './season.ts';

/** An activity with whom it concerns, before boards have judged it. */
export type ToJudge = Omit<TrackedFact, 'judged'> & { customerId: string; occurredAt: Date };

/** What a board decides once, when an activity is recorded, and keeps with it. */
export type BoardLedger = {
  judge(fact: ToJudge): { judged: Judgement; effects: readonly Effect[] };
};

/** Where no board has bounds, limits attempts or ranks teams. */
export const NO_JUDGEMENT = { judged: NOT_JUDGED, effects: [] } as const;
export const NO_BOARDS: BoardLedger = { judge: () => NO_JUDGEMENT };

/** Whether a board decides anything about single activities. */
export function mustJudge(board: Leaderboard): boolean {
  return !board.archived && (isKept(board) || board.scoreMin !== null || board.scoreMax !== null);
}

/** Whether what a board decides cannot be found again from the activity's values: it is kept with the activity. */
export function isKept(board: Pick<Leaderboard, 'attemptsMax' | 'scope'>): boolean {
  return board.attemptsMax !== null || board.scope === 'TEAM';
}

/** Attempts used by customers, by board and season; counting one moves it on. */
export type AttemptCounts = {
  used(leaderboardId: string, seasonKey: string, customerId: string): number;
  count(leaderboardId: string, seasonKey: string, customerId: string): void;
};

/**
 * Judges one activity for all boards that have something to decide. An activity whose score lies outside a board's bounds,
 * or that comes after the last attempt, is not counted there and changes nothing; one that is counted uses an attempt, which
 * stays used when the activity is undone. On a board of teams it counts for the team that the customer was in when it
 * happened, for none where it was in none.
 */
export function judgeActivity(
  boards: readonly Leaderboard[],
  fact: ToJudge,
  timeZone: string,
  teamId: string | null,
  attempts: AttemptCounts,
): { judged: Judgement; effects: Effect[] } {
  const counted = new Map<string, string | null>();
  const effects: Effect[] = [];
  for (const board of boards) {
    const season = seasonOf(board, fact.occurredAt, timeZone);
    const change = season === null ? null : contribution({ ...board, ...UNJUDGED }, { ...fact, judged: NOT_JUDGED });
    if (season === null || change === null || (change.kind !== 'ADD' && change.kind !== 'VALUE')) continue;
    const about = { leaderboardId: board.id, leaderboardCode: board.code, seasonKey: season.key };
    const used = board.attemptsMax === null ? 0 : attempts.used(board.id, season.key, fact.customerId);
    const beyond = isBeyond(board, change.amount);
    if (beyond !== null || (board.attemptsMax !== null && used >= board.attemptsMax)) {
      const reason = beyond ?? 'NO_ATTEMPTS_LEFT';
      effects.push({ kind: 'SCORE_REFUSED', ...about, reason, score: scoreText(change.amount, board.scoreDecimals) });
      continue;
    }
    if (!isKept(board) || (board.scope === 'TEAM' && teamId === null)) continue;
    if (board.attemptsMax !== null) attempts.count(board.id, season.key, fact.customerId);
    const team = board.scope === 'TEAM' ? teamId : null;
    counted.set(board.id, team);
    const attempt = board.attemptsMax === null ? null : used + 1;
    effects.push({ kind: 'BOARD_COUNTED', ...about, teamId: team, attempt, attemptsMax: board.attemptsMax });
  }
  return { judged: counted, effects };
}

/** A board taken by its metric alone. */
const UNJUDGED = { scoreMin: null, scoreMax: null, attemptsMax: null, scope: 'PROGRAM' } as const;

/** What was decided of an activity on record. */
export function judgementOf(effects: readonly Effect[]): Judgement {
  const counted = new Map<string, string | null>();
  for (const effect of effects) if (effect.kind === 'BOARD_COUNTED') counted.set(effect.leaderboardId, effect.teamId);
  return counted;
}

/** What an activity earned when it was recorded, by currency id. */
export function earnedOf(effects: readonly Effect[]): Map<string, number> {
  const earned = new Map<string, number>();
  for (const { currencyId, points } of pointsGiven(effects))
    earned.set(currencyId, (earned.get(currencyId) ?? 0) + points);
  return earned;
}
