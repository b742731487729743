import type { ScoreUpdate } from '#domain/events.ts';
import { scoreChanges, type ScoreChange, type ScoredFact } from '#domain/leaderboard/changes.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { applyScores, type EntryChange, type EntryScore, type ScoreOperator } from '#storage/sql/apply-scores.ts';
import { ensureSeasons, seasonName } from '#storage/sql/ensure-seasons.ts';
import { recomputeBest } from '#storage/sql/recompute-best.ts';

import type { AppDeps, Tx } from '../transaction.ts';

/**
 * Brings all boards up to date with a batch of tracked or reversed activities, in the transaction that wrote them, and
 * emits one `leaderboard.scored` a season with absolute, versioned scores. The caller holds `shareLeaderboards` since
 * before it read the catalogue. Costs one statement for the seasons and one a kind of metric, whatever the batch's size.
 */
export async function scoreLeaderboards(
  deps: Pick<AppDeps, 'newId'>,
  tx: Tx,
  catalogue: Pick<Catalogue, 'program' | 'leaderboards'>,
  facts: readonly ScoredFact[],
): Promise<void> {
  const changes = scoreChanges(catalogue.leaderboards, facts, catalogue.program.timeZone);
  if (changes.length === 0) return;
  const seasonIds = await ensureSeasons(
    tx,
    tx.programId,
    deps.newId,
    changes.map(({ leaderboard, season }) => ({ leaderboardId: leaderboard.id, ...season })),
  );
  const idOf = ({ leaderboard, season }: ScoreChange): string =>
    seasonIds.get(seasonName(leaderboard.id, season.key)) ?? '';

  const written: EntryScore[] = [];
  for (const [operator, group] of byOperator(changes, idOf)) {
    written.push(...(await applyScores(tx, tx.programId, operator, group)));
  }
  written.push(...(await recomputeLost(tx, catalogue, changes, idOf)));
  announce(tx, changes, idOf, written);
}

function byOperator(
  changes: readonly ScoreChange[],
  idOf: (change: ScoreChange) => string,
): [ScoreOperator, EntryChange[]][] {
  const groups: Record<ScoreOperator, EntryChange[]> = { ADD: [], HIGHEST: [], LOWEST: [] };
  for (const item of changes) {
    const { change, customerId, reachedAt } = item;
    if (change.kind === 'ADD') groups.ADD.push({ seasonId: idOf(item), customerId, amount: change.amount, reachedAt });
    if (change.kind === 'BEST') {
      const operator = item.leaderboard.direction === 'DESCENDING' ? 'HIGHEST' : 'LOWEST';
      groups[operator].push({ seasonId: idOf(item), customerId, amount: change.value, reachedAt });
    }
  }
  return [
    ['ADD', groups.ADD],
    ['HIGHEST', groups.HIGHEST],
    ['LOWEST', groups.LOWEST],
  ];
}

async function recomputeLost(
  tx: Tx,
  catalogue: Pick<Catalogue, 'program'>,
  changes: readonly ScoreChange[],
  idOf: (change: ScoreChange) => string,
): Promise<EntryScore[]> {
  const lost = Map.groupBy(
    changes.filter((item) => item.change.kind === 'RECOMPUTE'),
    (item) => item.leaderboard,
  );
  const written: EntryScore[] = [];
  for (const [leaderboard, items] of lost) {
    const entries = items.map((item) => ({
      seasonId: idOf(item),
      startsOn: item.season.startsOn,
      endsOn: item.season.endsOn,
      customerId: item.customerId,
    }));
    written.push(...(await recomputeBest(tx, tx.programId, leaderboard, catalogue.program.timeZone, entries)));
  }
  return written;
}

function announce(
  tx: Tx,
  changes: readonly ScoreChange[],
  idOf: (change: ScoreChange) => string,
  written: readonly EntryScore[],
): void {
  const leaderboardOf = new Map(changes.map((item) => [idOf(item), item.leaderboard.id]));
  for (const [seasonId, entries] of Map.groupBy(written, (entry) => entry.seasonId)) {
    tx.emit({
      type: 'leaderboard.scored',
      seasonId,
      leaderboardId: leaderboardOf.get(seasonId) ?? '',
      scores: entries.map(toUpdate),
    });
  }
}

function toUpdate(entry: EntryScore): ScoreUpdate {
  return {
    customerId: entry.customerId,
    score: entry.score,
    version: entry.version,
    reachedAt: entry.reachedAt.getTime(),
  };
}
