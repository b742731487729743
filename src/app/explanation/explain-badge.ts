import { nameOf } from '#domain/badge/give.ts';
import { targetOf } from '#domain/badge/law.ts';
import type { BadgeProgress } from '#domain/badge/progress.ts';
import { explainBadge, type ExplainedAward } from '#domain/explanation/badge.ts';
import type { Explanation } from '#domain/explanation/trace.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { findCustomerFacts } from '#storage/activity-store.ts';
import type { AwardRow } from '#storage/badge-award-store.ts';

import { readBadges } from '../badge/read.ts';
import { askedOfCriterion } from './asked.ts';
import { formatOf, ruleSetOf, type ExplanationReads } from './reads.ts';

/** Why a customer has or had a badge, by what was written down and by the revision that decided, and what comes next of it. */
export async function explainBadgeAward(
  deps: ExplanationReads,
  programId: string,
  award: AwardRow,
  locale: string | null,
): Promise<Explanation> {
  const [catalogue, [customer], badges] = await Promise.all([
    deps.catalogues.current(programId),
    findCustomerFacts(deps.reads, programId, [award.customerId], []),
    readBadges(deps, programId, [award.customerId]),
  ]);
  const reader = locale ?? customer?.locale ?? null;
  const ruleSet = await ruleSetOf(deps, catalogue, award.revision);
  const compiled = ruleSet?.badges.byId.get(award.badgeId) ?? null;
  const level = award.levelNumber - 1;
  const progress = badges.get(award.customerId)?.find((one) => one.compiled.badge.id === award.badgeId);
  return explainBadge(
    {
      ...award,
      name: compiled === null ? award.badgeCode : nameOf(compiled.badge, compiled.levels[level] ?? null, reader),
      how: award.byHand ? 'HAND' : award.silent ? 'PAST' : 'ACTIVITY',
      ended: endOf(award),
      asked: (compiled?.criteria ?? []).map((criterion) => {
        const target = 'targets' in criterion ? targetOf(criterion, level, award.occurrence) : null;
        return { asked: askedOfCriterion(catalogue, criterion, reader), amount: target?.toFixed() ?? '1' };
      }),
      match: compiled?.badge.match ?? 'ALL',
      next: progress === undefined ? null : nextOf(catalogue, progress, reader),
    },
    formatOf(catalogue, reader),
  );
}

function endOf({ revokedAt, revokedWhy, revokedReason, expiredAt }: AwardRow): ExplainedAward['ended'] {
  if (revokedAt !== null)
    return { at: revokedAt, why: `taken back: ${revokedWhy ?? ''} ${revokedReason ?? ''}`.trim() };
  return expiredAt === null ? null : { at: expiredAt, why: 'its time was over' };
}

function nextOf(
  catalogue: Catalogue,
  { compiled, next }: BadgeProgress,
  reader: string | null,
): ExplainedAward['next'] {
  if (next === null) return null;
  return {
    name: nameOf(compiled.badge, compiled.levels[next.number - 1] ?? null, reader),
    asked: next.criteria.map(({ criterion, needed, has, missing }) => ({
      asked: askedOfCriterion(catalogue, criterion, reader),
      ...{ needed: needed.toFixed(), has: has.toFixed(), missing: missing.toFixed() },
    })),
  };
}
