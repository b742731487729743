import type { Redis } from 'ioredis';

import { badgeKeys } from './keys.ts';

/** Awards that the feed remembers. */
export const FEED_KEPT = 1_000;

/** What one customer holds now, in full. */
export type HeldBadges = {
  customerId: string;
  awards: readonly { id: string; badgeId: string; earnedAt: Date; visible: boolean }[];
  /** Badges and awards that may have been held before, and are not held now unless they are among `awards`. */
  gone: { badgeIds: readonly string[]; awardIds: readonly string[] };
};

export type Ranked = { id: string; at: Date };

/** The copies of feed, shelves and holders in Redis. Everything written is absolute, so that it may be written again. */
export type BadgeStore = ReturnType<typeof createBadgeStore>;

export function createBadgeStore(redis: Redis) {
  return {
    /** Whether the copies of a program are complete. */
    async isReady(programId: string): Promise<boolean> {
      return (await redis.exists(badgeKeys(programId).ready)) === 1;
    },

    /** Says that the copies are complete, or not any more. */
    async setReady(programId: string, ready: boolean): Promise<void> {
      if (ready) await redis.set(badgeKeys(programId).ready, '1');
      else await redis.del(badgeKeys(programId).ready);
    },

    /** Empties what no customer's shelf names by itself: the feed, and the holders of these badges. */
    async clear(programId: string, badgeIds: readonly string[]): Promise<void> {
      const keys = badgeKeys(programId);
      await redis.del(keys.feed, ...badgeIds.map((id) => keys.holders(id)));
    },

    /** Puts what customers hold in place of what was there. */
    async put(programId: string, held: readonly HeldBadges[]): Promise<void> {
      if (held.length === 0) return;
      const keys = badgeKeys(programId);
      const steps = redis.multi();
      for (const { customerId, awards, gone } of held) {
        steps.del(keys.shelf(customerId));
        if (awards.length > 0)
          steps.zadd(keys.shelf(customerId), ...awards.flatMap(({ id, earnedAt }) => [earnedAt.getTime(), id]));
        const newest = new Map<string, number>();
        for (const { badgeId, earnedAt } of awards)
          newest.set(badgeId, Math.max(newest.get(badgeId) ?? Number.NEGATIVE_INFINITY, earnedAt.getTime()));
        for (const badgeId of gone.badgeIds) if (!newest.has(badgeId)) steps.zrem(keys.holders(badgeId), customerId);
        for (const [badgeId, at] of newest) steps.zadd(keys.holders(badgeId), at, customerId);
        const shown = awards.filter(({ visible }) => visible);
        const hidden = [...gone.awardIds, ...awards.map(({ id }) => id)].filter(
          (id) => !shown.some((award) => award.id === id),
        );
        if (hidden.length > 0) steps.zrem(keys.feed, ...hidden);
        if (shown.length > 0) steps.zadd(keys.feed, ...shown.flatMap(({ id, earnedAt }) => [earnedAt.getTime(), id]));
      }
      steps.zremrangebyrank(keys.feed, 0, -FEED_KEPT - 1);
      const results = await steps.exec();
      const failed = results?.find(([error]) => error !== null);
      if (results === null || failed !== undefined) throw failed?.[0] ?? new Error('the badges could not be written');
    },

    async feed(programId: string, limit: number): Promise<Ranked[]> {
      return ranked(await redis.zrevrange(badgeKeys(programId).feed, 0, limit - 1, 'WITHSCORES'));
    },

    async shelf(programId: string, customerId: string, limit: number): Promise<Ranked[]> {
      return ranked(await redis.zrevrange(badgeKeys(programId).shelf(customerId), 0, limit - 1, 'WITHSCORES'));
    },

    /** The newest holders of a badge, and how many there are. */
    async holders(programId: string, badgeId: string, limit: number): Promise<{ count: number; newest: Ranked[] }> {
      const key = badgeKeys(programId).holders(badgeId);
      const [count, newest] = await Promise.all([
        redis.zcard(key),
        limit === 0 ? [] : redis.zrevrange(key, 0, limit - 1, 'WITHSCORES'),
      ]);
      return { count, newest: ranked(newest) };
    },
  };
}

function ranked(flat: readonly string[]): Ranked[] {
  const rows: Ranked[] = [];
  for (let place = 0; place < flat.length; place += 2)
    rows.push({ id: flat[place] ?? '', at: new Date(Number(flat[place + 1])) });
  return rows;
}
