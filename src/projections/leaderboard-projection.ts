import { LRUCache } from 'lru-cache';

import type { ScoreUpdate } from '#domain/events.ts';
import type { BoardStore } from '#redis/leaderboard-store.ts';
import { readSeasons, type Season } from '#storage/leaderboard-store.ts';
import type { OutboxRow } from '#storage/outbox-store.ts';
import type { Statements } from '#storage/postgres.ts';
import type { Announcement } from '#subscriptions/channels.ts';

import { boardOf, type Rebuilder } from './rebuild.ts';

const SEASONS_REMEMBERED_MAX = 10_000;

/** Derives the ranked copies from what was scored. Handing it the same events again, or older ones, changes nothing. */
export type LeaderboardProjection = {
  /** Applies all scores of the rows and gives what moved. Throws when a store is away: then hand it the rows again. */
  project(rows: readonly OutboxRow[]): Promise<Announcement[]>;
};

export function createLeaderboardProjection(deps: {
  reads: Statements;
  store: BoardStore;
  rebuilder: Rebuilder;
}): LeaderboardProjection {
  // A season never changes, so that it need not be read twice.
  const seasons = new LRUCache<string, Season>({ max: SEASONS_REMEMBERED_MAX });

  async function learnSeasons(wanted: readonly { programId: string; seasonId: string }[]): Promise<void> {
    const unknown = wanted.filter(({ seasonId }) => !seasons.has(seasonId));
    for (const [programId, items] of Map.groupBy(unknown, (item) => item.programId)) {
      const found = await readSeasons(
        deps.reads,
        programId,
        items.map((item) => item.seasonId),
      );
      for (const season of found) seasons.set(season.id, season);
    }
  }

  /** Sees to the rebuilds that were asked for. Asking again does no harm: a rebuild may be done twice. */
  async function requestRebuilds(rows: readonly OutboxRow[]): Promise<void> {
    const wanted = rows.flatMap(({ programId, events }) =>
      events.flatMap((event) =>
        event.type === 'leaderboard.rebuild_requested'
          ? event.seasonIds.map((seasonId) => ({ programId, seasonId }))
          : [],
      ),
    );
    await learnSeasons(wanted);
    for (const { seasonId } of wanted) {
      const season = seasons.get(seasonId);
      if (season !== undefined) deps.rebuilder.request(season, 'ANEW');
    }
  }

  return {
    async project(rows) {
      const scored = latestScores(rows);
      await learnSeasons([...scored.values()]);
      const moved: Announcement[] = [];
      for (const { seasonId, source, scores } of scored.values()) {
        const season = seasons.get(seasonId);
        // A season that is not on record any more has no board either.
        if (season === undefined) continue;
        const board = boardOf(season);
        const version = await deps.store.apply(board, source, [...scores.values()]);
        // Not in Redis: the rebuild reads these scores from the record, where they are committed already.
        if (version === null) deps.rebuilder.request(season, 'MISSING');
        else moved.push({ kind: 'board', of: board, message: { seasonId, version } });
      }
      await requestRebuilds(rows);
      return moved;
    },
  };
}

type Scored = { programId: string; seasonId: string; source: string; scores: Map<string, ScoreUpdate> };

/** The newest score of each customer in each season that the rows touch. */
function latestScores(rows: readonly OutboxRow[]): Map<string, Scored> {
  const scored = new Map<string, Scored>();
  for (const row of rows) {
    for (const event of row.events) {
      if (event.type !== 'leaderboard.scored') continue;
      const { seasonId } = event;
      const season: Scored = scored.get(seasonId) ?? {
        programId: row.programId,
        seasonId,
        source: event.id,
        scores: new Map(),
      };
      scored.set(seasonId, season);
      season.source = event.id;
      for (const update of event.scores) {
        const known = season.scores.get(update.customerId);
        if (known === undefined || known.version < update.version) season.scores.set(update.customerId, update);
      }
    }
  }
  return scored;
}
