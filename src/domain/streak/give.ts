import type { ActivityFacts, DecisionContext } from '../activity/decide.ts';
import type { StreakExtended, StreakPrizeEffect } from '../activity/effect.ts';
import { expiryOf } from '../earning/expiry.ts';
import type { EarningFacts } from '../earning/facts.ts';
import { credit } from '../ledger/credit.ts';
import { addPoints } from '../points.ts';
import type { MeasuredFact } from '../tier/measure.ts';
import type { CompiledStreak } from './compile.ts';

/** How long a customer's streak is, in periods of its cadence: now, 0 when it is broken or not begun, and at its longest. */
export type StreakLengths = { current: number; longest: number };

/** A period that an activity met, and what came of it. */
export type StreakStep = StreakLengths & {
  compiled: CompiledStreak;
  /** 2026-11-22, 2026-W47 or 2026-11, by the customer's own calendar. */
  period: string;
  /** Of the run that the period belongs to; it is the current one unless the activity came late. */
  length: number;
  freezes: number;
  /** Whether this made a period good that counted as missed. */
  healed: boolean;
  /** Lengths that the run reaches by this and that prizes are for, from the shortest, with their points. */
  prizes: readonly { length: number; points: number | null }[];
};

/** The streaks of the batch's customers; counting an activity moves them on. */
export type StreakLedger = {
  /** Lengths by the code of the streak, of all live streaks, after everything that was counted so far. */
  lengthsOf(customerId: string): Readonly<Record<string, StreakLengths>>;
  /** Counts an activity with the points that it earned, and gives the periods that this meets. */
  count(
    acting: { customerId: string; occurredAt: Date; activityId: string; mayCount: boolean },
    fact: MeasuredFact,
    seen: EarningFacts,
  ): readonly StreakStep[];
};

/**
 * Extends every streak that an activity meets a period of, with what its rules earned by currency, and gives the prizes that
 * this reaches. Adds what it gives to `earned`. Comes before everything that counts points, which counts prizes as well.
 */
export function giveStreaks(
  context: DecisionContext,
  facts: ActivityFacts,
  seen: EarningFacts,
  earned: Map<string, number>,
): StreakExtended[] {
  const { report, customer } = facts;
  const steps = context.streaks.count(
    {
      customerId: customer.id,
      occurredAt: report.occurredAt,
      activityId: facts.id,
      mayCount: customer.enrolmentState === 'ENROLLED',
    },
    { activityTypeId: report.type.id, properties: report.properties, points: new Map(earned) },
    seen,
  );
  return steps.map((step): StreakExtended => {
    const { compiled, period, length, current, longest, freezes, healed } = step;
    const { id, code, name } = compiled.streak;
    const prizes = step.prizes.map((prize) => givePrize(context, facts, compiled, prize));
    for (const { currencyId, points } of prizes)
      if (points > 0) earned.set(currencyId, addPoints(earned.get(currencyId) ?? 0, points));
    return {
      kind: 'STREAK_EXTENDED',
      ...{ streakId: id, streakCode: code, streakName: name, revision: context.catalogue.ruleSet.revision },
      ...{ period, length, current, longest, freezes, healed, prizes },
    };
  });
}

function givePrize(
  context: DecisionContext,
  facts: ActivityFacts,
  { streak, currency }: CompiledStreak,
  { length, points }: StreakStep['prizes'][number],
): StreakPrizeEffect {
  const nothing = { length, transactionId: null, currencyId: currency.id, points: 0, expiresAt: null };
  if (points === null) return nothing;
  const { ruleSet, program } = context.catalogue;
  const { occurredAt } = facts.report;
  const { granted, transactionId, expiresAt } = credit(
    context.posting,
    context.account(facts.customer.id, currency.id),
    {
      kind: 'EARN',
      currency,
      amount: points,
      effectiveAt: occurredAt,
      pending: null,
      expiresAt: expiryOf(null, currency, occurredAt, program.timeZone),
      beyondCap: 'TRUNCATE',
      cause: { activityId: facts.id, ruleId: streak.id, ruleRevision: ruleSet.revision, actor: facts.actor },
    },
  );
  if (transactionId === null) return nothing;
  return { ...nothing, transactionId, points: granted, expiresAt: expiresAt?.toISOString() ?? null };
}
