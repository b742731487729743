import type { Badge } from '#domain/badge/badge.ts';
import type { CompiledCriterion } from '#domain/badge/compile.ts';
import { nameOf } from '#domain/badge/give.ts';
import type { Asked } from '#domain/explanation/asked-words.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { Measure } from '#domain/tier/measure.ts';

/** What a measure counts, by the names that things have now. */
export function askedOfMeasure(catalogue: Catalogue, measure: Measure): Asked {
  switch (measure.kind) {
    case 'POINTS':
      return { kind: 'POINTS', currency: catalogue.currencyById.get(measure.currencyId)?.name ?? '' };
    case 'SPEND':
      return { kind: 'SUM', activity: activityIn(catalogue, measure.activityTypeId), property: measure.property };
    case 'COUNT':
      return { kind: 'COUNT', activity: activityIn(catalogue, measure.activityTypeId) };
  }
}

/** What a criterion of a badge asks for. */
export function askedOfCriterion(catalogue: Catalogue, criterion: CompiledCriterion, locale: string | null): Asked {
  const { ruleSet } = catalogue;
  switch (criterion.kind) {
    case 'AMOUNT': {
      const asked = askedOfMeasure(catalogue, criterion.measure);
      return asked.kind === 'COUNT' && criterion.days ? { ...asked, kind: 'DAYS' } : asked;
    }
    case 'STREAK': {
      const known = ruleSet.streaks.find(({ streak }) => streak.code === criterion.streak);
      return { kind: 'STREAK', streak: known?.streak.name ?? criterion.streak };
    }
    case 'TIER':
      return { kind: 'TIER', tier: criterion.tier };
    case 'BADGE': {
      const known: Badge | undefined = ruleSet.badges.byCode.get(criterion.badge)?.badge;
      return { kind: 'BADGE', badge: known === undefined ? criterion.badge : nameOf(known, null, locale) };
    }
  }
}

function activityIn(catalogue: Catalogue, id: string): string {
  return catalogue.activityTypeById.get(id)?.name ?? '';
}
