import { dateOf } from '../form.ts';
import { findCurrency } from '../program/find-currency.ts';
import { isMoneyCurrency } from '../program/policies.ts';
import type { PointCurrency, PropertyDeclaration } from '../program/program.ts';
import type { RuleProblem } from '../rule-set/content.ts';
import { createAudienceCompiler, type Audience } from './audience.ts';
import type { Money, Reward } from './reward.ts';

/** A reward ready to decide by. */
export type CompiledReward = {
  reward: Reward;
  /** The point currency of its price. */
  currency: PointCurrency;
  /** Null lets everybody in. */
  audience: Audience | null;
  validFrom: Date | null;
  validUntil: Date | null;
};

/** The rewards of a rule set, in the order of the catalogue. */
export type CompiledRewards = {
  all: readonly CompiledReward[];
  byCode: ReadonlyMap<string, CompiledReward>;
  byId: ReadonlyMap<string, CompiledReward>;
};

/** What rewards are compiled against. */
export type RewardSurroundings = {
  currencies: readonly PointCurrency[];
  attributes: readonly PropertyDeclaration[];
  /** Codes of all tiers of the rule set. */
  tierCodes: ReadonlySet<string>;
};

export const NO_REWARDS: CompiledRewards = { all: [], byCode: new Map(), byId: new Map() };

/** Fewer possible codes than this can be guessed. */
const CODES_MIN = 1_000_000_000;

/** Checks and compiles rewards. Returns every problem found. */
export function compileRewards(
  rewards: readonly Reward[],
  surroundings: RewardSurroundings,
): { rewards: CompiledRewards } | { problems: RuleProblem[] } {
  const compileAudience = createAudienceCompiler(surroundings.attributes);
  const problems: RuleProblem[] = [];
  const compiled: CompiledReward[] = [];
  for (const reward of rewards) {
    const problem = (field: string, message: string): void =>
      void problems.push({ path: [reward.code, field], message });
    const currency = findPriceCurrency(reward, surroundings, problem);
    const audience = reward.audience.trim() === '' ? null : compileAudience(reward.audience);
    checkPrice(reward, problem);
    checkHandling(reward, problem);
    checkLimits(reward, problem);
    checkTiers(reward, surroundings, problem);
    const validFrom = dateOf(reward.validFrom);
    const validUntil = dateOf(reward.validUntil);
    if (validFrom !== null && validUntil !== null && validFrom >= validUntil)
      problem('validUntil', 'The end lies before the start.');
    if (audience !== null && 'problem' in audience) problem('audience', audience.problem);
    else if (currency !== null) compiled.push({ reward, currency, audience, validFrom, validUntil });
  }
  return problems.length > 0 ? { problems } : { rewards: arrange(compiled) };
}

type Problem = (field: string, message: string) => void;

function arrange(compiled: CompiledReward[]): CompiledRewards {
  const all = compiled.toSorted(
    ({ reward: a }, { reward: b }) => a.sortOrder - b.sortOrder || (a.code < b.code ? -1 : 1),
  );
  return {
    all,
    byCode: new Map(all.map((entry) => [entry.reward.code, entry])),
    byId: new Map(all.map((entry) => [entry.reward.id, entry])),
  };
}

function findPriceCurrency(
  { price }: Reward,
  { currencies }: RewardSurroundings,
  problem: Problem,
): PointCurrency | null {
  const currency = findCurrency(currencies, price.currency, (message) => problem('price', message));
  if (currency?.kind === 'STATUS')
    problem('price', `${currency.code} are status points, which cannot be spent: name a currency that can.`);
  return currency;
}

function checkPrice({ price, fulfilment }: Reward, problem: Problem): void {
  const seen = new Set<string>();
  for (const tier of price.byTier.flatMap(({ tiers }) => tiers)) {
    if (seen.has(tier)) problem('price', `Tier ${tier} has two prices: name it in one entry only.`);
    seen.add(tier);
  }
  const amounts: (Money | null)[] = ['amount' in fulfilment ? fulfilment.amount : null, price.money];
  for (const money of amounts) {
    if (money !== null && !isMoneyCurrency(money.currency))
      problem(money === price.money ? 'price' : 'fulfilment', `${money.currency} is no ISO 4217 currency.`);
  }
}

function checkHandling({ fulfilment, byHand, maxQuantity, validityDays }: Reward, problem: Problem): void {
  const handsOutCodes = fulfilment.kind === 'CODE_POOL' || fulfilment.kind === 'GENERATED_CODE';
  if (maxQuantity > 1 && (handsOutCodes || fulfilment.kind === 'FEATURE_UNLOCK'))
    problem('maxQuantity', `A redemption of the kind ${fulfilment.kind} is of one piece.`);
  if (maxQuantity > 1 && fulfilment.kind === 'DISCOUNT' && fulfilment.percent !== null)
    problem('maxQuantity', 'Percentages do not add up: a redemption of this discount is of one piece.');
  if (byHand && handsOutCodes) problem('byHand', 'Codes are handed out at once, not by hand.');
  if (byHand && validityDays !== null)
    problem('validityDays', 'What people deliver by hand must not expire before they do: leave the validity out.');
  if (fulfilment.kind !== 'GENERATED_CODE') return;
  const letters = new Set(fulfilment.alphabet);
  if (letters.size !== fulfilment.alphabet.length) problem('fulfilment', 'The alphabet names a letter twice.');
  if (letters.size ** fulfilment.length < CODES_MIN)
    problem('fulfilment', 'Codes could be guessed: take more letters, or make them longer.');
}

function checkLimits({ limits }: Reward, problem: Problem): void {
  const seen = new Set<string>();
  for (const { of, per } of limits) {
    const name = `${of} per ${per}`;
    if (seen.has(name)) problem('limits', `There are two limits of ${name}: keep the lower one.`);
    seen.add(name);
  }
}

function checkTiers({ tiers, price }: Reward, { tierCodes }: RewardSurroundings, problem: Problem): void {
  for (const tier of tiers) if (!tierCodes.has(tier)) problem('tiers', `There is no tier ${tier}.`);
  for (const tier of price.byTier.flatMap((entry) => entry.tiers))
    if (!tierCodes.has(tier)) problem('price', `There is no tier ${tier}.`);
}
