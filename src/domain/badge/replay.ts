import { Big } from 'big.js';

import type { StreakLengths } from '../streak/give.ts';
import { contributionOf } from '../tier/measure.ts';
import { localDay } from '../time.ts';
import { BadgeBook, type BookedAward } from './book.ts';
import type { CompiledBadge } from './compile.ts';
import type { SeenActivity } from './condition.ts';
import { BadgeCounters } from './counters.ts';
import { amountsOf, BadgePerson, type Awarded } from './person.ts';

/** Something on record of one customer that badges look at. `position` is its id: ids rise as things are recorded. */
export type PastEvent = { position: string; recordedAt: Date } & (
  | {
      kind: 'ACTIVITY';
      activity: SeenActivity;
      /** What it earned, by currency. */
      points: ReadonlyMap<string, number>;
      /** How long streaks were with it, by code. */
      streaks: ReadonlyMap<string, StreakLengths>;
    }
  /** All of an activity was taken back, or an amount of one property. */
  | { kind: 'REVERSED'; activity: SeenActivity; part: { property: string; amount: Big } | null }
  /** Points came without an activity, or went; `at` is when they had been earned. */
  | { kind: 'POINTS'; at: Date; currencyId: string; points: number }
  | { kind: 'TIER'; ladder: string; tier: string | null }
);

/** What the past comes to. */
export type Replayed = {
  /** Awards that were missing, each by the activity that reached it. */
  awarded: readonly Awarded[];
  /** Awards that were on record and that a reversal of the past should have taken back. */
  lapsed: readonly BookedAward[];
  /** The customer as the past leaves them. */
  person: BadgePerson;
};

/**
 * Goes through all that is on record of one customer, in the order in which it was recorded, and gives what should have
 * been awarded and was not. `known` are the awards on record, which are not
 * doubled; `tiersAtFirst` are the tiers of somebody who has just begun, by ladder.
 */
export function replayBadges(
  badges: readonly CompiledBadge[],
  timeZone: string,
  events: readonly PastEvent[],
  known: readonly BookedAward[],
  tiersAtFirst: Readonly<Record<string, string>>,
  mayHave: (compiled: CompiledBadge) => boolean,
): Replayed {
  const tiers = new Map<string, string | null>(Object.entries(tiersAtFirst));
  const lengths = new Map<string, StreakLengths>();
  const person = new BadgePerson(badges, timeZone, {
    counters: new BadgeCounters(),
    book: new BadgeBook(known.map((award) => ({ ...award }))),
    tierOf: (ladder) => tiers.get(ladder) ?? null,
    streakOf: (streak, of) => lengths.get(streak)?.[of === 'CURRENT' ? 'current' : 'longest'] ?? 0,
  });
  const awarded: Awarded[] = [];
  const lapsed: BookedAward[] = [];
  const returned = new Map<SeenActivity, Map<string, Big>>();
  for (const event of events.toSorted((a, b) => (a.position < b.position ? -1 : 1))) {
    const moment = { now: event.recordedAt, position: event.position };
    switch (event.kind) {
      case 'ACTIVITY': {
        const { activity, points, streaks } = event;
        const { occurredAt, typeId } = activity;
        for (const [code, length] of streaks) lengths.set(code, length);
        person.count(occurredAt, activity, points);
        awarded.push(...person.award({ ...moment, occurredAt, typeId }, mayHave));
        break;
      }
      case 'REVERSED': {
        const { activity, part } = event;
        const parts = returned.get(activity) ?? new Map<string, Big>();
        returned.set(activity, parts);
        takeBack(person, badges, activity, parts, part, timeZone);
        lapsed.push(...person.lapse(activity.occurredAt, moment));
        break;
      }
      case 'POINTS':
        person.count(event.at, null, new Map([[event.currencyId, event.points]]));
        break;
      case 'TIER':
        tiers.set(event.ladder, event.tier);
    }
  }
  return { awarded: awarded.filter(({ award }) => !lapsed.includes(award)), lapsed: onRecord(lapsed, awarded), person };
}

function onRecord(lapsed: readonly BookedAward[], awarded: readonly Awarded[]): BookedAward[] {
  const made = new Set(awarded.map(({ award }) => award));
  return lapsed.filter((award) => !made.has(award));
}

/** Takes an activity out of what is counted, or a part of it; what was returned before goes no second time. */
export function takeBack(
  person: BadgePerson,
  badges: readonly CompiledBadge[],
  activity: SeenActivity,
  returned: Map<string, Big>,
  part: { property: string; amount: Big } | null,
  timeZone: string,
): void {
  const day = localDay(activity.occurredAt, timeZone);
  const fact = { activityTypeId: activity.typeId, properties: activity.properties, points: new Map<string, number>() };
  for (const [counts, { measure, condition }] of amountsOf(badges)) {
    if (measure.kind === 'POINTS' || measure.activityTypeId !== activity.typeId) continue;
    if (condition !== null && !condition(activity)) continue;
    if (part === null) {
      const amount = contributionOf(measure, fact)?.minus(returnedOf(measure, returned));
      if (amount !== undefined) person.view.counters.add(counts, day, amount.times(-1));
    } else if (measure.kind === 'SPEND' && measure.property === part.property)
      person.view.counters.add(counts, day, part.amount.times(-1));
  }
  if (part !== null) returned.set(part.property, part.amount.plus(returned.get(part.property) ?? 0));
}

function returnedOf(
  measure: { kind: 'SPEND'; property: string } | { kind: 'COUNT' },
  returned: ReadonlyMap<string, Big>,
): Big {
  return measure.kind === 'SPEND' ? (returned.get(measure.property) ?? new Big(0)) : new Big(0);
}
