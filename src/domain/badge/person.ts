import { contributionOf } from '../tier/measure.ts';
import { localDay } from '../time.ts';
import { BadgeBook, type BookedAward } from './book.ts';
import type { CompiledBadge, CompiledCriterion } from './compile.ts';
import type { SeenActivity } from './condition.ts';
import { BadgeCounters } from './counters.ts';
import { dueAwards, heldUntil, lapsedAwards, type Acted, type BadgeView, type DueAward } from './law.ts';

type Amount = Extract<CompiledCriterion, { kind: 'AMOUNT' }>;

/** An award that was just made. */
export type Awarded = DueAward & { award: BookedAward };

/**
 * One customer on the way through activities, live or in the past: counts what happens and says what is due. Live and past
 * go the same way, so that they cannot come to different ends.
 */
export class BadgePerson {
  readonly view: BadgeView;
  readonly #badges: readonly CompiledBadge[];
  readonly #timeZone: string;

  /** `badges` in the order in which they ask for each other. */
  constructor(badges: readonly CompiledBadge[], timeZone: string, view: BadgeView) {
    this.#badges = badges;
    this.#timeZone = timeZone;
    this.view = view;
  }

  /** Adds what a fact comes to. Criteria that count the same count it once. */
  count(occurredAt: Date, activity: SeenActivity | null, points: ReadonlyMap<string, number>): void {
    const day = localDay(occurredAt, this.#timeZone);
    const fact = { activityTypeId: activity?.typeId ?? '', properties: activity?.properties ?? {}, points };
    for (const [counts, { measure, condition }] of amountsOf(this.#badges)) {
      const amount = contributionOf(measure, fact);
      if (amount === null) continue;
      if (condition !== null && (activity === null || !condition(activity))) continue;
      this.view.counters.add(counts, day, amount);
    }
  }

  /** Awards all that is due by an activity, and what those awards bring in turn. */
  award(acted: Acted, mayHave: (compiled: CompiledBadge) => boolean): Awarded[] {
    const awarded: Awarded[] = [];
    for (const compiled of this.#badges) {
      const due = dueAwards(compiled, this.view, acted, this.#timeZone);
      if (due.length === 0 || !mayHave(compiled)) continue;
      for (const one of due) {
        const { badge, levels } = compiled;
        const award: BookedAward = {
          badgeId: badge.id,
          level: levels[one.level]?.code ?? '',
          period: one.period,
          occurrence: one.occurrence,
          byHand: false,
          earnedAt: acted.occurredAt,
          expiresAt: heldUntil(badge, acted.occurredAt, this.#timeZone),
          revokedAt: null,
          freed: false,
          since: acted.position,
        };
        this.view.book.add(award);
        awarded.push({ ...one, award });
      }
    }
    return awarded;
  }

  /** Revokes what no longer holds after something of that time was taken back, and gives it. */
  lapse(occurredAt: Date, moment: { now: Date; position: string }): BookedAward[] {
    const day = localDay(occurredAt, this.#timeZone);
    const lapsed: BookedAward[] = [];
    for (const compiled of this.#badges) {
      for (const award of lapsedAwards(compiled, this.view, moment, day)) {
        award.revokedAt = moment.now;
        award.freed = true;
        lapsed.push(award);
      }
    }
    return lapsed;
  }
}

const knownAmounts = new WeakMap<readonly CompiledBadge[], ReadonlyMap<string, Amount>>();

/** What badges count, each measure once. A list that is kept is looked through once. */
export function amountsOf(badges: readonly CompiledBadge[]): ReadonlyMap<string, Amount> {
  const known = knownAmounts.get(badges);
  if (known !== undefined) return known;
  const amounts = new Map<string, Amount>();
  for (const { criteria } of badges)
    for (const criterion of criteria) if (criterion.kind === 'AMOUNT') amounts.set(criterion.counts, criterion);
  knownAmounts.set(badges, amounts);
  return amounts;
}

/** Nobody yet: without past and awards. */
export function emptyView(): BadgeView {
  return { counters: new BadgeCounters(), book: new BadgeBook(), tierOf: () => null, streakOf: () => 0 };
}
