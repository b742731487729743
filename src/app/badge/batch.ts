import type { CheckedReport } from '#domain/activity/activity.ts';
import { BadgeBook } from '#domain/badge/book.ts';
import type { CompiledBadge } from '#domain/badge/compile.ts';
import type { SeenActivity } from '#domain/badge/condition.ts';
import { BadgeCounters } from '#domain/badge/counters.ts';
import type { BadgeActing, BadgeLedger, Granted } from '#domain/badge/give.ts';
import { concerns } from '#domain/badge/law.ts';
import { amountsOf, BadgePerson } from '#domain/badge/person.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { localDay } from '#domain/time.ts';
import { writeBadges, type MatchDay, type NewAward } from '#storage/badge-award-store.ts';
import { readBadgeFacts } from '#storage/badge-batch-store.ts';

import type { AppDeps, Tx } from '../transaction.ts';
import { awardedEvent, lapseAwards } from './announce.ts';
import { keysOf, openCounters, type FactKeys } from './facts.ts';
import { isCovered, lapsedIds, readPasts, replayPast, silentAwards, type CustomerPast } from './past.ts';

/** The badges of one batch: read once, moved on in memory by each decision, written back once. */
export type BatchBadges = BadgeLedger & { save(tx: Tx): Promise<void> };

type Acting = Pick<CheckedReport, 'type' | 'occurredAt'> & { customerId: string };

const NO_BADGES: BatchBadges = { count: () => [], keepPoints: () => undefined, save: async () => undefined };

/** Behind everything that is on record. */
export const NOW_POSITION = '~';

/**
 * Reads what the customers of a batch have of the badges that its activities concern, in one statement; none where no such
 * badge is live. Customers whose past has not been credited yet are looked at as a whole, so that what this batch is awarded
 * does not depend on how far the crediting has come. The accounts of the default currency must be locked.
 */
export async function openBadges(
  deps: Pick<AppDeps, 'newId'>,
  reading: Tx,
  catalogue: Catalogue,
  acting: readonly Acting[],
): Promise<BatchBadges> {
  const { live } = catalogue.ruleSet.badges;
  if (live.length === 0) return NO_BADGES;
  const { timeZone } = catalogue.program;
  const days = acting.map(({ customerId, type, occurredAt }) => {
    const day = localDay(occurredAt, timeZone);
    return { customerId, day, badges: live.filter((compiled) => concerns(compiled, type.id, day)) };
  });
  const keys = keysOf(days);
  if (keys.awards.length === 0) return NO_BADGES;
  const facts = await readBadgeFacts(reading, reading.programId, {
    ...keys,
    badgeIds: live.map(({ badge }) => badge.id),
  });
  const uncovered = new Map<string, Set<string>>();
  for (const { customerId, badges } of days) {
    if (badges.every((one) => isCovered(one, facts.covers.get(one.badge.id), customerId))) continue;
    const missing = live.filter((one) => !isCovered(one, facts.covers.get(one.badge.id), customerId));
    uncovered.set(customerId, new Set(missing.map(({ badge }) => badge.id)));
  }
  const pasts = await readPasts(reading, catalogue, [...uncovered.keys()]);
  return new Batch(deps, reading, catalogue, { keys, facts, pasts, uncovered });
}

type Opened = {
  keys: FactKeys;
  facts: Awaited<ReturnType<typeof readBadgeFacts>>;
  /** Of customers whose past has not been credited by all badges: what it is, and by which it has not. */
  pasts: ReadonlyMap<string, CustomerPast>;
  uncovered: ReadonlyMap<string, ReadonlySet<string>>;
};

/** Somebody of the batch, and who they are at this very activity. */
type Present = { person: BadgePerson; now: BadgeActing; before: ReadonlyMap<string, ReadonlyMap<string, string>> };

class Batch implements BatchBadges {
  readonly #deps: Pick<AppDeps, 'newId'>;
  readonly #tx: Tx;
  readonly #catalogue: Catalogue;
  readonly #opened: Opened;
  readonly #counters: ReadonlyMap<string, BadgeCounters>;
  readonly #present = new Map<string, Present>();
  readonly #awards = new Map<string, NewAward>();
  readonly #lapsed: string[] = [];

  constructor(deps: Pick<AppDeps, 'newId'>, tx: Tx, catalogue: Catalogue, opened: Opened) {
    this.#deps = deps;
    this.#tx = tx;
    this.#catalogue = catalogue;
    this.#opened = opened;
    this.#counters = openCounters(opened.keys, opened.facts.amounts);
  }

  count(acting: BadgeActing, activity: SeenActivity | null, points: ReadonlyMap<string, number>): Granted[] {
    const { facts } = acting;
    const { id: customerId, enrolmentState } = facts.customer;
    const { occurredAt } = facts.report;
    const present = this.#open(customerId, acting);
    present.now = acting;
    present.person.count(occurredAt, activity, points);
    if (enrolmentState !== 'ENROLLED') return [];
    const acted = { now: this.#tx.now, position: NOW_POSITION, occurredAt, typeId: activity?.typeId ?? '' };
    return present.person
      .award(acted, (compiled) => isIn(compiled, acting))
      .map((awarded) => {
        const awardId = this.#deps.newId();
        const { compiled, level, award } = awarded;
        this.#awards.set(awardId, {
          id: awardId,
          customerId,
          badgeId: compiled.badge.id,
          badgeCode: compiled.badge.code,
          levelCode: award.level,
          levelNumber: level + 1,
          period: award.period,
          occurrence: award.occurrence,
          byHand: false,
          earnedAt: award.earnedAt,
          recordedAt: this.#tx.now,
          expiresAt: award.expiresAt,
          activityId: facts.id,
          revision: this.#catalogue.ruleSet.revision,
          silent: false,
          points: null,
          transactionId: null,
          reason: null,
          actor: facts.actor,
        });
        return { ...awarded, awardId };
      });
  }

  keepPoints(awardId: string, points: number, transactionId: string): void {
    const award = this.#awards.get(awardId);
    if (award !== undefined) this.#awards.set(awardId, { ...award, points, transactionId });
  }

  /** Somebody at their first activity of the batch: with what is on record, or with all of their past. */
  #open(customerId: string, acting: BadgeActing): Present {
    const known = this.#present.get(customerId);
    if (known !== undefined) return known;
    const past = this.#opened.pasts.get(customerId);
    const { counters, book } =
      past === undefined ? this.#asKept(customerId) : this.#asReplayed(customerId, past, acting);
    const before = new Map(this.#matches().map((counts) => [counts, textsOf(counters.known(counts))] as const));
    const { live } = this.#catalogue.ruleSet.badges;
    const { timeZone } = this.#catalogue.program;
    const present: Present = {
      now: acting,
      before,
      person: new BadgePerson(live, timeZone, {
        counters,
        book,
        tierOf: (ladder) => present.now.tiers[ladder] ?? null,
        streakOf: (streak, of) => present.now.streaks[streak]?.[of === 'CURRENT' ? 'current' : 'longest'] ?? 0,
      }),
    };
    this.#present.set(customerId, present);
    return present;
  }

  #asKept(customerId: string): { counters: BadgeCounters; book: BadgeBook } {
    const awards = this.#opened.facts.awards.filter((award) => award.customerId === customerId);
    return { counters: this.#counters.get(customerId) ?? new BadgeCounters(), book: new BadgeBook(awards) };
  }

  #asReplayed(
    customerId: string,
    past: CustomerPast,
    acting: BadgeActing,
  ): { counters: BadgeCounters; book: BadgeBook } {
    const missing = this.#opened.uncovered.get(customerId);
    const mayHave = (compiled: CompiledBadge): boolean =>
      missing?.has(compiled.badge.id) === true &&
      acting.facts.customer.enrolmentState === 'ENROLLED' &&
      isIn(compiled, acting);
    const replayed = replayPast(this.#catalogue, past, mayHave);
    const { newId } = this.#deps;
    const { revision } = this.#catalogue.ruleSet;
    const given = { newId, now: this.#tx.now, revision, actor: 'system:badges' };
    for (const award of silentAwards(customerId, replayed, given)) this.#awards.set(award.id, award);
    this.#lapsed.push(...lapsedIds(past, replayed));
    return replayed.person.view;
  }

  /** The measures that badges count for themselves. */
  #matches(): string[] {
    const amounts = amountsOf(this.#catalogue.ruleSet.badges.live);
    return [...amounts].flatMap(([counts, { condition }]) => (condition === null ? [] : [counts]));
  }

  async save(tx: Tx): Promise<void> {
    const awards = [...this.#awards.values()];
    const days = this.#daysOf();
    // First, because what a reversal took back may have been earned again by this very batch.
    await lapseAwards(tx, this.#lapsed);
    if (awards.length > 0 || days.addedDays.length > 0 || days.wholeDays.length > 0)
      await writeBadges(tx, tx.programId, { awards, ...days });
    for (const award of awards) {
      const locale = this.#present.get(award.customerId)?.now.facts.customer.locale ?? null;
      tx.emit(awardedEvent(this.#catalogue, award, locale));
    }
  }

  /** What badges count for themselves: as a whole where the past was gone through, else what the batch added. */
  #daysOf(): { addedDays: MatchDay[]; wholeDays: MatchDay[] } {
    const addedDays: MatchDay[] = [];
    const wholeDays: MatchDay[] = [];
    for (const [customerId, { person, before }] of this.#present) {
      const isWhole = this.#opened.pasts.has(customerId);
      for (const measure of this.#matches()) {
        for (const [day, amount] of person.view.counters.known(measure)) {
          if (isWhole) wholeDays.push({ customerId, measure, day, amount: amount.toFixed() });
          else {
            const added = amount.minus(before.get(measure)?.get(day) ?? 0);
            if (!added.eq(0)) addedDays.push({ customerId, measure, day, amount: added.toFixed() });
          }
        }
      }
    }
    return { addedDays, wholeDays };
  }
}

function textsOf(days: ReturnType<BadgeCounters['known']>): ReadonlyMap<string, string> {
  return new Map([...days].map(([day, amount]) => [day, amount.toFixed()]));
}

/** Whether the badge's audience lets somebody in as they are now. */
export function isIn({ audience }: CompiledBadge, { facts, tiers }: Pick<BadgeActing, 'facts' | 'tiers'>): boolean {
  const { customer } = facts;
  return (
    audience === null ||
    audience.failingPart({ customer, account: customer.account, tiers: Object.values(tiers) }) === null
  );
}
