import { Big } from 'big.js';

import { basisOf } from '#domain/milestone/compile.ts';
import type { MilestoneProgress } from '#domain/milestone/progress.ts';
import { rankNextSteps, type Candidate, type NextStep } from '#domain/next-step/next-step.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { CompiledReward } from '#domain/reward/compile.ts';
import type { RefusalCode } from '#domain/reward/refusal.ts';
import type { LadderBasis } from '#domain/tier/ladder.ts';
import type { Statements } from '#storage/postgres.ts';

import { badgeSteps } from '../badge/next-steps.ts';
import { readBadges } from '../badge/read.ts';
import { challengeSteps } from '../challenge/next-steps.ts';
import { readChallenges } from '../challenge/read.ts';
import { readMilestones } from '../milestone/read.ts';
import type { Catalogues } from '../program/catalogues.ts';
import { answerRedemptions } from '../redemption/can-redeem.ts';
import { streakSteps } from '../streak/next-steps.ts';
import { readCustomerStreaks } from '../streak/read.ts';
import { readLevels, readTiers, type TierNow } from './read.ts';

type Reading = { reads: Statements; clock: () => Date; catalogues: Catalogues };

/** Rewards that are looked at, from the cheapest: each costs a look at stock and limits. */
const REWARDS_MAX = 50;

/**
 * What a customer may reach next, nearest first: the next tier of each ladder, the next level, the next threshold of each
 * milestone in its running period, challenges that count for them or that they may join, the next level of each badge, the next
 * prize of each streak, rewards that points alone keep from them or that they could have now. Rewards and challenges that are
 * closed to them for any other reason are left out.
 */
export async function findNextSteps(
  deps: Reading,
  programId: string,
  customerId: string,
  limit: number,
): Promise<NextStep[]> {
  const catalogue = await deps.catalogues.at(deps.reads, programId);
  const tiers = (await readTiers(deps, programId, [customerId])).get(customerId) ?? [];
  const [level = null] = await readLevels(deps, programId, [customerId]);
  const candidates: Candidate[] = tiers.flatMap((tier) => tierStep(catalogue, tier));
  if (level !== null && level.next !== null)
    candidates.push({
      kind: 'LEVEL',
      code: level.next.code,
      within: null,
      name: level.next.name,
      needed: new Big(level.next.points),
      has: new Big(level.points),
      unit: catalogue.defaultCurrency.code,
    });
  const milestones = (await readMilestones(deps, programId, [customerId])).get(customerId) ?? [];
  candidates.push(...milestones.flatMap((milestone) => milestoneStep(catalogue, milestone)));
  const badges = (await readBadges(deps, programId, [customerId])).get(customerId) ?? [];
  candidates.push(...badgeSteps(catalogue, badges));
  const challenges = (await readChallenges(deps, programId, [customerId])).get(customerId) ?? [];
  candidates.push(...challengeSteps(catalogue, challenges));
  candidates.push(...streakSteps((await readCustomerStreaks(deps, programId, [customerId])).get(customerId) ?? []));
  candidates.push(...(await rewardSteps(deps, catalogue, customerId)));
  return rankNextSteps(candidates, limit);
}

function tierStep(catalogue: Catalogue, { view, outlook }: TierNow): Candidate[] {
  if (outlook.toNext === null) return [];
  const { ladder } = view.compiled;
  const { tier, missing } = outlook.toNext;
  return [
    {
      kind: 'TIER',
      code: tier.tier.code,
      within: ladder.code,
      name: tier.tier.name,
      needed: outlook.progress.plus(missing),
      has: outlook.progress,
      unit: unitOf(catalogue, ladder.basis),
    },
  ];
}

function milestoneStep(catalogue: Catalogue, { compiled, value, next }: MilestoneProgress): Candidate[] {
  if (next === null) return [];
  const { milestone } = compiled;
  const { code, name } = milestone;
  const unit = unitOf(catalogue, basisOf(milestone));
  return [{ kind: 'MILESTONE', code, within: null, name, needed: next, has: value, unit }];
}

/** What amounts of a ladder are in: a point currency's code, a property's name, or activities. */
export function unitOf(catalogue: Catalogue, basis: LadderBasis): string {
  switch (basis.kind) {
    case 'POINTS_EARNED':
    case 'LIFETIME_POINTS':
      return basis.currency ?? catalogue.defaultCurrency.code;
    case 'SPEND':
      return basis.property;
    case 'ACTIVITY_COUNT':
      return 'activities';
  }
}

/** What a customer can do something about when the time comes. */
const OPEN_TO = new Set<RefusalCode>(['INSUFFICIENT_POINTS', 'PAYMENT_REQUIRED', 'STEP_UP_REQUIRED']);

async function rewardSteps(deps: Reading, catalogue: Catalogue, customerId: string): Promise<Candidate[]> {
  const rewards = catalogue.ruleSet.rewards.all
    .toSorted((a, b) => a.reward.price.points - b.reward.price.points)
    .slice(0, REWARDS_MAX);
  if (rewards.length === 0) return [];
  const wish = { quantity: 1, mode: 'ISSUE' as const, by: 'CUSTOMER' as const, stepUp: null };
  const answers = await answerRedemptions(
    deps,
    catalogue.program.id,
    rewards.map((compiled) => ({ customerId, compiled, wish })),
  );
  return rewards.flatMap((compiled, place) => {
    const answer = answers[place];
    if (answer === null || answer === undefined) return [];
    const { cost, refusals } = answer;
    const short = refusals.find((refusal) => refusal.code === 'INSUFFICIENT_POINTS');
    if (refusals.some(({ code }) => !OPEN_TO.has(code))) return [];
    const has = short === undefined ? cost.points : Math.max(0, short.available);
    return [
      {
        kind: 'REWARD' as const,
        code: compiled.reward.code,
        within: null,
        name: nameOf(compiled),
        needed: new Big(cost.points),
        has: new Big(has),
        unit: compiled.currency.code,
      },
    ];
  });
}

function nameOf({ reward }: CompiledReward): string {
  const { en, ...others } = reward.texts;
  return (en ?? Object.values(others)[0])?.name ?? reward.code;
}
