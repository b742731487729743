import DataLoader from 'dataloader';

import type { ExpiryNotice } from '#domain/expiry-notice/expiry-notice.ts';
import type { LotExpiryMove } from '#domain/ledger/writes.ts';
import { endOfDayAfter } from '#domain/time.ts';
import type { Deps } from '#src/deps.ts';
import { selectExpiring, type ExpiringPoints } from '#storage/expiring-store.ts';
import { selectNoticesAhead } from '#storage/expiry-notice-store.ts';
import { selectExpiryMoves } from '#storage/sql/expiry-moves.ts';

export type ExpiringKey = { customerId: string; currencyId: string; withinDays: number };
/** What expires, and the instant up to which it was looked for. */
export type Expiring = ExpiringPoints & { until: Date };

/** What expires soon, of all customers of one request in one statement. Days are those of the program's zone. */
export function createExpiringLoader(deps: Deps, programId: string | null): DataLoader<ExpiringKey, Expiring> {
  return new DataLoader<ExpiringKey, Expiring>(
    async (keys) => {
      if (programId === null) return keys.map(() => new Error('No program.'));
      const { program } = await deps.catalogues.current(programId);
      const now = program.testClock ?? deps.clock();
      const wanted = keys.map(({ withinDays, ...key }) => ({
        ...key,
        until: endOfDayAfter(now, program.timeZone, { days: withinDays }),
      }));
      const found = await selectExpiring(deps.reads, programId, now, wanted);
      return wanted.map(({ until }, index) => ({ points: 0, lots: [], ...found[index], until }));
    },
    { cache: false },
  );
}

/** What transactions that the caller has been shown did to the expiry of lots. */
export function createExpiryMovesLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, readonly LotExpiryMove[]> {
  return new DataLoader(async (ids) => {
    const moves = programId === null ? [] : await selectExpiryMoves(deps.reads, programId, ids);
    const byTransaction = Map.groupBy(moves, ({ transactionId }) => transactionId);
    return ids.map((id) => byTransaction.get(id) ?? []);
  });
}

/** Notices about points that have not expired. Nothing is remembered: a stream reads anew. */
export function createExpiryNoticesLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, readonly ExpiryNotice[]> {
  return new DataLoader(
    async (customerIds) => {
      if (programId === null) return customerIds.map(() => []);
      const { program } = await deps.catalogues.current(programId);
      return selectNoticesAhead(deps.reads, programId, program.testClock ?? deps.clock(), customerIds);
    },
    { cache: false },
  );
}
