import type { CustomerClock } from './calendar.ts';
import { verdictAt, type Run, type StreakLaw } from './judge.ts';

/**
 * Whether a period that is now met can be counted on top of a checkpoint: nothing later is judged, and no freeze was given
 * by hand after its verdict. Any other has the streak judged from the beginning.
 */
export function isInOrder(law: StreakLaw, clock: CustomerClock, { through, giftedAt }: Run, period: number): boolean {
  if (through !== null && period <= through) return false;
  return giftedAt === null || verdictAt(law, clock, period).getTime() > giftedAt;
}

/**
 * The lengths, of those that prizes are for, that a run of `length` newly reaches by a period that joins two stretches of
 * these lengths. What either had reached, and what was given within the run before, is not given again.
 */
export function lengthsReached(
  prizes: readonly { length: number; repeats: boolean; points: number | null }[],
  joined: { before: number; after: number; length: number },
  wasGiven: (length: number) => boolean,
): { length: number; points: number | null }[] {
  const known = Math.max(joined.before, joined.after);
  const reached = prizes.flatMap(({ length: step, repeats, points }) => {
    const lengths: { length: number; points: number | null }[] = [];
    if (!repeats) return step > known && step <= joined.length ? [{ length: step, points }] : lengths;
    for (let length = (Math.floor(known / step) + 1) * step; length <= joined.length; length += step)
      lengths.push({ length, points });
    return lengths;
  });
  return reached.filter(({ length }) => !wasGiven(length)).toSorted((a, b) => a.length - b.length);
}

/** The stretches on both sides of a met period in the run that it belongs to, and the first and last period of that run. */
export function runAround(
  trail: readonly { period: number; length: number }[],
  period: number,
): { before: number; after: number; length: number; first: number; last: number } | null {
  const index = trail.findIndex((one) => one.period === period);
  const here = trail[index];
  if (here === undefined) return null;
  let end = index;
  while ((trail[end + 1]?.length ?? 0) > 1) end += 1;
  const length = trail[end]?.length ?? here.length;
  return {
    before: here.length - 1,
    after: length - here.length,
    length,
    first: trail[index - here.length + 1]?.period ?? period,
    last: trail[end]?.period ?? period,
  };
}
