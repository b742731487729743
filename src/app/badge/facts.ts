import type { CompiledBadge } from '#domain/badge/compile.ts';
import { BadgeCounters } from '#domain/badge/counters.ts';
import { periodOf, windowOfCriterion } from '#domain/badge/law.ts';
import { addDays } from '#domain/time.ts';
import type { AmountKey, AwardKey, BadgeFacts } from '#storage/badge-batch-store.ts';

/** What is to be read before badges are decided: amounts over windows, single days among them, and awards. */
export type FactKeys = { amounts: readonly (AmountKey & { isDay: boolean })[]; awards: readonly AwardKey[] };

/** What badges that are looked at on a day ask for, each thing once. */
export function keysOf(
  looks: readonly { customerId: string; day: string; badges: readonly CompiledBadge[] }[],
): FactKeys {
  const amounts = new Map<string, AmountKey & { isDay: boolean }>();
  const awards = new Map<string, AwardKey>();
  for (const { customerId, day, badges } of looks) {
    for (const compiled of badges) {
      const { badge, criteria } = compiled;
      const period = periodOf(badge, day);
      awards.set(`${customerId} ${badge.id} ${period}`, { customerId, badgeId: badge.id, period });
      for (const criterion of criteria) {
        if (criterion.kind === 'BADGE') {
          const { badgeId } = criterion;
          awards.set(`${customerId} ${badgeId} all`, { customerId, badgeId, period: 'all' });
        }
        if (criterion.kind !== 'AMOUNT') continue;
        const { from, to } = windowOfCriterion(compiled, criterion, day);
        const measure = criterion.counts;
        amounts.set(`${customerId} ${measure} ${from} ${to}`, { customerId, measure, from, to, isDay: false });
        if (!criterion.days && criterion.condition === null) continue;
        const next = addDays(day, 1);
        amounts.set(`${customerId} ${measure} ${day} ${next} day`, {
          customerId,
          measure,
          from: day,
          to: next,
          isDay: true,
        });
      }
    }
  }
  return { amounts: [...amounts.values()], awards: [...awards.values()] };
}

/** The counters of customers as what was read says, in the order of the keys. */
export function openCounters({ amounts }: FactKeys, found: BadgeFacts['amounts']): Map<string, BadgeCounters> {
  const counters = new Map<string, BadgeCounters>();
  for (const [place, { customerId, measure, from, to, isDay }] of amounts.entries()) {
    const read = found[place];
    if (read === undefined) continue;
    const own = counters.get(customerId) ?? new BadgeCounters();
    counters.set(customerId, own);
    if (isDay) own.openDay(measure, from ?? '', read.sum);
    else own.open(measure, { from, to }, read.sum, read.days);
  }
  return counters;
}
