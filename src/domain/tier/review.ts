import { Big } from 'big.js';

import { addDays, localDay, startOfDay } from '../time.ts';
import type { CompiledLadder } from './compile.ts';
import type { LadderPeriod } from './ladder.ts';
import { afterWindow, windowBefore, windowOf } from './period.ts';
import { sumOf, type Progress } from './progress.ts';
import {
  canFall,
  codeAt,
  earnedPlace,
  moved,
  placeAfterReview,
  placeDeserved,
  placeOf,
  type Standing,
  type TierChange,
} from './standing.ts';

/** The instant of a decision, the program's zone, and the local day on which the customer joined. */
export type TierClock = { now: Date; timeZone: string; joinedOn: string };

/** Whoever keeps on like this falls at `reviewAt`: by then, or rather by the end of the day before `endsOn`, so much is missing. */
export type TierWarning = { tier: string; toTier: string | null; required: Big; endsOn: string; reviewAt: Date };

export type Settled = {
  standing: Standing;
  changes: TierChange[];
  warnings: TierWarning[];
  /** When to look again; null when nothing happens by itself. */
  nextAt: Date | null;
};

/** What is at stake next: the day on which the period is over, its review, and the amount that will be looked at. */
export type Stake = { endsOn: string; reviewAt: Date; best: Big };

const STEPS_MAX = 1_000;

/**
 * Brings a standing up to `now`: reviews, ends of what was given, and warnings, in their order and each dated at its own
 * instant, however late they are done. Doing it twice changes nothing more. `progress` must list every day since the
 * period that is reviewed next began, and before it the window's length.
 */
export function settleStanding(
  compiled: CompiledLadder,
  given: Standing,
  progress: Progress,
  clock: TierClock,
): Settled {
  const changes: TierChange[] = [];
  const warnings: TierWarning[] = [];
  const note = ({ standing, change }: ReturnType<typeof moved>): Standing => {
    if (change !== null) changes.push(change);
    return standing;
  };
  let standing = note(withoutVanished(compiled, given, progress, clock));
  for (let step = 0; step < STEPS_MAX; step += 1) {
    standing = scheduled(compiled, standing, progress, clock);
    const stake = stakeOf(compiled, standing, progress, clock);
    const until = standing.assigned?.until ?? null;
    const dueAt = earliest(stake?.reviewAt ?? null, until);
    if (dueAt === null || dueAt > clock.now) {
      const warned = warn(compiled, standing, stake, clock);
      if (warned.warning !== null) warnings.push(warned.warning);
      return { standing: warned.standing, changes, warnings, nextAt: earliest(dueAt, warned.nextAt) };
    }
    standing =
      stake === null || stake.reviewAt > dueAt
        ? note(moved(compiled, standing, { assigned: null }, { at: dueAt, reason: 'REVIEWED' }))
        : note(reviewed(compiled, standing, stake, clock.timeZone));
  }
  return { standing, changes, warnings, nextAt: clock.now };
}

/** What the record says now, this period or the last, whatever was decided before: a person asks for it. */
export function recalculated(
  compiled: CompiledLadder,
  standing: Standing,
  progress: Progress,
  clock: TierClock,
): ReturnType<typeof moved> {
  const target = placeDeserved(compiled, amountDeserving(compiled, progress, clock));
  const next = placeAfterReview(compiled, earnedPlace(compiled, standing), target);
  return moved(compiled, standing, { earned: codeAt(compiled, next) }, { at: clock.now, reason: 'RECALCULATED' });
}

/** The amount that decides at an instant: of the present period or of the one before it, which holds until its successor is over. */
export function amountDeserving({ ladder }: CompiledLadder, progress: Progress, clock: TierClock): Big {
  const { period } = ladder;
  const present = windowOf(period, localDay(clock.now, clock.timeZone), clock.joinedOn);
  const amount = sumOf(progress, present);
  if (period.kind === 'ROLLING' || present.from === null) return amount;
  return larger(amount, sumOf(progress, windowOf(period, addDays(present.from, -1), clock.joinedOn)));
}

/** The next review of what is earned, or null when there is nothing to review. */
export function stakeOf(
  compiled: CompiledLadder,
  standing: Standing,
  progress: Progress,
  { timeZone, joinedOn }: Pick<TierClock, 'timeZone' | 'joinedOn'>,
): Stake | null {
  const { periodFrom } = standing;
  if (periodFrom === null) return null;
  const { period, graceDays } = compiled.ladder;
  const at = (endsOn: string): Date => startOfDay(addDays(endsOn, graceDays), timeZone);
  switch (period.kind) {
    case 'LIFETIME':
      return { endsOn: periodFrom, reviewAt: at(periodFrom), best: sumOf(progress, { from: null, to: null }) };
    case 'ROLLING': {
      const endsOn = firstDayBelow(period, progress, periodFrom, thresholdOf(compiled, standing));
      const reviewedOn = addDays(endsOn, graceDays);
      return { endsOn, reviewAt: at(endsOn), best: sumOf(progress, windowBefore(period, reviewedOn)) };
    }
    case 'CALENDAR':
    case 'FROM_JOINING': {
      const window = windowOf(period, periodFrom, joinedOn);
      const endsOn = window.to ?? periodFrom;
      // Who reaches the tier anew within the grace keeps it.
      const since = sumOf(progress, { from: endsOn, to: addDays(endsOn, graceDays) });
      return { endsOn, reviewAt: at(endsOn), best: larger(sumOf(progress, window), since) };
    }
  }
}

/** The first day, from a given one on, before which a rolling window holds less than the threshold. */
function firstDayBelow(
  period: Extract<LadderPeriod, { kind: 'ROLLING' }>,
  { days }: Progress,
  from: string,
  threshold: Big,
): string {
  // The sum falls only where a day leaves the window, or one enters on which more was returned than bought.
  const leaving = days.map(({ day }) => {
    let gone = afterWindow(period, addDays(day, 1));
    while ((windowBefore(period, gone).from ?? '') <= day) gone = addDays(gone, 1);
    return gone;
  });
  let sum = new Big(0);
  let entered = 0;
  let left = 0;
  const negative = days.filter(({ amount }) => amount.lt(0)).map(({ day }) => addDays(day, 1));
  for (const day of [from, ...[...leaving, ...negative].filter((other) => other > from).toSorted()]) {
    for (; entered < days.length && (days[entered]?.day ?? '') < day; entered += 1)
      sum = sum.plus(days[entered]?.amount ?? 0);
    for (; left < entered && (leaving[left] ?? '') <= day; left += 1) sum = sum.minus(days[left]?.amount ?? 0);
    if (sum.lt(threshold)) return day;
  }
  return from;
}

function thresholdOf(compiled: CompiledLadder, standing: Standing): Big {
  return compiled.tiers[earnedPlace(compiled, standing)]?.threshold ?? new Big(0);
}

function reviewed(
  compiled: CompiledLadder,
  standing: Standing,
  stake: Stake,
  timeZone: string,
): ReturnType<typeof moved> {
  const { period, graceDays } = compiled.ladder;
  const earned = earnedPlace(compiled, standing);
  const deserved = placeDeserved(compiled, stake.best);
  const next = placeAfterReview(compiled, earned, deserved);
  let periodFrom: string | null = null;
  if (period.kind === 'ROLLING') {
    const today = addDays(stake.endsOn, graceDays);
    // One step at a time: what is still not deserved is looked at a whole window later.
    periodFrom = deserved >= next ? addDays(today, 1) : afterWindow(period, today);
  } else if (period.kind !== 'LIFETIME') periodFrom = stake.endsOn;
  const step = { at: startOfDay(addDays(stake.endsOn, graceDays), timeZone), reason: 'REVIEWED' as const };
  return moved(compiled, standing, { earned: codeAt(compiled, next), periodFrom }, step);
}

/** A tier that the ladder no longer has is exchanged for the one that is deserved. */
function withoutVanished(
  compiled: CompiledLadder,
  standing: Standing,
  progress: Progress,
  clock: TierClock,
): ReturnType<typeof moved> {
  const hasLost = (code: string | undefined | null): boolean =>
    code !== null && code !== undefined && !compiled.indexOf.has(code);
  if (!hasLost(standing.earned) && !hasLost(standing.assigned?.tier) && !hasLost(standing.tier))
    return { standing, change: null };
  const deserved = placeDeserved(compiled, amountDeserving(compiled, progress, clock));
  return moved(
    compiled,
    standing,
    {
      earned: hasLost(standing.earned) ? codeAt(compiled, deserved) : standing.earned,
      assigned: hasLost(standing.assigned?.tier) ? null : standing.assigned,
    },
    { at: clock.now, reason: 'RECALCULATED' },
  );
}

/** Makes sure that what can be lost has a review to come, and that what cannot has none. */
function scheduled(compiled: CompiledLadder, standing: Standing, progress: Progress, clock: TierClock): Standing {
  const earned = earnedPlace(compiled, standing);
  if (!canFall(compiled, earned)) return standing.periodFrom === null ? standing : { ...standing, periodFrom: null };
  if (standing.periodFrom !== null && standing.shape === compiled.shape) return standing;
  return { ...standing, periodFrom: firstPeriod(compiled, earned, progress, clock), shape: compiled.shape };
}

/** From where the first review of a standing begins, or the first one of a ladder that has changed its periods. */
function firstPeriod(compiled: CompiledLadder, earned: number, progress: Progress, clock: TierClock): string | null {
  const { period } = compiled.ladder;
  const today = localDay(clock.now, clock.timeZone);
  if (period.kind === 'ROLLING') return addDays(today, 1);
  if (period.kind !== 'LIFETIME') return windowOf(period, today, clock.joinedOn).from;
  // A lifetime has no end to wait for: what a reversal has taken away is looked at when the day is over.
  const isDeserved = placeDeserved(compiled, sumOf(progress, { from: null, to: null })) >= earned;
  return isDeserved ? null : addDays(today, 1);
}

function warn(
  compiled: CompiledLadder,
  standing: Standing,
  stake: Stake | null,
  clock: TierClock,
): { standing: Standing; warning: TierWarning | null; nextAt: Date | null } {
  const { warningDays } = compiled.ladder;
  const none = { standing, warning: null, nextAt: null };
  if (stake === null || warningDays === 0) return none;
  // A rolling end moves with every activity: whoever was warned is left alone for as long as a warning reaches.
  if (standing.warnedFor !== null && stake.endsOn <= addDays(standing.warnedFor, warningDays)) return none;
  const warnAt = startOfDay(addDays(stake.endsOn, -warningDays), clock.timeZone);
  if (warnAt > clock.now) return { ...none, nextAt: warnAt };
  const earned = earnedPlace(compiled, standing);
  const next = placeAfterReview(compiled, earned, placeDeserved(compiled, stake.best));
  const fallen = { ...standing, earned: codeAt(compiled, next) };
  // What was given by hand and holds at the review leaves nothing to warn of.
  if (placeOf(compiled, fallen, stake.reviewAt) >= placeOf(compiled, standing, stake.reviewAt)) return none;
  return {
    standing: { ...standing, warnedFor: stake.endsOn },
    nextAt: null,
    warning: {
      tier: codeAt(compiled, earned) ?? '',
      toTier: codeAt(compiled, next),
      required: thresholdOf(compiled, standing).minus(stake.best),
      endsOn: stake.endsOn,
      reviewAt: stake.reviewAt,
    },
  };
}

function earliest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

function larger(a: Big, b: Big): Big {
  return a.gt(b) ? a : b;
}
