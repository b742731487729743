import { nameOf } from '#domain/badge/give.ts';
import type { BadgeProgress, CriterionProgress } from '#domain/badge/progress.ts';
import type { Candidate } from '#domain/next-step/next-step.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';

/**
 * What comes next of the badges that customers see, each by the criterion that keeps it from them: the farthest where all
 * must hold, the nearest where one is enough.
 */
export function badgeSteps(catalogue: Catalogue, progress: readonly BadgeProgress[]): Candidate[] {
  return progress.flatMap(({ compiled, held, next }): Candidate[] => {
    const { badge, levels } = compiled;
    if (next === null || badge.paused || (badge.hidden && held === null)) return [];
    const byShare = next.criteria.toSorted((a, b) => shareOf(a) - shareOf(b));
    const deciding = badge.match === 'ALL' ? byShare.at(-1) : byShare[0];
    if (deciding === undefined) return [];
    const name = nameOf(badge, levels[next.number - 1] ?? null, null);
    const { needed, has } = deciding;
    return [{ kind: 'BADGE', code: badge.code, within: null, name, needed, has, unit: unitOf(catalogue, deciding) }];
  });
}

function shareOf({ missing, needed }: CriterionProgress): number {
  return needed.lte(0) ? 0 : missing.div(needed).toNumber();
}

function unitOf(catalogue: Catalogue, { criterion }: CriterionProgress): string {
  if (criterion.kind === 'STREAK') return 'periods';
  if (criterion.kind === 'TIER') return 'tiers';
  if (criterion.kind === 'BADGE') return 'badges';
  const { measure, days } = criterion;
  if (measure.kind === 'POINTS') return catalogue.currencyById.get(measure.currencyId)?.code ?? '';
  if (measure.kind === 'SPEND') return measure.property;
  return days ? 'days' : 'activities';
}
