import type { Catalogue } from '#domain/program/catalogue.ts';
import type { StreakStanding } from '#domain/streak/standing.ts';
import type { Statements } from '#storage/postgres.ts';

import type { Catalogues } from '../program/catalogues.ts';
import { liveStreaks } from './batch.ts';
import type { StreakBook } from './book.ts';
import { openBooks } from './open.ts';

type Reading = { reads: Statements; clock: () => Date; catalogues: Catalogues };

/** Where a customer stands with a streak now. */
export type StreakNow = { book: StreakBook; standing: StreakStanding };

/** The program's time for reads. */
export function programNow(deps: Pick<Reading, 'clock'>, { program }: Catalogue): Date {
  return program.testClock ?? deps.clock();
}

/**
 * Where customers stand with all live streaks now, in the order of the streaks, also when no job has yet done what came due;
 * one statement for any number of customers, and more where somebody's past was never counted. Paused streaks are left out.
 */
export async function readCustomerStreaks(
  deps: Reading,
  programId: string,
  customerIds: readonly string[],
): Promise<Map<string, StreakNow[]>> {
  const catalogue = await deps.catalogues.current(programId);
  const now = programNow(deps, catalogue);
  const live = liveStreaks(catalogue);
  if (live.length === 0) return new Map();
  const wanted = customerIds.flatMap((customerId) => live.map((compiled) => ({ customerId, compiled, low: null })));
  const books = await openBooks(deps.reads, catalogue, now, wanted);
  const standings = [...books.values()].map((book) => ({ book, standing: book.standing(now) }));
  return Map.groupBy(standings, ({ book }) => book.customerId);
}
