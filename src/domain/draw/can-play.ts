import { whyNotAdmitted, type AdmissionFacts } from '../reward/admission.ts';
import { limitPeriod } from '../reward/can-redeem.ts';
import type { LimitReached } from '../reward/refusal.ts';
import type { Period } from '../time.ts';
import type { CompiledDraw } from './compile.ts';
import { isAnythingLeft, type UsedUp } from './play.ts';
import type { DrawRefusal } from './refusal.ts';

/** All that decides whether a customer may play, as it stands at one instant. */
export type PlayFacts = AdmissionFacts & {
  /** Points of the price's currency that the customer can spend; below zero is a debt. */
  available: number;
  /** By the draw's limits, in their order: plays that count already. */
  plays: readonly number[];
  /** Free plays that the customer has had in the running period. */
  freePlays: number;
};

type Surroundings = { program: { timeZone: string }; now: Date };

export type PlayDecision = {
  /** What a play costs now: 0 while there is a free one. */
  points: number;
  isFree: boolean;
  /** Free plays that the customer has left in the running period. */
  freeLeft: number;
  /** None is a yes. Every refusal is told, the weightiest first. */
  refusals: readonly DrawRefusal[];
};

/** Decides whether a customer may play now, and at what price. The question and the deed both come here. */
export function decidePlay(
  compiled: CompiledDraw,
  facts: PlayFacts,
  usedUp: readonly (UsedUp | null)[],
  surroundings: Surroundings,
): PlayDecision {
  const { draw, offer } = compiled;
  const freeLeft = Math.max(0, (draw.freePlays?.times ?? 0) - facts.freePlays);
  const isFree = freeLeft > 0;
  const points = isFree ? 0 : (draw.price?.points ?? 0);
  const refusals: DrawRefusal[] = whyNotAdmitted(offer, facts, surroundings.now);
  if (!isAnythingLeft(compiled, usedUp)) refusals.push({ code: 'NOTHING_LEFT' });
  refusals.push(...limitsReached(compiled, facts, surroundings));
  if (!isFree) refusals.push(...whyNotPaid(compiled, facts, points, surroundings));
  return { points, isFree, freeLeft, refusals };
}

function limitsReached(
  { draw }: CompiledDraw,
  { plays }: PlayFacts,
  surroundings: Surroundings,
): Extract<DrawRefusal, LimitReached>[] {
  const reached = draw.limits.flatMap((limit, place) => {
    const used = plays[place] ?? 0;
    if (used < limit.times) return [];
    const { per, times, of } = limit;
    const until = endOf(per, surroundings);
    const code = of === 'CUSTOMER' ? ('CUSTOMER_LIMIT' as const) : ('TOTAL_LIMIT' as const);
    return [{ code, per, limit: times, used, wanted: 1, until }];
  });
  return reached.toSorted((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
}

function whyNotPaid(
  { draw, currency }: CompiledDraw,
  { available }: PlayFacts,
  points: number,
  surroundings: Surroundings,
): DrawRefusal[] {
  if (draw.price === null || currency === null) {
    const until = draw.freePlays === null ? null : endOf(draw.freePlays.per, surroundings);
    return [{ code: 'NO_FREE_PLAY', until }];
  }
  if (points === 0 || available >= points) return [];
  return [{ code: 'INSUFFICIENT_POINTS', currency: currency.code, needed: points, available }];
}

/** When the running period ends, as RFC 3339 text; null for all of time. */
function endOf(per: Period, surroundings: Surroundings): string | null {
  return limitPeriod({ per }, surroundings)?.until.toISOString() ?? null;
}
