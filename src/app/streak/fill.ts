import type { Catalogue } from '#domain/program/catalogue.ts';
import { lockAccounts } from '#storage/ledger-store.ts';
import type { Statements } from '#storage/postgres.ts';
import { findFilled, listUncounted, markFilled } from '#storage/streak-fill-store.ts';

import { inTransaction, type AppDeps } from '../transaction.ts';
import { liveStreaks } from './batch.ts';
import { openBooks } from './open.ts';
import { saveBooks } from './write.ts';

const PAGE = 200;

/**
 * Counts the past of everybody for streaks that went live since, silently: nobody is told, and nothing is given. Until it is
 * through, an activity of a customer counts that customer's past by itself, and readers do so in memory; this is for those
 * who do nothing, so that they, too, are told when their streak is at risk. Safe to run at any time, twice, and after a
 * crash. Gives how many customers it looked at.
 */
export async function fillStreaks(deps: AppDeps & { reads: Statements }, catalogue: Catalogue): Promise<number> {
  const programId = catalogue.program.id;
  const filled = await findFilled(deps.reads, programId);
  let looked = 0;
  for (const compiled of liveStreaks(catalogue)) {
    const { id: streakId, cadence } = compiled.streak;
    if (filled.has(`${streakId} ${cadence}`)) continue;
    for (let after: string | null = null; ;) {
      const ids: string[] = await listUncounted(deps.reads, programId, { streakId, cadence }, after, PAGE);
      if (ids.length === 0) break;
      looked += ids.length;
      after = ids.at(-1) ?? null;
      await inTransaction(deps, { programId, actor: 'system:streaks' }, async (tx) => {
        const now = await deps.catalogues.at(tx, programId);
        const currencyId = now.defaultCurrency.id;
        await lockAccounts(
          tx,
          deps.newId,
          programId,
          ids.map((customerId) => ({ customerId, currencyId })),
        );
        const live = liveStreaks(now).find(({ streak }) => streak.id === streakId);
        if (live === undefined) return;
        const wanted = ids.map((customerId) => ({ customerId, compiled: live, low: null }));
        const books = await openBooks(tx, now, tx.now, wanted);
        await saveBooks(deps, tx, books.values());
      });
    }
    await markFilled(deps.reads, programId, { streakId, cadence }, catalogue.program.testClock ?? deps.clock());
  }
  return looked;
}
