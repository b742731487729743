import { scoreChanges, type ScoreChange, type ScoredFact } from '#domain/leaderboard/changes.ts';
import { isPlaced } from '#domain/leaderboard/placement.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { Leaderboard } from '#domain/program/program.ts';
import { applyScores, type EntryChange, type EntryScore, type ScoreOperator } from '#storage/sql/apply-scores.ts';
import { ensureSeasons, seasonName } from '#storage/sql/ensure-seasons.ts';
import { recomputeBest } from '#storage/sql/recompute-best.ts';

import { placeNewcomers } from '../league/place.ts';
import { recordCorrections } from '../season/correct.ts';
import type { AppDeps, Tx } from '../transaction.ts';
import { toUpdate } from './place.ts';

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
  const all = scoreChanges(catalogue.leaderboards, facts, catalogue.program.timeZone);
  if (all.length === 0) return;
  const seasons = await ensureSeasons(
    tx,
    tx.programId,
    deps.newId,
    tx.now,
    all.map(({ leaderboard, season }) => ({
      leaderboardId: leaderboard.id,
      graceMinutes: leaderboard.plan.graceMinutes,
      ...season,
    })),
  );
  const seasonFor = ({ leaderboard, season }: ScoreChange) => seasons.get(seasonName(leaderboard.id, season.key));
  const idOf = (change: ScoreChange): string => seasonFor(change)?.id ?? '';
  // What comes after a season was frozen is written down beside its standings, and never changes them.
  const changes = all.filter((change) => seasonFor(change)?.frozen !== true);
  if (changes.length < all.length) await recordCorrections(deps, tx, catalogue, facts, seasons);

  const written: EntryScore[] = [];
  for (const { operator, newPart, entries } of byOperator(changes, idOf)) {
    written.push(...(await applyScores(tx, tx.programId, operator, newPart, entries)));
  }
  written.push(...(await recomputeLost(tx, changes, idOf)));
  const boardOf = new Map(changes.map((item) => [idOf(item), item.leaderboard]));
  announce(tx, boardOf, await placeNewcomers(tx, boardOf, written));
}

type Group = { operator: ScoreOperator; newPart: '' | null; entries: EntryChange[] };

function byOperator(changes: readonly ScoreChange[], idOf: (change: ScoreChange) => string): Group[] {
  const groups = new Map<string, Group>();
  for (const item of changes) {
    const { leaderboard, change, customerId, reachedAt } = item;
    if (change.kind === 'RECOMPUTE') continue;
    const operator = change.kind === 'ADD' ? 'ADD' : operatorOf(leaderboard);
    const newPart = isPlaced(leaderboard) ? null : '';
    const name = `${operator} ${newPart}`;
    const group = groups.get(name) ?? { operator, newPart, entries: [] };
    groups.set(name, group);
    group.entries.push({ seasonId: idOf(item), customerId, amount: change.amount, sub: change.sub, reachedAt });
  }
  // In one order everywhere, so that two batches lock entries alike.
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function operatorOf({ metric, direction }: ScoreChange['leaderboard']): ScoreOperator {
  if (metric === 'PROPERTY_LAST') return direction === 'DESCENDING' ? 'NEWEST_HIGHEST' : 'NEWEST_LOWEST';
  return direction === 'DESCENDING' ? 'HIGHEST' : 'LOWEST';
}

async function recomputeLost(
  tx: Tx,
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
      startsAt: item.season.startsAt,
      endsAt: item.season.endsAt,
      customerId: item.customerId,
    }));
    written.push(...(await recomputeBest(tx, tx.programId, leaderboard, entries)));
  }
  return written;
}

function announce(tx: Tx, boardOf: ReadonlyMap<string, Leaderboard>, written: readonly EntryScore[]): void {
  for (const [seasonId, entries] of Map.groupBy(written, (entry) => entry.seasonId)) {
    tx.emit({
      type: 'leaderboard.scored',
      seasonId,
      leaderboardId: boardOf.get(seasonId)?.id ?? '',
      scores: entries.map(toUpdate),
    });
  }
}
