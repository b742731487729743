import type { Big } from 'big.js';

import type { Level } from '../level/level.ts';
import { findCurrency } from '../program/find-currency.ts';
import type { ActivityType, PointCurrency, PropertyDeclaration } from '../program/program.ts';
import { createAudienceCompiler, type Audience } from '../reward/audience.ts';
import type { RuleProblem } from '../rule-set/content.ts';
import type { LadderSurroundings } from '../tier/compile.ts';
import type { Ladder } from '../tier/ladder.ts';
import type { Measure } from '../tier/measure.ts';
import { levelsOf, type Badge, type BadgeLevel } from './badge.ts';
import { checkAmounts, checkRepeat, checkReversal, findCycles } from './check.ts';
import { createActivityScope, type ActivityCondition, type ActivityScope } from './condition.ts';
import { compileCriterion, type CriterionSurroundings } from './criterion.ts';

/** One criterion ready to decide by. */
export type CompiledCriterion =
  | {
      kind: 'AMOUNT';
      measure: Measure;
      /** The name under which its days are kept: shared with ladders and milestones, but for what has a condition. */
      counts: string;
      condition: ActivityCondition | null;
      /** Whether it counts the days with something on them, in place of what was on them. */
      days: boolean;
      /** By level; one that is the same for all levels and occurrences, over a lifetime, where `fixed`. */
      targets: readonly Big[];
      fixed: boolean;
    }
  | { kind: 'STREAK'; streak: string; of: 'CURRENT' | 'LONGEST'; targets: readonly Big[] }
  | { kind: 'TIER'; ladder: string; tier: string; tiers: ReadonlySet<string> }
  | { kind: 'BADGE'; badgeId: string; badge: string; level: number; levels: ReadonlyMap<string, number> };

/** A badge ready to decide by. */
export type CompiledBadge = {
  badge: Badge;
  levels: readonly BadgeLevel[];
  indexOf: ReadonlyMap<string, number>;
  criteria: readonly CompiledCriterion[];
  /** What its points are of. */
  currency: PointCurrency;
  /** Null lets everybody in. */
  audience: Audience | null;
  /** Ids of the activity types that can bring somebody nearer; null is every activity. */
  concerns: ReadonlySet<string> | null;
  /** All that says whom the past should have awarded: when it changes, the past is credited anew. */
  shape: string;
};

export type CompiledBadges = {
  /** In the order of the catalogue. */
  all: readonly CompiledBadge[];
  /** Those that nobody is awarded by are left out; what another one asks for comes before it. */
  live: readonly CompiledBadge[];
  byCode: ReadonlyMap<string, CompiledBadge>;
  byId: ReadonlyMap<string, CompiledBadge>;
};

/** What badges are compiled against. */
export type BadgeSurroundings = LadderSurroundings & {
  attributes: readonly PropertyDeclaration[];
  ladders: readonly Ladder[];
  levels: readonly Level[];
  /** Codes of the streaks of the same rule set. */
  streaks: ReadonlySet<string>;
};

export const NO_BADGES: CompiledBadges = { all: [], live: [], byCode: new Map(), byId: new Map() };

export type Problem = (field: string, message: string) => void;

/** Checks and compiles badges. Returns every problem found, a circle of badges that ask for each other among them. */
export function compileBadges(
  badges: readonly Badge[],
  surroundings: BadgeSurroundings,
): { badges: CompiledBadges } | { problems: RuleProblem[] } {
  if (badges.length === 0) return { badges: NO_BADGES };
  const problems: RuleProblem[] = findCycles(badges);
  const compileAudience = createAudienceCompiler(surroundings.attributes);
  const compiled = new Map<string, CompiledBadge>();
  const scopes = new Map<string, ActivityScope>();
  const scopeOf = (type: ActivityType): ActivityScope => {
    let scope = scopes.get(type.id);
    if (scope === undefined) scopes.set(type.id, (scope = createActivityScope(type)));
    return scope;
  };
  for (const badge of badges) {
    const problem: Problem = (field, message) => void problems.push({ path: [badge.code, field], message });
    const one = compileOne(badge, badges, { ...surroundings, scopeOf }, compileAudience, problem);
    if (one !== null) compiled.set(badge.code, one);
  }
  return problems.length > 0 ? { problems } : { badges: arrange(compiled) };
}

function compileOne(
  badge: Badge,
  badges: readonly Badge[],
  surroundings: CriterionSurroundings,
  compileAudience: ReturnType<typeof createAudienceCompiler>,
  problem: Problem,
): CompiledBadge | null {
  const levels = levelsOf(badge);
  const indexOf = new Map(levels.map(({ code }, index) => [code, index]));
  if (indexOf.size !== levels.length) problem('levels', 'Two levels have one code.');
  checkAmounts(badge, levels.length, problem);
  checkRepeat(badge, problem);
  checkReversal(badge, problem);
  if (badge.countsFrom !== null && badge.countsUntil !== null && badge.countsFrom >= badge.countsUntil)
    problem('countsUntil', 'The end lies before the start.');
  const currency = findCurrency(surroundings.currencies, badge.currency, (message) => problem('currency', message));
  const audience = badge.audience.trim() === '' ? null : compileAudience(badge.audience);
  const failing = audience !== null && 'problem' in audience ? audience.problem : null;
  if (failing !== null) problem('audience', failing);
  const criteria = badge.criteria.flatMap((criterion, place) => {
    const one = compileCriterion(badge, criterion, place, badges, surroundings, problem);
    return one === null ? [] : [one];
  });
  if (currency === null || (audience !== null && 'problem' in audience)) return null;
  return { badge, levels, indexOf, criteria, currency, audience, concerns: concernsOf(criteria), shape: '' };
}

function concernsOf(criteria: readonly CompiledCriterion[]): ReadonlySet<string> | null {
  const types = new Set<string>();
  for (const criterion of criteria) {
    // Points come with any activity, and tiers, streaks and badges may have come since the last one.
    if (criterion.kind !== 'AMOUNT' || criterion.measure.kind === 'POINTS') return null;
    types.add(criterion.measure.activityTypeId);
  }
  return types;
}

/** Puts what is asked for before what asks for it, and gives each its shape, which has those in it. */
function arrange(compiled: ReadonlyMap<string, CompiledBadge>): CompiledBadges {
  const shaped = new Map<string, CompiledBadge>();
  const visit = (one: CompiledBadge): CompiledBadge => {
    const known = shaped.get(one.badge.code);
    if (known !== undefined) return known;
    const asked = one.criteria.flatMap((criterion) => {
      const other = criterion.kind === 'BADGE' ? compiled.get(criterion.badge) : undefined;
      return other === undefined ? [] : [visit(other).shape];
    });
    const whole = { ...one, shape: shapeOf(one, asked) };
    shaped.set(one.badge.code, whole);
    return whole;
  };
  for (const one of compiled.values()) visit(one);
  const inOrder = [...shaped.values()];
  return {
    all: inOrder.toSorted(({ badge: a }, { badge: b }) => a.sortOrder - b.sortOrder || (a.code < b.code ? -1 : 1)),
    live: inOrder.filter(({ badge, criteria }) => !badge.paused && criteria.length > 0),
    byCode: shaped,
    byId: new Map(inOrder.map((one) => [one.badge.id, one])),
  };
}

function shapeOf({ badge, levels, criteria }: CompiledBadge, asked: readonly string[]): string {
  const { match, repeat, countsFrom, countsUntil, audience } = badge;
  // What a name stands for may change behind it: the points of a level, the tiers above a tier.
  const resolved = criteria.map((criterion) => {
    switch (criterion.kind) {
      case 'AMOUNT':
        return [criterion.counts, criterion.targets.map((target) => target.toFixed())];
      case 'TIER':
        return [...criterion.tiers];
      case 'STREAK':
      case 'BADGE':
        return null;
    }
  });
  return JSON.stringify([
    ...[match, repeat, countsFrom, countsUntil, audience],
    ...[levels.map(({ code }) => code), badge.criteria, resolved, asked],
  ]);
}
