import { Big } from 'big.js';

import type { ActivityType } from '../program/program.ts';
import { findMeasure } from '../tier/compile.ts';
import type { LadderBasis } from '../tier/ladder.ts';
import { measureName, type Measure } from '../tier/measure.ts';
import { levelsOf, type Badge, type BadgeCriterion } from './badge.ts';
import type { BadgeSurroundings, CompiledCriterion, Problem } from './compile.ts';
import { compileActivityCondition, type ActivityCondition, type ActivityScope } from './condition.ts';

/** Conditions on one activity type share what they look at. */
export type CriterionSurroundings = BadgeSurroundings & { scopeOf: (type: ActivityType) => ActivityScope };

type Counted = Extract<BadgeCriterion, { kind: 'COUNT' | 'SUM' | 'DAYS' | 'POINTS' }>;

/** Compiles one criterion, or gives null after telling what is wrong with it. */
export function compileCriterion(
  badge: Badge,
  criterion: BadgeCriterion,
  place: number,
  badges: readonly Badge[],
  surroundings: CriterionSurroundings,
  problem: Problem,
): CompiledCriterion | null {
  switch (criterion.kind) {
    case 'STREAK': {
      const { streak, of, targets } = criterion;
      if (!surroundings.streaks.has(streak)) problem('criteria', `There is no streak ${streak}.`);
      return { kind: 'STREAK', streak, of, targets: targets.map((target) => new Big(target)) };
    }
    case 'TIER':
      return compileTier(criterion, surroundings, problem);
    case 'LEVEL':
      return compileLevel(criterion, surroundings, problem);
    case 'BADGE':
      return compileBadge(criterion, badges, problem);
    case 'COUNT':
    case 'SUM':
    case 'DAYS':
    case 'POINTS':
      return compileCounted(badge, criterion, place, surroundings, problem);
  }
}

function compileTier(
  { ladder: code, tier }: Extract<BadgeCriterion, { kind: 'TIER' }>,
  { ladders }: BadgeSurroundings,
  problem: Problem,
): CompiledCriterion | null {
  const ladder = ladders.find((known) => known.code === code);
  const index = ladder?.tiers.findIndex((known) => known.code === tier) ?? -1;
  if (ladder === undefined) problem('criteria', `There is no ladder ${code}.`);
  else if (index < 0) problem('criteria', `The ladder ${code} has no tier ${tier}.`);
  if (ladder === undefined || index < 0) return null;
  return { kind: 'TIER', ladder: code, tier, tiers: new Set(ladder.tiers.slice(index).map((known) => known.code)) };
}

/** Levels are lifetime points, so that a level is a sum of points like any other. */
function compileLevel(
  { level: code }: Extract<BadgeCriterion, { kind: 'LEVEL' }>,
  { levels, currencies }: BadgeSurroundings,
  problem: Problem,
): CompiledCriterion | null {
  const level = levels.find((known) => known.code === code);
  if (level === undefined) problem('criteria', `There is no level ${code}.`);
  const currency = currencies.find((known) => known.isDefault);
  if (level === undefined || currency === undefined) return null;
  const measure: Measure = { kind: 'POINTS', currencyId: currency.id };
  const targets = [new Big(level.points)];
  return { kind: 'AMOUNT', measure, counts: measureName(measure), condition: null, days: false, targets, fixed: true };
}

function compileBadge(
  { badge: code, level }: Extract<BadgeCriterion, { kind: 'BADGE' }>,
  badges: readonly Badge[],
  problem: Problem,
): CompiledCriterion | null {
  const other = badges.find((known) => known.code === code);
  if (other === undefined) {
    problem('criteria', `There is no badge ${code}.`);
    return null;
  }
  const index = level === null ? 0 : levelsOf(other).findIndex((known) => known.code === level);
  if (index < 0) problem('criteria', `The badge ${code} has no level ${level}.`);
  const levels = new Map(levelsOf(other).map((known, at) => [known.code, at]));
  return { kind: 'BADGE', badgeId: other.id, badge: code, level: index, levels };
}

function compileCounted(
  badge: Badge,
  criterion: Counted,
  place: number,
  surroundings: CriterionSurroundings,
  problem: Problem,
): CompiledCriterion | null {
  const measure = findMeasure(basisOf(criterion), surroundings, (message) => problem('criteria', message));
  if (measure === null) return null;
  const targets = criterion.targets.map((target) => new Big(target));
  const condition = conditionOf(criterion, surroundings, problem);
  // What has a condition is counted for this badge alone.
  const counts = condition === null ? measureName(measure) : `${matchPrefix(badge.id)}${place}`;
  return { kind: 'AMOUNT', measure, counts, condition, days: criterion.kind === 'DAYS', targets, fixed: false };
}

/** What the names of measures begin with that a badge counts for itself. */
export function matchPrefix(badgeId: string): string {
  return `match:${badgeId}:`;
}

/** The same amounts as ladders name them. */
export function basisOf(criterion: Counted): LadderBasis {
  switch (criterion.kind) {
    case 'COUNT':
    case 'DAYS':
      return { kind: 'ACTIVITY_COUNT', activityType: criterion.activityType };
    case 'SUM':
      return { kind: 'SPEND', activityType: criterion.activityType, property: criterion.property };
    case 'POINTS':
      return { kind: 'POINTS_EARNED', currency: criterion.currency };
  }
}

function conditionOf(
  criterion: Counted,
  { activityTypes, scopeOf }: CriterionSurroundings,
  problem: Problem,
): ActivityCondition | null {
  if (criterion.kind === 'POINTS' || criterion.condition.trim() === '') return null;
  const type = activityTypes.find((known) => known.code === criterion.activityType && !known.archived);
  if (type === undefined) return null;
  const compiled = compileActivityCondition(scopeOf(type), criterion.condition);
  if ('condition' in compiled) return compiled.condition;
  problem('criteria', `The condition on ${criterion.activityType}: ${compiled.problem}`);
  return null;
}
