import { periodKey } from '../time.ts';
import type { CompiledBudget } from './budget.ts';
import type { Cap, CapPeriod, EarningRule } from './rule.ts';

/** What has been used of a cap or a budget in one period, and when it was used last, in milliseconds since 1970. */
export type Usage = { points: number; uses: number; lastAt: number | null };

/** Usage by `subject` and `period`, and how to add to it; the caller keeps it over a batch and writes it back. */
export type UsageLedger = {
  used(subject: string, period: string): Usage;
  add(subject: string, period: string, points: number, at: Date): void;
};

export const NO_USAGE: Usage = { points: 0, uses: 0, lastAt: null };

/** The subject under which the program's own daily cap is counted. */
export const PROGRAM_CAP = 'program';

export type BoundOwner = 'RULE' | 'PROGRAM' | 'BUDGET';

/** One thing that bounds an award: a cap of the rule, the program's daily cap, a budget. */
export type Bound = {
  owner: BoundOwner;
  subject: string;
  /** Empty when it counts within one activity only. */
  period: string;
  ledger: UsageLedger;
  points: number | null;
  uses: number | null;
  beyond: 'TRUNCATE' | 'REFUSE';
  /** For people: what is limited. */
  detail: string;
};

/** What still fits under all bounds: the points, and whose bound cut them; 0 points when nothing fits. */
export function fit(asked: number, bounds: readonly Bound[]): { points: number; cutBy: Bound | null } {
  let points = asked;
  let cutBy: Bound | null = null;
  for (const bound of bounds) {
    const used = bound.period === '' ? NO_USAGE : bound.ledger.used(bound.subject, bound.period);
    if (bound.uses !== null && used.uses >= bound.uses) return { points: 0, cutBy: bound };
    if (bound.points === null || used.points + points <= bound.points) continue;
    if (bound.beyond === 'REFUSE' || used.points >= bound.points) return { points: 0, cutBy: bound };
    points = bound.points - used.points;
    cutBy = bound;
  }
  return { points, cutBy };
}

/** Counts an award under all its bounds, each subject and period once. */
export function recordUse(bounds: readonly Bound[], points: number, at: Date): void {
  const counted = new Set<string>();
  for (const { owner, subject, period, ledger } of bounds) {
    const name = `${owner} ${subject} ${period}`;
    if (period === '' || counted.has(name)) continue;
    counted.add(name);
    ledger.add(subject, period, points, at);
  }
}

/** The bounds of an award of this rule on this local day: its caps, the program's daily cap, its budgets. */
export function boundsOf(
  rule: EarningRule,
  budgets: readonly CompiledBudget[],
  day: string,
  dailyPointsCap: number | null,
  ledgers: { caps: UsageLedger; budgets: UsageLedger },
): Bound[] {
  const bounds: Bound[] = rule.caps.map((cap) => ({
    owner: 'RULE',
    subject: rule.id,
    period: capPeriod(cap.per, day),
    ledger: ledgers.caps,
    points: cap.points,
    uses: cap.uses,
    beyond: cap.beyond,
    detail: describeLimit(cap.points, cap.uses, cap.per),
  }));
  // What cools down counts its last use, without a limit.
  if (rule.coolDownMinutes !== null)
    bounds.push({
      owner: 'RULE',
      subject: rule.id,
      period: periodKey('ALL_TIME', day),
      ledger: ledgers.caps,
      points: null,
      uses: null,
      beyond: 'REFUSE',
      detail: '',
    });
  if (dailyPointsCap !== null)
    bounds.push({
      owner: 'PROGRAM',
      subject: PROGRAM_CAP,
      period: day,
      ledger: ledgers.caps,
      points: dailyPointsCap,
      uses: null,
      beyond: 'TRUNCATE',
      detail: `program: ${dailyPointsCap} points per DAY`,
    });
  for (const { budget, points } of budgets)
    bounds.push({
      owner: 'BUDGET',
      subject: budget.id,
      period: periodKey(budget.per, day),
      ledger: ledgers.budgets,
      points,
      uses: budget.uses,
      beyond: budget.beyond,
      detail: `${budget.code}: ${describeLimit(points, budget.uses, budget.per)}`,
    });
  return bounds;
}

/** The period under which a cap counts; ACTIVITY counts nothing. */
export function capPeriod(per: CapPeriod, day: string): string {
  return per === 'ACTIVITY' ? '' : periodKey(per, day);
}

function describeLimit(points: number | null, uses: number | null, per: Cap['per']): string {
  const parts = [points === null ? null : `${points} points`, uses === null ? null : `${uses} uses`];
  return `${parts.filter((part) => part !== null).join(' and ')} per ${per}`;
}
