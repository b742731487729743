import { BadgeBook } from '#domain/badge/book.ts';
import { BadgeCounters } from '#domain/badge/counters.ts';
import { progressOf, type BadgeProgress } from '#domain/badge/progress.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { localDay } from '#domain/time.ts';
import { bookedOf, listAwards } from '#storage/badge-award-store.ts';
import { readBadgeFacts } from '#storage/badge-batch-store.ts';
import type { Statements } from '#storage/postgres.ts';
import { findTierCodes } from '#storage/tier-store.ts';

import type { Catalogues } from '../program/catalogues.ts';
import { readCustomerStreaks, type StreakNow } from '../streak/read.ts';
import { keysOf, openCounters } from './facts.ts';

type Reading = { reads: Statements; clock: () => Date; catalogues: Catalogues };

/**
 * How far customers are with all badges of the catalogue, in its order, on the present local day; three statements for any
 * number of customers. Badges that customers may not see yet are among them: who shows them leaves those out.
 */
export async function readBadges(
  deps: Reading,
  programId: string,
  customerIds: readonly string[],
): Promise<Map<string, BadgeProgress[]>> {
  const catalogue = await deps.catalogues.current(programId);
  const { badges, ladders } = catalogue.ruleSet;
  if (badges.all.length === 0) return new Map();
  const now = catalogue.program.testClock ?? deps.clock();
  const day = localDay(now, catalogue.program.timeZone);
  const keys = keysOf(customerIds.map((customerId) => ({ customerId, day, badges: badges.all })));
  const asksStreaks = badges.all.some(({ criteria }) => criteria.some(({ kind }) => kind === 'STREAK'));
  const [facts, awards, tiers, streaks] = await Promise.all([
    readBadgeFacts(deps.reads, programId, { amounts: keys.amounts, awards: [], badgeIds: [] }),
    listAwards(deps.reads, programId, customerIds),
    findTierCodes(deps.reads, programId, customerIds, ladders),
    asksStreaks ? readCustomerStreaks(deps, programId, customerIds) : new Map<string, StreakNow[]>(),
  ]);
  const counters = openCounters(keys, facts.amounts);
  const books = Map.groupBy(awards, ({ customerId }) => customerId);
  return new Map(
    customerIds.map((customerId) => {
      const view = {
        counters: counters.get(customerId) ?? new BadgeCounters(),
        book: new BadgeBook((books.get(customerId) ?? []).map(bookedOf)),
        tierOf: (ladder: string) => tiers.get(customerId)?.[ladder] ?? null,
        streakOf: (streak: string, of: 'CURRENT' | 'LONGEST') => {
          const run = streaks.get(customerId)?.find(({ book }) => book.compiled.streak.code === streak)?.book.run;
          return run?.[of === 'CURRENT' ? 'length' : 'longest'] ?? 0;
        },
      };
      return [customerId, badges.all.map((compiled) => progressOf(compiled, view, now, day))] as const;
    }),
  );
}

/** The instant and the local day by a program's own clock. */
export function todayOf(catalogue: Catalogue, clock: () => Date): { now: Date; day: string } {
  const now = catalogue.program.testClock ?? clock();
  return { now, day: localDay(now, catalogue.program.timeZone) };
}
