import { capPeriod, type UsageLedger } from '../earning/bound.ts';
import type { Cap, CapPeriod } from '../earning/rule.ts';
import { localDay, periodDays, startOfDay } from '../time.ts';

/** What a customer still has of a cap. Null: the cap does not bound that. */
export type BoundLeft = {
  per: CapPeriod;
  points: number | null;
  uses: number | null;
  /** When the period ends and the cap counts anew; null when it never does. */
  renewsAt: Date | null;
};

/** What is left of a rule's cap in the period that `now` lies in. */
export function boundLeft(ruleId: string, cap: Cap, caps: UsageLedger, now: Date, timeZone: string): BoundLeft {
  const day = localDay(now, timeZone);
  const used = caps.used(ruleId, capPeriod(cap.per, day));
  const left = (limit: number | null, spent: number): number | null =>
    limit === null ? null : Math.max(0, limit - spent);
  return {
    per: cap.per,
    points: left(cap.points, used.points),
    uses: left(cap.uses, used.uses),
    renewsAt:
      cap.per === 'ALL_TIME' || cap.per === 'ACTIVITY' ? null : startOfDay(periodDays(cap.per, day).endsOn, timeZone),
  };
}
