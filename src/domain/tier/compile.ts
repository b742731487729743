import { Big } from 'big.js';

import { findCurrency } from '../program/find-currency.ts';
import type { ActivityType, PointCurrency } from '../program/program.ts';
import type { RuleProblem } from '../rule-set/content.ts';
import type { Ladder, LadderBasis, Tier } from './ladder.ts';
import { isWhole, measureName, type Measure } from './measure.ts';

export type CompiledTier = { tier: Tier; index: number; threshold: Big | null };

/** A ladder ready to decide by. Places on it are indexes of its tiers, and −1 below the first. */
export type CompiledLadder = {
  ladder: Ladder;
  measure: Measure;
  /** The measure's name. */
  counts: string;
  tiers: readonly CompiledTier[];
  indexOf: ReadonlyMap<string, number>;
  /** Where everybody stands who has reached nothing: 0 where the first tier begins at zero, else −1. */
  base: number;
  /** What the dates of reviews come from. A standing whose dates were set by another shape has them set anew. */
  shape: string;
};

/** What ladders are compiled against. */
export type LadderSurroundings = { activityTypes: readonly ActivityType[]; currencies: readonly PointCurrency[] };

/** Checks and compiles ladders, in their order. Returns every problem found. */
export function compileLadders(
  ladders: readonly Ladder[],
  surroundings: LadderSurroundings,
): { ladders: readonly CompiledLadder[] } | { problems: RuleProblem[] } {
  const problems: RuleProblem[] = [];
  const compiled: CompiledLadder[] = [];
  for (const ladder of ladders) {
    const problem = (message: string, ...path: string[]): void =>
      void problems.push({ path: [ladder.code, ...path], message });
    const measure = findMeasure(ladder.basis, surroundings, (message) => problem(message, 'basis'));
    checkTiers(ladder, problem);
    checkPeriod(ladder, problem);
    if (measure !== null) compiled.push(compileOne(ladder, measure));
  }
  return problems.length > 0 ? { problems } : { ladders: compiled };
}

function compileOne(ladder: Ladder, measure: Measure): CompiledLadder {
  const [first] = ladder.tiers;
  return {
    ladder,
    measure,
    counts: measureName(measure),
    tiers: ladder.tiers.map((tier, index) => ({
      tier,
      index,
      threshold: tier.threshold === null || tier.manualOnly ? null : new Big(tier.threshold),
    })),
    indexOf: new Map(ladder.tiers.map((tier, index) => [tier.code, index])),
    base: first !== undefined && !first.manualOnly && Number(first.threshold) === 0 ? 0 : -1,
    shape: shapeOf(ladder),
  };
}

/** Rolling windows end where they fall below a threshold, so that their dates come from thresholds, too. */
function shapeOf({ period, tiers }: Ladder): string {
  const { kind } = period;
  if (kind === 'CALENDAR') return `${kind} ${period.unit}`;
  if (kind === 'FROM_JOINING') return `${kind} ${period.months}`;
  if (kind === 'LIFETIME') return kind;
  const length = period.days === null ? `${period.months} months` : `${period.days} days`;
  return `${kind} ${length} ${tiers.map(({ code, threshold }) => `${code}:${threshold}`).join(' ')}`;
}

/** The measure behind a basis, or null after telling what is unknown. */
export function findMeasure(
  basis: LadderBasis,
  { activityTypes, currencies }: LadderSurroundings,
  problem: (message: string) => void,
): Measure | null {
  if (basis.kind === 'POINTS_EARNED' || basis.kind === 'LIFETIME_POINTS') {
    const currency = findCurrency(currencies, basis.currency, problem);
    return currency === null ? null : { kind: 'POINTS', currencyId: currency.id };
  }
  const type = activityTypes.find((known) => known.code === basis.activityType && !known.archived);
  if (type === undefined) {
    problem(`There is no activity type ${basis.activityType}.`);
    return null;
  }
  if (basis.kind === 'ACTIVITY_COUNT') return { kind: 'COUNT', activityTypeId: type.id };
  const declared = type.properties.find((known) => known.name === basis.property);
  if (declared?.type === 'DECIMAL' || declared?.type === 'INTEGER')
    return { kind: 'SPEND', activityTypeId: type.id, property: basis.property };
  problem(`${type.code} has no number property ${basis.property}.`);
  return null;
}

type Problem = (message: string, ...path: string[]) => void;

function checkTiers({ tiers, basis }: Ladder, problem: Problem): void {
  const codes = new Set<string>();
  let previous: { code: string; threshold: Big } | null = null;
  for (const { code, threshold, manualOnly, benefits } of tiers) {
    if (codes.has(code)) problem(`${code} is used twice.`, 'tiers', code);
    codes.add(code);
    if (new Set(benefits.map((benefit) => benefit.code)).size < benefits.length)
      problem('Two benefits of a tier have one code.', 'tiers', code, 'benefits');
    if (manualOnly !== (threshold === null))
      problem(
        manualOnly ? 'A tier that is only given by hand has no threshold.' : 'A tier that is earned has a threshold.',
        'tiers',
        code,
        'threshold',
      );
    if (threshold === null) continue;
    const amount = new Big(threshold);
    if (isWhole(basis) && !amount.round(0, Big.roundDown).eq(amount))
      problem(`${basis.kind} counts whole numbers, ${threshold} is none.`, 'tiers', code, 'threshold');
    if (previous !== null && amount.lte(previous.threshold))
      problem(
        `${code} begins at ${threshold}, which is not above ${previous.code} at ${previous.threshold.toFixed()}.`,
        'tiers',
        code,
        'threshold',
      );
    previous = { code, threshold: amount };
  }
}

/** The fewest days that a period can have; null where it has no end. */
function shortestDays({ period }: Ladder): number | null {
  switch (period.kind) {
    case 'CALENDAR':
      return { YEAR: 365, HALF_YEAR: 181, QUARTER: 90, MONTH: 28 }[period.unit];
    case 'FROM_JOINING':
      return period.months * 28;
    case 'ROLLING':
      return period.days ?? (period.months ?? 1) * 28;
    case 'LIFETIME':
      return null;
  }
}

function checkPeriod(ladder: Ladder, problem: Problem): void {
  if (ladder.basis.kind === 'LIFETIME_POINTS' && ladder.period.kind !== 'LIFETIME')
    problem('LIFETIME_POINTS counts over a lifetime; POINTS_EARNED counts over a period.', 'period');
  const days = shortestDays(ladder);
  for (const field of ['graceDays', 'warningDays'] as const)
    if (days !== null && ladder[field] > 0 && ladder[field] >= days)
      problem(`${field} is shorter than a period, which may have ${days} days.`, field);
  if (days === null && ladder.warningDays > 0) problem('A lifetime has no end of which to warn.', 'warningDays');
}
