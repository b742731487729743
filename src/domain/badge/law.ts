import type { Big } from 'big.js';

import type { Window } from '../tier/period.ts';
import { addDays, endOfDayAfter, localDay, periodDays, periodKey } from '../time.ts';
import { OCCURRENCES_MAX, type Badge } from './badge.ts';
import type { BadgeBook, BookedAward, Moment } from './book.ts';
import type { CompiledBadge, CompiledCriterion } from './compile.ts';
import type { BadgeCounters } from './counters.ts';

/** What a customer has, as criteria ask for it. */
export type BadgeView = {
  counters: BadgeCounters;
  book: BadgeBook;
  /** Code of the customer's tier on a ladder, or null. */
  tierOf: (ladder: string) => string | null;
  /** Periods of a streak, running or longest. */
  streakOf: (streak: string, of: 'CURRENT' | 'LONGEST') => number;
};

/** What one activity can be awarded: when it happened and how it was decided. */
export type Acted = Moment & { occurredAt: Date; typeId: string };

/** An award that is due. */
export type DueAward = { compiled: CompiledBadge; level: number; period: string; occurrence: number };

/** Whether an activity of this type on this day can bring somebody nearer to a badge. */
export function concerns({ badge, concerns: types }: CompiledBadge, typeId: string, day: string): boolean {
  if (types !== null && !types.has(typeId)) return false;
  return (
    (badge.countsFrom === null || day >= badge.countsFrom) && (badge.countsUntil === null || day < badge.countsUntil)
  );
}

/** The name of the period that a day lies in for a badge. */
export function periodOf({ repeat }: Pick<Badge, 'repeat'>, day: string): string {
  return repeat.kind === 'PERIOD' ? periodKey(repeat.period, day) : 'all';
}

/** The local days that count together with a day. */
export function badgeWindow({ repeat, countsFrom, countsUntil }: Badge, day: string): Window {
  if (repeat.kind !== 'PERIOD') return { from: countsFrom, to: countsUntil };
  const { startsOn, endsOn } = periodDays(repeat.period, day);
  return {
    from: countsFrom !== null && countsFrom > startsOn ? countsFrom : startsOn,
    to: countsUntil !== null && countsUntil < endsOn ? countsUntil : endsOn,
  };
}

const LIFETIME: Window = { from: null, to: null };

/** The window in which a criterion is counted for a day. */
export function windowOfCriterion({ badge }: CompiledBadge, criterion: CompiledCriterion, day: string): Window {
  return criterion.kind === 'AMOUNT' && criterion.fixed ? LIFETIME : badgeWindow(badge, day);
}

/**
 * What an activity on a day is to be awarded of one badge: the levels that hold and were not awarded in the period, from the
 * lowest; or the next occurrences, as many as hold. Who is not awarded anything is for the caller to say.
 */
export function dueAwards(compiled: CompiledBadge, view: BadgeView, acted: Acted, timeZone: string): DueAward[] {
  const { badge, levels } = compiled;
  const day = localDay(acted.occurredAt, timeZone);
  if (!concerns(compiled, acted.typeId, day)) return [];
  const period = periodOf(badge, day);
  if (badge.repeat.kind === 'EACH') return dueOccurrences(compiled, view, acted, { day, period, timeZone });
  const given = badge.repeat.kind === 'ONCE' ? heldByHand(compiled, view.book, acted) : -1;
  return levels.flatMap(({ code }, level) => {
    if (level <= given || view.book.last(badge.id, code, period) !== null) return [];
    return holds(compiled, level, 1, view, acted, day) ? [{ compiled, level, period, occurrence: 1 }] : [];
  });
}

function dueOccurrences(
  compiled: CompiledBadge,
  view: BadgeView,
  acted: Acted,
  { day, period, timeZone }: { day: string; period: string; timeZone: string },
): DueAward[] {
  const { badge, levels } = compiled;
  const last = view.book.last(badge.id, levels[0]?.code ?? '', period);
  const coolDown = badge.repeat.kind === 'EACH' ? badge.repeat.coolDownDays : null;
  if (coolDown !== null && last !== null && day < addDays(localDay(last.earnedAt, timeZone), coolDown)) return [];
  const most = coolDown === null ? OCCURRENCES_MAX : 1;
  const due: DueAward[] = [];
  for (let occurrence = (last?.occurrence ?? 0) + 1; due.length < most; occurrence += 1) {
    if (!holds(compiled, 0, occurrence, view, acted, day)) break;
    due.push({ compiled, level: 0, period, occurrence });
  }
  return due;
}

/** The highest level that somebody gave by hand and that is held, or −1. */
function heldByHand({ badge, indexOf }: CompiledBadge, book: BadgeBook, moment: Moment): number {
  return Math.max(-1, ...book.held(badge.id, moment, true).map((code) => indexOf.get(code) ?? 0));
}

/** Whether the criteria of a level hold, for the how manyth time. */
export function holds(
  compiled: CompiledBadge,
  level: number,
  occurrence: number,
  view: BadgeView,
  moment: Moment,
  day: string,
): boolean {
  const { badge, criteria } = compiled;
  if (criteria.length === 0) return false;
  const one = (criterion: CompiledCriterion): boolean =>
    criterionHolds(criterion, level, occurrence, view, moment, windowOfCriterion(compiled, criterion, day));
  return badge.match === 'ALL' ? criteria.every(one) : criteria.some(one);
}

function criterionHolds(
  criterion: CompiledCriterion,
  level: number,
  occurrence: number,
  view: BadgeView,
  moment: Moment,
  window: Window,
): boolean {
  switch (criterion.kind) {
    case 'AMOUNT': {
      const target = targetOf(criterion, level, occurrence);
      return target !== null && target.lte(amountOf(criterion, view.counters, window));
    }
    case 'STREAK': {
      const target = targetOf(criterion, level, occurrence);
      return target !== null && target.lte(view.streakOf(criterion.streak, criterion.of));
    }
    case 'TIER':
      return criterion.tiers.has(view.tierOf(criterion.ladder) ?? '');
    case 'BADGE':
      return levelHeld(criterion, view.book, moment) >= criterion.level;
  }
}

/** What a criterion asks for at a level, for the how manyth time; null where it has no such level. */
export function targetOf(
  criterion: Extract<CompiledCriterion, { targets: readonly Big[] }>,
  level: number,
  occurrence: number,
): Big | null {
  if (criterion.kind === 'AMOUNT' && criterion.fixed) return criterion.targets[0] ?? null;
  return criterion.targets[level]?.times(occurrence) ?? null;
}

/** What a customer has of it in a window. */
export function amountOf(
  { counts, days }: Extract<CompiledCriterion, { kind: 'AMOUNT' }>,
  counters: BadgeCounters,
  window: Window,
): Big | number {
  return days ? counters.days(counts, window) : counters.sum(counts, window);
}

/** The highest level of a badge that is held, or −1. A level that the badge has no more counts as its lowest. */
function levelHeld(
  { badgeId, levels }: Extract<CompiledCriterion, { kind: 'BADGE' }>,
  book: BadgeBook,
  moment: Moment,
): number {
  return Math.max(-1, ...book.held(badgeId, moment).map((code) => levels.get(code) ?? 0));
}

/**
 * Awards that no longer hold after something of a day was taken back: those of its period that the criteria gave, where the
 * badge says so.
 */
export function lapsedAwards(compiled: CompiledBadge, view: BadgeView, moment: Moment, day: string): BookedAward[] {
  const { badge, indexOf } = compiled;
  if (!badge.revokeOnReversal) return [];
  const period = periodOf(badge, day);
  return view.book.of(badge.id).filter((award) => {
    const isOpen = !award.byHand && award.revokedAt === null && award.since <= moment.position;
    const level = indexOf.get(award.level);
    if (!isOpen || award.period !== period || level === undefined) return false;
    return !holds(compiled, level, award.occurrence, view, moment, day);
  });
}

/** The instant from which an award is no longer held; null never comes. */
export function heldUntil({ heldFor }: Pick<Badge, 'heldFor'>, earnedAt: Date, timeZone: string): Date | null {
  if (heldFor === null) return null;
  const { months, days } = heldFor;
  if (months !== null) return endOfDayAfter(earnedAt, timeZone, { months });
  return days === null ? null : endOfDayAfter(earnedAt, timeZone, { days });
}
