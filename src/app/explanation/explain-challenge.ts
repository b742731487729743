import type { ChallengeProgressed } from '#domain/activity/effect.ts';
import type { CompiledChallenge } from '#domain/challenge/compile.ts';
import { stateAt, stepsNow } from '#domain/challenge/run.ts';
import { explainRun, type ExplainedPrize, type ExplainedRun } from '#domain/explanation/challenge.ts';
import type { Explanation } from '#domain/explanation/trace.ts';
import { publicId } from '#domain/ids.ts';
import { textFor } from '#domain/local-text.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { findActivities, findCustomerFacts } from '#storage/activity-store.ts';
import type { ChallengePrizeRow } from '#storage/challenge-prize-store.ts';
import type { RunWrite } from '#storage/challenge-store.ts';

import { askedOfMeasure } from './asked.ts';
import { currencyIn, formatOf, ruleSetOf, type ExplanationReads } from './reads.ts';

/**
 * How far a try at a challenge is and what is missing; of one that was completed, what it took by the revision that decided,
 * and what the customer got for it. Without `customerId` the text is in English unless a locale is asked for.
 */
export async function explainChallengeRun(
  deps: ExplanationReads,
  programId: string,
  run: RunWrite,
  { prize, customerId, locale }: { prize: ChallengePrizeRow | null; customerId: string | null; locale: string | null },
): Promise<Explanation | null> {
  const [catalogue, [customer], [activity]] = await Promise.all([
    deps.catalogues.current(programId),
    customerId === null ? [] : findCustomerFacts(deps.reads, programId, [customerId], []),
    run.completedBy === null ? [] : findActivities(deps.reads, programId, [run.completedBy]),
  ]);
  const reader = locale ?? customer?.locale ?? null;
  const now = catalogue.program.testClock ?? deps.clock();
  const effect = activity?.effects.find(
    (one): one is ChallengeProgressed => one.kind === 'CHALLENGE_PROGRESSED' && one.runId === run.id,
  );
  const revision = effect?.revision ?? catalogue.ruleSet.revision;
  const ruleSet = await ruleSetOf(deps, catalogue, revision);
  const compiled = ruleSet?.challenges.find(({ challenge }) => challenge.id === run.challengeId);
  if (compiled === undefined) return null;
  return explainRun(
    {
      challengeCode: compiled.challenge.code,
      name: textFor(compiled.challenge.texts, reader).name,
      revision,
      ...{ state: stateAt(run, now), period: run.period, number: run.number },
      ...{ completedAt: run.completedAt, completedBy: run.completedBy, endsAt: run.endsAt },
      steps: stepsOf(catalogue, compiled, run),
      prize: prize === null ? null : prizeOf(catalogue, prize, now),
    },
    formatOf(catalogue, reader),
  );
}

function stepsOf(catalogue: Catalogue, compiled: CompiledChallenge, run: RunWrite): ExplainedRun['steps'] {
  return stepsNow(compiled, run).map(({ step, amount, isCompleted }) => ({
    code: step.step.code,
    asked: askedOfMeasure(catalogue, step.counter.measure),
    needed: step.target.toFixed(),
    has: amount.toFixed(),
    missing: isCompleted ? '0' : step.target.minus(amount).toFixed(),
  }));
}

function prizeOf(catalogue: Catalogue, prize: ChallengePrizeRow, now: Date): ExplainedPrize {
  const isOver = prize.state === 'CLAIMABLE' && prize.claimUntil !== null && prize.claimUntil <= now;
  return {
    ...prize,
    state: isOver ? 'EXPIRED' : prize.state,
    currency: currencyIn(catalogue, prize.currencyId).name,
    transaction: prize.transactionId === null ? null : publicId('LedgerTransaction', prize.transactionId),
  };
}
