import { dateOf } from '../form.ts';
import { findCurrency } from '../program/find-currency.ts';
import type { PointCurrency, PropertyDeclaration } from '../program/program.ts';
import type { Offer } from '../reward/admission.ts';
import { createAudienceCompiler } from '../reward/audience.ts';
import type { Reward } from '../reward/reward.ts';
import type { RuleProblem } from '../rule-set/content.ts';
import type { Draw, DrawOutcome } from './draw.ts';

/** An outcome ready to be given. */
export type CompiledOutcome = {
  outcome: DrawOutcome;
  /** Of the points that it gives; null when it gives none. */
  currency: PointCurrency | null;
  /** The reward that it gives; null when it gives none. */
  rewardId: string | null;
};

/** A draw ready to decide by. */
export type CompiledDraw = {
  draw: Draw;
  offer: Offer;
  /** Of its price; null when nobody can pay for a play. */
  currency: PointCurrency | null;
  /** In the order in which weights are laid out. */
  outcomes: readonly CompiledOutcome[];
  fallback: number;
  /** The sum of all weights. */
  tickets: number;
};

/** What draws are compiled against. */
export type DrawSurroundings = {
  currencies: readonly PointCurrency[];
  attributes: readonly PropertyDeclaration[];
  /** Codes of all tiers of the rule set. */
  tierCodes: ReadonlySet<string>;
  rewards: readonly Reward[];
};

type Problem = (field: string, message: string) => void;

/** Checks and compiles draws, in the order in which they are shown. Returns every problem found. */
export function compileDraws(
  draws: readonly Draw[],
  surroundings: DrawSurroundings,
): { draws: readonly CompiledDraw[] } | { problems: RuleProblem[] } {
  const compileAudience = createAudienceCompiler(surroundings.attributes);
  const problems: RuleProblem[] = [];
  const compiled: CompiledDraw[] = [];
  for (const draw of draws) {
    const problem: Problem = (field, message) => void problems.push({ path: [draw.code, field], message });
    const audience = draw.audience.trim() === '' ? null : compileAudience(draw.audience);
    checkAccess(draw, surroundings, problem);
    checkOutcomes(draw, problem);
    const currency =
      draw.price === null
        ? null
        : findCurrency(surroundings.currencies, draw.price.currency, (message) => problem('price', message));
    if (currency?.kind === 'STATUS') problem('price', `${currency.code} are status points, which cannot be spent.`);
    const outcomes = draw.outcomes.map((outcome) => compileOutcome(outcome, surroundings, problem));
    if (audience !== null && 'problem' in audience) {
      problem('audience', audience.problem);
      continue;
    }
    const { paused, tiers } = draw;
    compiled.push({
      draw,
      offer: { paused, tiers, audience, validFrom: dateOf(draw.validFrom), validUntil: dateOf(draw.validUntil) },
      currency,
      outcomes,
      fallback: draw.outcomes.findIndex(({ code }) => code === draw.fallback),
      tickets: draw.outcomes.reduce((sum, { weight }) => sum + weight, 0),
    });
  }
  if (problems.length > 0) return { problems };
  return {
    draws: compiled.toSorted(({ draw: a }, { draw: b }) => a.sortOrder - b.sortOrder || (a.code < b.code ? -1 : 1)),
  };
}

function compileOutcome(outcome: DrawOutcome, surroundings: DrawSurroundings, problem: Problem): CompiledOutcome {
  const { prize } = outcome;
  const field = `outcomes.${outcome.code}`;
  const currency =
    prize.kind === 'POINTS'
      ? findCurrency(surroundings.currencies, prize.currency, (message) => problem(field, message))
      : null;
  const reward = prize.kind === 'REWARD' ? surroundings.rewards.find(({ code }) => code === prize.reward) : undefined;
  if (prize.kind === 'REWARD' && reward === undefined) problem(field, `There is no reward ${prize.reward}.`);
  return { outcome, currency, rewardId: reward?.id ?? null };
}

function checkAccess(draw: Draw, { tierCodes }: DrawSurroundings, problem: Problem): void {
  const { validFrom, validUntil, price, freePlays } = draw;
  if (validFrom !== null && validUntil !== null && new Date(validFrom) >= new Date(validUntil))
    problem('validUntil', 'The end lies before the start.');
  for (const tier of draw.tiers) if (!tierCodes.has(tier)) problem('tiers', `There is no tier ${tier}.`);
  if (price === null && freePlays === null)
    problem('price', 'Nobody could play: give it a price, which may be 0, or free plays.');
}

/** The fallback is what can always be given: neither a limit, a stock nor the budget may stand in its way. */
function checkOutcomes({ outcomes, fallback, budget }: Draw, problem: Problem): void {
  const codes = outcomes.map(({ code }) => code);
  if (new Set(codes).size < codes.length) problem('outcomes', 'Two outcomes have one code.');
  if (outcomes.every(({ prize, weight }) => prize.kind === 'NOTHING' || weight === 0))
    problem('outcomes', 'There is nothing to be won.');
  for (const { code, weight } of outcomes)
    if (weight === 0 && code !== fallback) problem(`outcomes.${code}`, 'Its weight is 0: it could never be given.');
  const last = outcomes.find(({ code }) => code === fallback);
  if (last === undefined) return problem('fallback', `There is no outcome ${fallback}.`);
  if (last.limits.length > 0 || last.prize.kind === 'REWARD')
    problem('fallback', 'What stands in for what is used up is nothing or points, and has no limits.');
  if (budget === null) return;
  if (last.cost > 0 || (last.prize.kind === 'POINTS' && budget.points !== null))
    problem('fallback', 'What stands in for what is used up cannot itself use up the budget.');
  if (budget.money !== null && outcomes.some(({ prize, cost }) => prize.kind === 'REWARD' && cost === 0))
    problem('budget', 'A budget in money needs the cost of each reward.');
  const currencies = new Set(outcomes.flatMap(({ prize }) => (prize.kind === 'POINTS' ? [prize.currency] : [])));
  if (budget.points !== null && currencies.size > 1)
    problem('budget', 'A budget in points counts points of one currency: all outcomes must give the same.');
}
