import type { Logger } from 'pino';

import type { BoardReader } from '#src/projections/leaderboard-reader.ts';
import { listSeasons, requestRebuild } from '#storage/leaderboard-store.ts';
import type { Statements } from '#storage/postgres.ts';

const RUNNING_DAYS = 2;
const DAY_MS = 86_400_000;

/**
 * Compares the running seasons of all boards with the record, and has those built anew that differ. Gives the number of
 * entries that differed. It should always be 0: what it finds is logged as an error.
 */
export async function checkDrift(deps: {
  reads: Statements;
  boards: BoardReader;
  log: Logger;
  clock: () => Date;
}): Promise<number> {
  const endedBefore = new Date(deps.clock().getTime() - RUNNING_DAYS * DAY_MS);
  let total = 0;
  for (const season of await listSeasons(deps.reads, { endedBefore })) {
    const { drift, examples, state } = await deps.boards.check(season);
    if (drift === 0) continue;
    if (state === 'LIVE') {
      total += drift;
      deps.log.error({ seasonId: season.id, drift, examples }, 'a board differs from the record and is built anew');
    }
    await requestRebuild(deps.reads, season, 'ANEW');
  }
  return total;
}
