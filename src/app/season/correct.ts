import type { ScoredFact } from '#domain/leaderboard/changes.ts';
import { contribution } from '#domain/leaderboard/score.ts';
import { seasonOf } from '#domain/leaderboard/season.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { insertCorrections, type Correction } from '#storage/season-correction-store.ts';
import { seasonName, type EnsuredSeason } from '#storage/sql/ensure-seasons.ts';

import type { AppDeps, Tx } from '../transaction.ts';

/**
 * Writes down what came too late for the seasons that are frozen: for all to see, beside the standings, which stay. Sealed
 * standings and corrections together are everything that is on record of the season.
 */
export async function recordCorrections(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  catalogue: Pick<Catalogue, 'program' | 'leaderboards'>,
  facts: readonly ScoredFact[],
  seasons: ReadonlyMap<string, EnsuredSeason>,
): Promise<void> {
  const rows: Correction[] = [];
  for (const fact of facts) {
    for (const board of catalogue.leaderboards) {
      if (board.archived) continue;
      const span = seasonOf(board, fact.occurredAt, catalogue.program.timeZone);
      const season = span === null ? undefined : seasons.get(seasonName(board.id, span.key));
      const change = season?.frozen === true ? contribution(board, fact) : null;
      if (season === undefined || change === null) continue;
      rows.push({
        id: deps.newId(),
        seasonId: season.id,
        customerId: fact.customerId,
        kind: fact.kind === 'TRACKED' ? 'LATE_ACTIVITY' : 'LATE_REVERSAL',
        activityId: fact.activityId,
        reversalIds: fact.undoing?.reversalIds ?? [],
        transactionIds: fact.undoing?.transactionIds ?? [],
        change: change.kind === 'ADD' ? change.amount : null,
        occurredAt: fact.occurredAt,
        recordedAt: tx.now,
      });
    }
  }
  await insertCorrections(tx, tx.programId, rows);
}
