import { judgeActivity, mustJudge, NO_BOARDS, type BoardLedger, type ToJudge } from '#domain/leaderboard/judge.ts';
import { seasonOf } from '#domain/leaderboard/season.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import { teamAt, type Membership } from '#domain/team/team.ts';
import { readAttempts, writeAttempts, type AttemptRow } from '#storage/leaderboard-attempt-store.ts';
import { readMemberships } from '#storage/team-store.ts';

import type { Tx } from '../transaction.ts';

/** What boards decide of the activities of a batch, and how to keep it. */
export type BatchBoards = BoardLedger & { save(tx: Tx): Promise<void> };

type Acting = { customerId: string; occurredAt: Date; type: { id: string } };

/**
 * Reads what boards need to judge the activities of a batch: one statement where a board limits attempts, one where one
 * ranks teams, none elsewhere. The customers' accounts are locked, so that their attempts stand still.
 */
export async function openBoards(
  tx: Tx,
  catalogue: Pick<Catalogue, 'program' | 'leaderboards'>,
  acting: readonly Acting[],
): Promise<BatchBoards> {
  const boards = catalogue.leaderboards.filter(mustJudge);
  if (boards.length === 0) return { ...NO_BOARDS, save: async () => undefined };
  const { timeZone } = catalogue.program;
  const attempts = new Attempts(await readAttempts(tx, tx.programId, attemptKeys(boards, acting, timeZone)));
  const teams = boards.some(({ scope }) => scope === 'TEAM')
    ? await readMemberships(tx, tx.programId, [...new Set(acting.map(({ customerId }) => customerId))])
    : NO_TEAMS;
  return {
    judge(fact: ToJudge) {
      const teamId = teamAt(teams.get(fact.customerId) ?? [], fact.occurredAt);
      return judgeActivity(boards, fact, timeZone, teamId, attempts);
    },
    save: (saving) => writeAttempts(saving, saving.programId, attempts.changed()),
  };
}

const NO_TEAMS: ReadonlyMap<string, Membership[]> = new Map();

function attemptKeys(
  boards: readonly Leaderboard[],
  acting: readonly Acting[],
  timeZone: string,
): Omit<AttemptRow, 'used'>[] {
  const limited = boards.filter(({ attemptsMax }) => attemptsMax !== null);
  const keys = new Map<string, Omit<AttemptRow, 'used'>>();
  for (const board of limited) {
    for (const { customerId, occurredAt, type } of acting) {
      if (board.activityTypeId !== null && board.activityTypeId !== type.id) continue;
      const season = seasonOf(board, occurredAt, timeZone);
      if (season === null) continue;
      keys.set(nameOf(board.id, season.key, customerId), {
        leaderboardId: board.id,
        seasonKey: season.key,
        customerId,
      });
    }
  }
  return [...keys.values()];
}

const nameOf = (leaderboardId: string, seasonKey: string, customerId: string): string =>
  `${leaderboardId} ${customerId} ${seasonKey}`;

/** The attempts of a batch, counted on in memory. */
class Attempts {
  readonly #used: Map<string, AttemptRow>;
  readonly #changed = new Set<string>();

  constructor(rows: readonly AttemptRow[]) {
    this.#used = new Map(rows.map((row) => [nameOf(row.leaderboardId, row.seasonKey, row.customerId), row]));
  }

  used(leaderboardId: string, seasonKey: string, customerId: string): number {
    return this.#used.get(nameOf(leaderboardId, seasonKey, customerId))?.used ?? 0;
  }

  count(leaderboardId: string, seasonKey: string, customerId: string): void {
    const name = nameOf(leaderboardId, seasonKey, customerId);
    const used = this.used(leaderboardId, seasonKey, customerId) + 1;
    this.#used.set(name, { leaderboardId, seasonKey, customerId, used });
    this.#changed.add(name);
  }

  changed(): AttemptRow[] {
    return [...this.#changed].flatMap((name) => this.#used.get(name) ?? []);
  }
}
