import type { Redis } from 'ioredis';
import type { Logger } from 'pino';

import { createBadgeStore } from '#redis/badge-store.ts';
import { countDrift } from '#src/projections/badge-projection.ts';
import { listAwardedBadges } from '#storage/badge-shelf-store.ts';
import type { Statements } from '#storage/postgres.ts';

/**
 * Compares shelves and holders in Redis with the record, and gives how many differ. A copy that differs is not read any
 * more: the relay builds it anew with the next award. It should always be 0: what it finds is logged as an error.
 */
export async function checkBadgeDrift(deps: { reads: Statements; redis: Redis; log: Logger }): Promise<number> {
  const store = createBadgeStore(deps.redis);
  let total = 0;
  for (const { programId, badgeIds } of await listAwardedBadges(deps.reads)) {
    if (!(await store.isReady(programId))) continue;
    // Once more, since what was on its way to Redis may have arrived meanwhile.
    if ((await countDrift(deps.reads, store, programId, badgeIds)) === 0) continue;
    const drift = await countDrift(deps.reads, store, programId, badgeIds);
    if (drift === 0) continue;
    total += drift;
    deps.log.error({ programId, drift }, 'the shelves of badges differ from the record and are built anew');
    await store.setReady(programId, false);
  }
  return total;
}
