import type { Logger } from 'pino';

import type { BadgeStore, Ranked } from '#redis/badge-store.ts';
import type { RelayPulse } from '#redis/relay-pulse.ts';
import { findAwards, type AwardRow } from '#storage/badge-award-store.ts';
import { readFeed, readHolders, readShelf, type HolderRow } from '#storage/badge-shelf-store.ts';
import type { Statements } from '#storage/postgres.ts';

/** LIVE: in the order of the copy in Redis. STALE: from the record, because Redis or the relay is away. */
export type BadgeSource = 'LIVE' | 'STALE';
export type Shelf = { state: BadgeSource; awards: readonly AwardRow[] };
export type Holders = { state: BadgeSource; newest: readonly HolderRow[] };

/** Answers who was awarded what: ordered by Redis, or by PostgreSQL when Redis cannot; what an award is comes from the record. */
export type BadgeReader = {
  feed(programId: string, now: Date, limit: number): Promise<Shelf>;
  shelf(programId: string, customerId: string, now: Date, limit: number): Promise<Shelf>;
  holders(programId: string, badgeId: string, now: Date, limit: number): Promise<Holders>;
};

export function createBadgeReader(deps: {
  reads: Statements;
  store: BadgeStore;
  pulse: RelayPulse;
  log: Logger;
}): BadgeReader {
  const { store } = deps;

  /** What Redis says, or null when it cannot be relied on. */
  async function fromRedis<Result>(programId: string, read: () => Promise<Result>): Promise<Result | null> {
    try {
      const [pulse, ready, result] = await Promise.all([deps.pulse.last(), store.isReady(programId), read()]);
      return pulse !== null && ready ? result : null;
    } catch (error) {
      deps.log.debug({ err: error }, 'badges are read from the record');
      return null;
    }
  }

  /** Rows in the order of Redis. One that is not held any more, though Redis has it still, is left out. */
  async function rowsOf(programId: string, ranked: readonly Ranked[], now: Date): Promise<AwardRow[]> {
    const ids = ranked.map(({ id }) => id);
    const byId = new Map((await findAwards(deps.reads, programId, ids)).map((row) => [row.id, row]));
    return ids.flatMap((id) => {
      const row = byId.get(id);
      return row !== undefined && isHeld(row, now) ? [row] : [];
    });
  }

  return {
    async feed(programId, now, limit) {
      const ranked = await fromRedis(programId, () => store.feed(programId, limit));
      if (ranked === null) return { state: 'STALE', awards: await readFeed(deps.reads, programId, now, limit) };
      const rows = await rowsOf(programId, ranked, now);
      return { state: 'LIVE', awards: rows.filter(({ visible }) => visible) };
    },
    async shelf(programId, customerId, now, limit) {
      const ranked = await fromRedis(programId, () => store.shelf(programId, customerId, limit));
      if (ranked === null)
        return { state: 'STALE', awards: await readShelf(deps.reads, programId, customerId, now, limit) };
      return { state: 'LIVE', awards: await rowsOf(programId, ranked, now) };
    },
    async holders(programId, badgeId, now, limit) {
      const found = await fromRedis(programId, () => store.holders(programId, badgeId, limit));
      if (found === null)
        return { state: 'STALE', newest: await readHolders(deps.reads, programId, badgeId, now, limit) };
      return { state: 'LIVE', newest: found.newest.map(({ id, at }) => ({ customerId: id, since: at })) };
    },
  };
}

function isHeld({ revokedAt, expiresAt, expiredAt }: AwardRow, now: Date): boolean {
  return revokedAt === null && expiredAt === null && (expiresAt === null || expiresAt > now);
}
