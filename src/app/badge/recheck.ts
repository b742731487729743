import type { Big } from 'big.js';

import { BadgeBook } from '#domain/badge/book.ts';
import type { SeenActivity } from '#domain/badge/condition.ts';
import { BadgeCounters } from '#domain/badge/counters.ts';
import { concerns, type BadgeView } from '#domain/badge/law.ts';
import { amountsOf, BadgePerson, emptyView } from '#domain/badge/person.ts';
import { takeBack } from '#domain/badge/replay.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { localDay } from '#domain/time.ts';
import { bookedOf, listAwards, writeBadges, type MatchDay } from '#storage/badge-award-store.ts';
import { readBadgeFacts } from '#storage/badge-batch-store.ts';
import { findTierCodes } from '#storage/tier-store.ts';

import type { Tx } from '../transaction.ts';
import { lapseAwards } from './announce.ts';
import { NOW_POSITION } from './batch.ts';
import { keysOf, openCounters } from './facts.ts';
import { isCovered } from './past.ts';

/** What was taken back of an activity: all of it, or amounts of properties; and what had been before. */
export type ReversedFact = {
  customerId: string;
  activity: SeenActivity;
  whole: boolean;
  returned: ReadonlyMap<string, Big>;
  earlier: ReadonlyMap<string, Big>;
};

/**
 * Takes what was reversed out of what badges count for themselves, and revokes awards whose criteria no longer hold, of
 * badges that say so. Call it after the reversal is written and tiers are recounted, with the account of the default currency
 * locked. Costs nothing where no live badge is concerned. Causes badge.revoked.
 */
export async function recheckBadges(tx: Tx, catalogue: Catalogue, fact: ReversedFact): Promise<void> {
  const { live } = catalogue.ruleSet.badges;
  const { customerId, activity } = fact;
  const day = localDay(activity.occurredAt, catalogue.program.timeZone);
  const addedDays = lostDays(catalogue, fact);
  if (addedDays.length > 0) await writeBadges(tx, tx.programId, { awards: [], addedDays, wholeDays: [] });
  const looked = live.filter((one) => one.badge.revokeOnReversal && concerns(one, activity.typeId, day));
  if (looked.length === 0) return;
  const keys = keysOf([{ customerId, day, badges: looked }]);
  const badgeIds = live.map(({ badge }) => badge.id);
  const facts = await readBadgeFacts(tx, tx.programId, { ...keys, badgeIds });
  const awards = await listAwards(
    tx,
    tx.programId,
    [customerId],
    [...new Set(keys.awards.map(({ badgeId }) => badgeId))],
  );
  const tiers = await findTierCodes(tx, tx.programId, [customerId], catalogue.ruleSet.ladders);
  const rows = new Map(awards.map((row) => [bookedOf(row), row.id]));
  const view: BadgeView = {
    counters: openCounters(keys, facts.amounts).get(customerId) ?? new BadgeCounters(),
    book: new BadgeBook(rows.keys()),
    tierOf: (ladder) => tiers.get(customerId)?.[ladder] ?? null,
    streakOf: () => 0,
  };
  // What has not been credited so far is looked at with the whole past, and so with this reversal, when it is.
  const covered = looked.filter((one) => isCovered(one, facts.covers.get(one.badge.id), customerId));
  const person = new BadgePerson(covered, catalogue.program.timeZone, view);
  const lapsed = person.lapse(activity.occurredAt, { now: tx.now, position: NOW_POSITION });
  await lapseAwards(
    tx,
    lapsed.flatMap((award) => rows.get(award) ?? []),
  );
}

/** What is to be taken off the days that badges count for themselves. */
function lostDays(catalogue: Catalogue, { customerId, activity, whole, returned, earlier }: ReversedFact): MatchDay[] {
  const { live } = catalogue.ruleSet.badges;
  const { timeZone } = catalogue.program;
  const matches = [...amountsOf(live)].filter(([, { condition }]) => condition !== null);
  if (matches.length === 0) return [];
  const person = new BadgePerson(live, timeZone, emptyView());
  const parts = new Map(earlier);
  if (whole) takeBack(person, live, activity, parts, null, timeZone);
  for (const [property, amount] of whole ? [] : returned)
    takeBack(person, live, activity, parts, { property, amount }, timeZone);
  return matches.flatMap(([measure]) =>
    [...person.view.counters.known(measure)]
      .filter(([, amount]) => !amount.eq(0))
      .map(([on, amount]) => ({ customerId, measure, day: on, amount: amount.toFixed() })),
  );
}
