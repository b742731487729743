import type { Program } from '../program/program.ts';
import { localDay, periodDays, startOfDay } from '../time.ts';
import { whyNotAdmitted, type AdmissionFacts, type Offer } from './admission.ts';
import type { CompiledReward } from './compile.ts';
import type { LimitReached, RedemptionRefusal, StepUpLack } from './refusal.ts';
import type { Money, RewardLimit, RewardPrice } from './reward.ts';

/** All that the decision looks at, as it stands at one instant. */
export type RedemptionFacts = AdmissionFacts & {
  /** Points of the price's currency that the customer can spend; below zero is a debt. */
  available: number;
  stock: { reserved: number; issued: number };
  /** Only for code pools: whether a code is free. */
  hasFreeCode: boolean;
  /** What counts towards each of the reward's limits, in their order; 0 for those that the stock counts. */
  used: readonly number[];
};

export type RedemptionWish = {
  quantity: number;
  /** At once, or held for a while first. */
  mode: 'ISSUE' | 'RESERVE';
  /** Who asks: a customer's own token cannot vouch for a payment. */
  by: 'TEAM' | 'CUSTOMER';
  /** What is lacking of a step-up code; null when a right one was given. */
  stepUp: StepUpLack | null;
};

/** What a redemption costs in all. */
export type Cost = { points: number; money: Money | null };

export type Decision = { cost: Cost; refusals: readonly RedemptionRefusal[] };

type Surroundings = { program: Pick<Program, 'timeZone'>; now: Date };

/**
 * Decides whether a customer may redeem a reward: no refusals is a yes. The question (`canRedeem`) and the deed
 * (`rewardRedeem`) both come here, so that they never differ on the same facts. Every refusal is told, weightiest first.
 */
export function decideRedemption(
  compiled: CompiledReward,
  facts: RedemptionFacts,
  wish: RedemptionWish,
  surroundings: Surroundings,
): Decision {
  const cost = costOf(compiled.reward.price, facts.tiers, wish.quantity);
  const refusals = [
    ...whyNotAdmitted(offerOf(compiled), facts, surroundings.now),
    ...refusalsOfSupply(compiled, facts, wish.quantity),
    ...refusalsOfLimits(compiled, facts, wish.quantity, surroundings),
    ...refusalsOfPayment(compiled, facts, wish, cost),
  ];
  return { cost, refusals };
}

/** The price for a customer of these tiers. Who is in several tiers with a price of their own pays the lowest of them. */
export function pointsFor(price: RewardPrice, tiers: readonly string[]): number {
  const own = price.byTier.filter((entry) => entry.tiers.some((tier) => tiers.includes(tier)));
  return own.length === 0 ? price.points : Math.min(...own.map((entry) => entry.points));
}

/** When and to whom a reward is open. */
function offerOf({ reward: { paused, tiers }, audience, validFrom, validUntil }: CompiledReward): Offer {
  return { paused, tiers, audience, validFrom, validUntil };
}

function costOf(price: RewardPrice, tiers: readonly string[], quantity: number): Cost {
  const { money } = price;
  return {
    points: pointsFor(price, tiers) * quantity,
    money: money === null ? null : { ...money, amount: money.amount * quantity },
  };
}

function refusalsOfSupply({ reward }: CompiledReward, facts: RedemptionFacts, wanted: number): RedemptionRefusal[] {
  const refusals: RedemptionRefusal[] = [];
  const left = stockLeft(reward.stock, facts.stock);
  if (left !== null && left < wanted) refusals.push({ code: 'OUT_OF_STOCK', wanted, left });
  if (reward.fulfilment.kind === 'CODE_POOL' && !facts.hasFreeCode) refusals.push({ code: 'NO_CODES_LEFT' });
  return refusals;
}

/** Pieces that nobody has yet; null is without limit. */
export function stockLeft(stock: number | null, taken: RedemptionFacts['stock']): number | null {
  return stock === null ? null : Math.max(0, stock - taken.reserved - taken.issued);
}

const LIMIT_CODES = { CUSTOMER: 'CUSTOMER_LIMIT', ACCOUNT: 'ACCOUNT_LIMIT', EVERYBODY: 'TOTAL_LIMIT' } as const;

function refusalsOfLimits(
  { reward }: CompiledReward,
  facts: RedemptionFacts,
  wanted: number,
  surroundings: Surroundings,
): RedemptionRefusal[] {
  return reward.limits.flatMap((limit, place): RedemptionRefusal[] => {
    const used = isCountedByStock(limit) ? facts.stock.reserved + facts.stock.issued : (facts.used[place] ?? 0);
    if (used + wanted <= limit.quantity) return [];
    const until = limitPeriod(limit, surroundings)?.until.toISOString() ?? null;
    const reached: LimitReached = { per: limit.per, limit: limit.quantity, used, wanted, until };
    return [{ code: LIMIT_CODES[limit.of], ...reached }];
  });
}

/** Everybody's redemptions of all time are the pieces that the stock has counted: no need to add them up. */
export function isCountedByStock({ of, per }: RewardLimit): boolean {
  return of === 'EVERYBODY' && per === 'ALL_TIME';
}

/** The running period of a limit, [from, until) in the program's zone; null is all of time. */
export function limitPeriod(
  { per }: Pick<RewardLimit, 'per'>,
  { program, now }: Surroundings,
): { from: Date; until: Date } | null {
  if (per === 'ALL_TIME') return null;
  const { startsOn, endsOn } = periodDays(per, localDay(now, program.timeZone));
  return { from: startOfDay(startsOn, program.timeZone), until: startOfDay(endsOn, program.timeZone) };
}

function refusalsOfPayment(
  { reward, currency }: CompiledReward,
  { available }: RedemptionFacts,
  wish: RedemptionWish,
  cost: Cost,
): RedemptionRefusal[] {
  const refusals: RedemptionRefusal[] = [];
  if (cost.points > 0 && available < cost.points)
    refusals.push({ code: 'INSUFFICIENT_POINTS', currency: currency.code, needed: cost.points, available });
  if (cost.money !== null && wish.mode === 'ISSUE' && wish.by === 'CUSTOMER')
    refusals.push({ code: 'PAYMENT_REQUIRED', ...cost.money });
  if (asksStepUp(reward.stepUpAbove, cost.points) && wish.stepUp !== null)
    refusals.push({ code: 'STEP_UP_REQUIRED', why: wish.stepUp });
  return refusals;
}

/** Whether a redemption of that many points asks for a step-up code. */
export function asksStepUp(stepUpAbove: number | null, points: number): boolean {
  return stepUpAbove !== null && points >= stepUpAbove;
}
