import { Big } from 'big.js';

import { addDays, daysBetween, localDay, startOfDay } from '../time.ts';
import type { CompiledLadder, CompiledTier } from './compile.ts';
import { isWhole } from './measure.ts';
import { windowOf, type Window } from './period.ts';
import { sumOf, type Progress } from './progress.ts';
import { stakeOf, type TierClock } from './review.ts';
import { canFall, codeAt, earnedPlace, placeAfterReview, placeDeserved, placeOf, type Standing } from './standing.ts';

/** Where a customer stands on a ladder, what is missing for more and for staying, and where the present pace leads. */
export type Outlook = {
  place: number;
  /** The days that count now, and what they hold. */
  window: Window;
  progress: Big;
  toNext: { tier: CompiledTier; missing: Big } | null;
  /** What is missing to keep what is earned at the next review; null when nothing can be lost. */
  toStay: Big | null;
  reviewAt: Date | null;
  /** The end of the period that is reviewed next; after it, until the review, there is grace. */
  endsOn: string | null;
  projected: Projection;
};

/** At the present pace: the amount at the end of the period, the tier that it leads to, and when that changes; null when it does not. */
export type Projection = { progress: Big; place: number; at: Date | null };

/** The outlook of a settled standing at `clock.now`. */
export function outlookOf(compiled: CompiledLadder, standing: Standing, progress: Progress, clock: TierClock): Outlook {
  const today = localDay(clock.now, clock.timeZone);
  const window = windowOf(compiled.ladder.period, today, clock.joinedOn);
  const amount = sumOf(progress, window);
  const place = placeOf(compiled, standing, clock.now);
  const next = compiled.tiers.find(({ index, threshold }) => index > place && threshold !== null);
  const earned = earnedPlace(compiled, standing);
  const stake = stakeOf(compiled, standing, progress, clock);
  const kept = compiled.tiers[earned]?.threshold ?? new Big(0);
  return {
    place,
    window,
    progress: amount,
    toNext: next === undefined ? null : { tier: next, missing: missing(next.threshold ?? amount, amount) },
    toStay: canFall(compiled, earned) ? missing(kept, stake?.best ?? amount) : null,
    reviewAt: stake?.reviewAt ?? null,
    endsOn: stake?.endsOn ?? null,
    projected: project(compiled, standing, progress, clock, { window, amount, today }),
  };
}

function missing(threshold: Big, amount: Big): Big {
  return amount.gte(threshold) ? new Big(0) : threshold.minus(amount);
}

/**
 * Goes on at the pace of the days of the window that have begun, today among them. A rolling window goes on as it is; a
 * lifetime goes on since joining, without an end.
 */
function project(
  compiled: CompiledLadder,
  standing: Standing,
  progress: Progress,
  clock: TierClock,
  { window, amount, today }: { window: Window; amount: Big; today: string },
): Projection {
  const { period } = compiled.ladder;
  const earned = earnedPlace(compiled, standing);
  const from = window.from ?? clock.joinedOn;
  const elapsed = Math.max(1, daysBetween(from, today) + 1);
  const atEnd =
    window.to === null || period.kind === 'ROLLING'
      ? amount
      : rounded(compiled, amount.times(daysBetween(from, window.to)).div(elapsed));
  if (period.kind !== 'ROLLING' && amount.gt(0)) {
    const reached = compiled.tiers.find(
      ({ index, threshold }) => index > earned && threshold !== null && threshold.gt(amount),
    );
    if (
      reached?.threshold !== undefined &&
      reached.threshold !== null &&
      (window.to === null || atEnd.gte(reached.threshold))
    ) {
      const days = reached.threshold.minus(amount).times(elapsed).div(amount).round(0, Big.roundUp).toNumber();
      const place = window.to === null ? reached.index : placeDeserved(compiled, atEnd);
      if (days <= DAYS_AHEAD_MAX)
        return withGiven(compiled, standing, {
          progress: atEnd,
          place,
          at: startOfDay(addDays(today, days), clock.timeZone),
        });
    }
  }
  const stake = stakeOf(compiled, standing, progress, clock);
  if (stake === null) return { progress: atEnd, place: placeOf(compiled, standing, clock.now), at: null };
  const best = atEnd.gt(stake.best) && stake.endsOn >= today ? atEnd : stake.best;
  const place = placeAfterReview(compiled, earned, placeDeserved(compiled, best));
  return withGiven(compiled, standing, { progress: atEnd, place, at: place === earned ? null : stake.reviewAt });
}

/** Who gains so little that it takes longer than a hundred years is not promised anything. */
const DAYS_AHEAD_MAX = 36_500;

/** A tier that was given holds until its end, whatever the pace is. */
function withGiven(compiled: CompiledLadder, standing: Standing, projection: Projection): Projection {
  if (projection.at === null) return projection;
  const after = { ...standing, earned: codeAt(compiled, projection.place) };
  return { ...projection, place: placeOf(compiled, after, projection.at) };
}

function rounded(compiled: CompiledLadder, amount: Big): Big {
  return amount.round(isWhole(compiled.ladder.basis) ? 0 : 2, Big.roundDown);
}
