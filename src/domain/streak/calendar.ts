import { localDay, periodKey, startOfDay } from '../time.ts';
import type { StreakCadence } from './streak.ts';

/**
 * Periods of a cadence are numbered without gaps, so that "the next one" is plus one: days since 1970, ISO weeks since the
 * one of that day, months since year 0. Which day an instant belongs to is said by the customer's clock.
 */

/** A move to another zone: until then the customer was in `from`. */
export type ZoneMove = { at: Date; from: string };

/** Where a customer was when: the zone of now, and the moves that led there, the earliest first. */
export type CustomerClock = { zone: string; moves: readonly ZoneMove[] };

const DAY_MS = 86_400_000;
/** The Monday of the week numbered 0 lies three days before the day numbered 0. */
const MONDAY_SHIFT = 3;

/** The zone in which the customer was at an instant. A move takes hold at its own instant. */
export function zoneAt({ zone, moves }: CustomerClock, instant: Date): string {
  for (const move of moves) if (move.at > instant) return move.from;
  return zone;
}

/** The one local day that an instant belongs to. */
export function dayAt(clock: CustomerClock, instant: Date): string {
  return localDay(instant, zoneAt(clock, instant));
}

/** The number of the period that a local day lies in. */
export function periodOf(cadence: StreakCadence, day: string): number {
  if (cadence === 'MONTH') return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
  const number = Date.parse(`${day}T00:00:00Z`) / DAY_MS;
  return cadence === 'DAY' ? number : Math.floor((number + MONDAY_SHIFT) / 7);
}

/** The first local day of a period. That of the next one is the first day after it. */
export function firstDayOf(cadence: StreakCadence, period: number): string {
  if (cadence === 'MONTH') {
    const year = String(Math.floor(period / 12)).padStart(4, '0');
    return `${year}-${String((period % 12) + 1).padStart(2, '0')}-01`;
  }
  return dayNumbered(cadence === 'DAY' ? period : period * 7 - MONDAY_SHIFT);
}

/** A period as it is called: 2026-11-22, 2026-W47, 2026-11. */
export function periodName(cadence: StreakCadence, period: number): string {
  return periodKey(cadence, firstDayOf(cadence, period));
}

function dayNumbered(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

/** The stretches of time that the customer spent in one zone each. */
function* stays({ zone, moves }: CustomerClock): Generator<{ zone: string; from: number; to: number }> {
  let from = -Infinity;
  for (const move of moves) {
    yield { zone: move.from, from, to: move.at.getTime() };
    from = move.at.getTime();
  }
  yield { zone, from, to: Infinity };
}

/** When the clocks of a stay show [firstDay, endDay), within the stay; null when they never do. */
function shownIn(
  stay: { zone: string; from: number; to: number },
  firstDay: string,
  endDay: string,
): { from: number; to: number } | null {
  const from = Math.max(stay.from, dayStart(firstDay, stay.zone));
  const to = Math.min(stay.to, dayStart(endDay, stay.zone));
  return to > from ? { from, to } : null;
}

/**
 * When a period is over for good: no later instant belongs to it, as the moves stand. Of a period that the customer's clocks
 * skipped, the instant at which the zone of now begins the next.
 */
export function endOfPeriod(clock: CustomerClock, cadence: StreakCadence, period: number): Date {
  const [firstDay, endDay] = [firstDayOf(cadence, period), firstDayOf(cadence, period + 1)];
  let end: number | null = null;
  for (const stay of stays(clock)) end = shownIn(stay, firstDay, endDay)?.to ?? end;
  return new Date(end ?? dayStart(endDay, clock.zone));
}

/** The first instant at which the zone of now shows a period. */
export function startOfPeriod(clock: CustomerClock, cadence: StreakCadence, period: number): Date {
  return new Date(dayStart(firstDayOf(cadence, period), clock.zone));
}

/** For how long the customer's clocks showed a day, in milliseconds. */
export function shownMs(clock: CustomerClock, day: string): number {
  const next = dayNumbered(periodOf('DAY', day) + 1);
  let sum = 0;
  for (const stay of stays(clock)) {
    const shown = shownIn(stay, day, next);
    if (shown !== null) sum += shown.to - shown.from;
  }
  return sum;
}

/** The easternmost clocks are this far ahead of UTC, the westernmost this far behind, with an hour to spare. */
const FARTHEST_MS = 15 * 3_600_000;

/** Whether a period is certainly over at an instant, in whatever zones it was spent. Costs no calendar. */
export function isLongOver(cadence: StreakCadence, period: number, instant: number): boolean {
  const end = cadence === 'MONTH' ? Date.parse(`${firstDayOf(cadence, period + 1)}T00:00:00Z`) : dayMs(cadence, period);
  return instant >= end + FARTHEST_MS;
}

function dayMs(cadence: 'DAY' | 'WEEK', period: number): number {
  return (cadence === 'DAY' ? period + 1 : (period + 1) * 7 - MONDAY_SHIFT) * DAY_MS;
}

const STARTS_REMEMBERED_MAX = 50_000;
const rememberedStarts = new Map<string, number>();

/** Beginnings of days are asked for over and over, and calendars are slow. */
function dayStart(day: string, zone: string): number {
  const key = `${zone} ${day}`;
  let start = rememberedStarts.get(key);
  if (start === undefined) {
    start = startOfDay(day, zone).getTime();
    if (rememberedStarts.size >= STARTS_REMEMBERED_MAX) rememberedStarts.clear();
    rememberedStarts.set(key, start);
  }
  return start;
}
