import type { Big } from 'big.js';

import { addDays, localDay, startOfDay } from '../time.ts';
import type { CompiledLadder } from './compile.ts';
import { windowOf, type Window } from './period.ts';
import type { TierClock } from './review.ts';
import { canFall, codeAt, earnedPlace, moved, placeDeserved, type Standing, type TierChange } from './standing.ts';

export type Advanced = { standing: Standing; change: TierChange | null; nextAt: Date | null };

/**
 * The windows that an activity may fill: the period of its own local day; and where windows roll, the one that ends today,
 * which a late report also counts in.
 */
export function windowsFilled({ ladder }: CompiledLadder, occurredAt: Date, clock: TierClock): Window[] {
  const { period } = ladder;
  const day = localDay(occurredAt, clock.timeZone);
  const own = windowOf(period, day, clock.joinedOn);
  const today = localDay(clock.now, clock.timeZone);
  return period.kind === 'ROLLING' && day < today ? [own, windowOf(period, today, clock.joinedOn)] : [own];
}

/**
 * Raises a standing as far as an amount reaches, over several tiers where it does; never lowers it. `amount` is the largest
 * that one of the activity's windows holds, the activity included. Counts from when the activity occurred, though not from
 * the future. Null when nothing rises.
 */
export function advanced(
  compiled: CompiledLadder,
  standing: Standing,
  amount: Big,
  occurredAt: Date,
  clock: TierClock,
): Advanced | null {
  const target = placeDeserved(compiled, amount);
  if (target <= earnedPlace(compiled, standing)) return null;
  const { period } = compiled.ladder;
  const day = localDay(occurredAt, clock.timeZone);
  let periodFrom: string | null = null;
  if (canFall(compiled, target)) {
    if (period.kind === 'ROLLING') periodFrom = addDays(day, 1);
    else if (period.kind !== 'LIFETIME') periodFrom = windowOf(period, day, clock.joinedOn).from;
  }
  const at = occurredAt > clock.now ? clock.now : occurredAt;
  const raised = moved(compiled, standing, { earned: codeAt(compiled, target), periodFrom }, { at, reason: 'EARNED' });
  return { ...raised, nextAt: nextLook(compiled, raised.standing, clock) };
}

/** When a standing that has just risen must be looked at. Rolling windows need their days, which the review reads: at once. */
function nextLook({ ladder }: CompiledLadder, { periodFrom, assigned }: Standing, clock: TierClock): Date | null {
  const instants: Date[] = [];
  if (assigned !== null && assigned.until !== null) instants.push(assigned.until);
  if (periodFrom !== null) {
    if (ladder.period.kind === 'ROLLING') return clock.now;
    const endsOn = windowOf(ladder.period, periodFrom, clock.joinedOn).to ?? periodFrom;
    instants.push(startOfDay(addDays(endsOn, ladder.graceDays), clock.timeZone));
    const warnAt = startOfDay(addDays(endsOn, -ladder.warningDays), clock.timeZone);
    if (ladder.warningDays > 0 && warnAt > clock.now) instants.push(warnAt);
  }
  return instants.length === 0 ? null : new Date(Math.min(...instants.map((instant) => instant.getTime())));
}
