import { compileCounter, type Counter, type CounterSurroundings } from '../challenge/counter.ts';
import { findCurrency } from '../program/find-currency.ts';
import type { PointCurrency } from '../program/program.ts';
import { createAudienceCompiler, type Audience, type AudienceFacts } from '../reward/audience.ts';
import type { RuleProblem } from '../rule-set/content.ts';
import type { DuelKind } from './duel-kind.ts';

/** A kind of duel ready to decide by. */
export type CompiledDuelKind = {
  kind: DuelKind;
  counter: Counter;
  /** The currency of its prize; null without one. */
  currency: PointCurrency | null;
  /** Null lets everybody in. */
  audience: Audience | null;
};

/** Checks and compiles kinds of duels. Returns every problem found. */
export function compileDuelKinds(
  kinds: readonly DuelKind[],
  surroundings: CounterSurroundings & { tierCodes: ReadonlySet<string> },
): { duelKinds: readonly CompiledDuelKind[] } | { problems: RuleProblem[] } {
  const compileAudience = createAudienceCompiler(surroundings.attributes);
  const problems: RuleProblem[] = [];
  const compiled = kinds.flatMap((kind): CompiledDuelKind[] => {
    const tell = (field: string) => (message: string) => void problems.push({ path: [kind.code, field], message });
    for (const tier of kind.tiers) if (!surroundings.tierCodes.has(tier)) tell('tiers')(`There is no tier ${tier}.`);
    const counter = compileCounter(kind, surroundings, tell('measure'));
    const audience = kind.audience.trim() === '' ? null : compileAudience(kind.audience);
    if (audience !== null && 'problem' in audience) tell('audience')(audience.problem);
    const currency =
      kind.prize === null ? null : findCurrency(surroundings.currencies, kind.prize.currency, tell('prize'));
    if (counter === null || (audience !== null && 'problem' in audience)) return [];
    return [{ kind, counter, currency, audience }];
  });
  return problems.length > 0
    ? { problems }
    : {
        duelKinds: compiled.toSorted(
          ({ kind: a }, { kind: b }) => a.sortOrder - b.sortOrder || (a.code < b.code ? -1 : 1),
        ),
      };
}

/** Why a customer cannot enter a duel of a kind. */
export const DUEL_BARS = ['PAUSED', 'NOT_ENROLLED', 'TIER_NEEDED', 'NOT_ELIGIBLE'] as const;
export type DuelBar = (typeof DUEL_BARS)[number];

/** The first reason that keeps a customer out of a new duel of a kind; null when there is none. */
export function barOf({ kind, audience }: CompiledDuelKind, who: AudienceFacts): DuelBar | null {
  if (kind.paused) return 'PAUSED';
  if (who.customer.enrolmentState !== 'ENROLLED') return 'NOT_ENROLLED';
  if (kind.tiers.length > 0 && !kind.tiers.some((tier) => who.tiers.includes(tier))) return 'TIER_NEEDED';
  return audience === null || audience.failingPart(who) === null ? null : 'NOT_ELIGIBLE';
}
