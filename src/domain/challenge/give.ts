import type { ActivityFacts, DecisionContext } from '../activity/decide.ts';
import type { ChallengePrizeEffect, ChallengeProgressed } from '../activity/effect.ts';
import { expiryOf } from '../earning/expiry.ts';
import type { EarningFacts } from '../earning/facts.ts';
import { credit } from '../ledger/credit.ts';
import { textFor } from '../local-text.ts';
import { addPoints } from '../points.ts';
import type { MeasuredFact } from '../tier/measure.ts';
import { endOfDayAfter } from '../time.ts';
import { isShared, type CompiledChallenge } from './compile.ts';
import type { Run, StepProgress } from './run.ts';

/** A run that an activity moved, as it is then. */
export type RunMoved = { compiled: CompiledChallenge; run: Run; progress: readonly StepProgress[] };

/** The runs of the batch's customers; counting an activity moves them on. */
export type ChallengeLedger = {
  /** Adds what an activity comes to, and gives the runs that this moved. A run is completed once. */
  count(
    acting: { customerId: string; activityId: string },
    seen: EarningFacts,
    fact: MeasuredFact,
  ): readonly RunMoved[];
  /** Keeps what a customer gets for a run: given already, or to be claimed. */
  keepPrize(moved: RunMoved, customerId: string, prize: ChallengePrizeEffect): void;
};

/**
 * Counts an activity for all challenges, with what its rules earned by currency, and gives the prize of a personal one that
 * it completes. Adds what it gives to `earned`. Prizes of shared goals are given afterwards, to everybody they concern.
 */
export function giveChallenges(
  context: DecisionContext,
  facts: ActivityFacts,
  seen: EarningFacts,
  earned: Map<string, number>,
): ChallengeProgressed[] {
  const { report, customer } = facts;
  if (customer.enrolmentState !== 'ENROLLED') return [];
  const fact = { activityTypeId: report.type.id, properties: report.properties, points: new Map(earned) };
  const acting = { customerId: customer.id, activityId: facts.id };
  return context.challenges.count(acting, seen, fact).map((moved): ChallengeProgressed => {
    const { challenge } = moved.compiled;
    const isCompleted = moved.run.state === 'COMPLETED';
    const prize = isCompleted && !isShared(challenge) ? givePrize(context, facts, moved.compiled) : null;
    if (prize !== null) context.challenges.keepPrize(moved, customer.id, prize);
    if (prize !== null && prize.transactionId !== null)
      earned.set(prize.currencyId, addPoints(earned.get(prize.currencyId) ?? 0, prize.points));
    return {
      kind: 'CHALLENGE_PROGRESSED',
      challengeId: challenge.id,
      challengeCode: challenge.code,
      challengeName: textFor(challenge.texts, customer.locale).name,
      goal: challenge.goal,
      runId: moved.run.id,
      period: moved.run.period,
      number: moved.run.number,
      revision: context.catalogue.ruleSet.revision,
      steps: moved.progress.map(({ step, amount, total, target, isCompleted: done }) => ({
        step,
        amount: amount.toFixed(),
        total: total.toFixed(),
        target: target.toFixed(),
        isCompleted: done,
      })),
      isCompleted,
      prize,
    };
  });
}

function givePrize(
  context: DecisionContext,
  facts: ActivityFacts,
  { challenge: { id, prize }, currency }: CompiledChallenge,
): ChallengePrizeEffect | null {
  if (prize === null || currency === null) return null;
  const { program, ruleSet } = context.catalogue;
  const { occurredAt } = facts.report;
  const common = { currencyId: currency.id, uncapped: prize.points };
  if (prize.claimDays !== null) {
    const claimUntil = endOfDayAfter(context.posting.context.now, program.timeZone, { days: prize.claimDays });
    return {
      ...common,
      points: prize.points,
      transactionId: null,
      expiresAt: null,
      claimUntil: claimUntil.toISOString(),
    };
  }
  const { granted, transactionId, expiresAt } = credit(
    context.posting,
    context.account(facts.customer.id, currency.id),
    {
      kind: 'EARN',
      currency,
      amount: prize.points,
      effectiveAt: occurredAt,
      pending: null,
      expiresAt: expiryOf(prize.expiry, currency, occurredAt, program.timeZone),
      beyondCap: 'TRUNCATE',
      cause: { activityId: facts.id, ruleId: id, ruleRevision: ruleSet.revision, actor: facts.actor },
    },
  );
  return { ...common, points: granted, transactionId, expiresAt: expiresAt?.toISOString() ?? null, claimUntil: null };
}
