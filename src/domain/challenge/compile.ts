import { Big } from 'big.js';

import { dateOf } from '../form.ts';
import { basisOf } from '../milestone/compile.ts';
import { findCurrency } from '../program/find-currency.ts';
import type { PointCurrency } from '../program/program.ts';
import { createAudienceCompiler, type Audience } from '../reward/audience.ts';
import type { RuleProblem } from '../rule-set/content.ts';
import { isWhole } from '../tier/measure.ts';
import type { Challenge, ChallengeStep } from './challenge.ts';
import { compileCounter, type Counter, type CounterSurroundings } from './counter.ts';

/** A step ready to count. */
export type CompiledStep = { step: ChallengeStep; counter: Counter; target: Big };

/** A challenge ready to decide by. */
export type CompiledChallenge = {
  challenge: Challenge;
  steps: readonly CompiledStep[];
  /** Ids of the challenges that have to be completed before. */
  requires: readonly string[];
  /** The currency of its prize; null without one. */
  currency: PointCurrency | null;
  /** Null lets everybody in. */
  audience: Audience | null;
  validFrom: Date | null;
  validUntil: Date | null;
};

/** What challenges are compiled against. */
export type ChallengeSurroundings = CounterSurroundings & {
  /** Codes of all tiers of the rule set. */
  tierCodes: ReadonlySet<string>;
};

type Problem = (field: string, message: string) => void;

/** Whether the progress of several customers counts together. */
export function isShared({ goal }: Pick<Challenge, 'goal'>): boolean {
  return goal !== 'PERSONAL';
}

/** Checks and compiles challenges. Returns every problem found. */
export function compileChallenges(
  challenges: readonly Challenge[],
  surroundings: ChallengeSurroundings,
): { challenges: readonly CompiledChallenge[] } | { problems: RuleProblem[] } {
  const compileAudience = createAudienceCompiler(surroundings.attributes);
  const problems: RuleProblem[] = [];
  const compiled: CompiledChallenge[] = [];
  for (const challenge of challenges) {
    const problem: Problem = (field, message) => void problems.push({ path: [challenge.code, field], message });
    checkForm(challenge, surroundings, problem);
    const currency =
      challenge.prize === null
        ? null
        : findCurrency(surroundings.currencies, challenge.prize.currency, (message) => problem('prize', message));
    const audience = challenge.audience.trim() === '' ? null : compileAudience(challenge.audience);
    if (audience !== null && 'problem' in audience) {
      problem('audience', audience.problem);
      continue;
    }
    compiled.push({
      challenge,
      steps: challenge.steps.flatMap((step) => compileStep(step, surroundings, problem) ?? []),
      requires: findRequired(challenge, challenges, problem),
      currency,
      audience,
      validFrom: dateOf(challenge.validFrom),
      validUntil: dateOf(challenge.validUntil),
    });
  }
  problems.push(...findCircles(compiled));
  return problems.length > 0
    ? { problems }
    : {
        challenges: compiled.toSorted(
          ({ challenge: a }, { challenge: b }) => a.sortOrder - b.sortOrder || (a.code < b.code ? -1 : 1),
        ),
      };
}

function compileStep(step: ChallengeStep, surroundings: ChallengeSurroundings, problem: Problem): CompiledStep | null {
  const tell = (message: string): void => problem(`steps.${step.code}`, message);
  const target = new Big(step.target);
  if (target.lte(0)) tell(`A target is above 0, not ${step.target}.`);
  if (isWhole(basisOf(step)) && !target.round(0, Big.roundDown).eq(target))
    tell(`Points and activities come in whole numbers, ${step.target} is none.`);
  const counter = compileCounter(step, surroundings, tell);
  return counter === null ? null : { step, counter, target };
}

function checkForm(challenge: Challenge, { tierCodes }: ChallengeSurroundings, problem: Problem): void {
  const { steps, repeat, validFrom, validUntil, prize } = challenge;
  if (new Set(steps.map(({ code }) => code)).size < steps.length) problem('steps', 'Two steps have one code.');
  if (validFrom !== null && validUntil !== null && new Date(validFrom) >= new Date(validUntil))
    problem('validUntil', 'The end lies before the start.');
  if (challenge.completionsMax !== null && repeat !== 'ON_COMPLETION')
    problem('completionsMax', 'Only what is repeated on completion has a number of completions.');
  if (challenge.withinDays !== null && repeat !== 'NEVER' && repeat !== 'ON_COMPLETION')
    problem('withinDays', 'A run of a calendar period ends with the period.');
  for (const code of challenge.tiers) if (!tierCodes.has(code)) problem('tiers', `There is no tier ${code}.`);
  if (isShared(challenge)) {
    if (challenge.mustJoin) problem('mustJoin', 'Nobody joins a shared goal: who contributes takes part.');
    return;
  }
  if (prize !== null && prize.bystanderPoints > 0) problem('prize', 'Only a shared goal has bystanders.');
  if (challenge.contributorMinimum > 1) problem('contributorMinimum', 'Only a shared goal has contributors.');
}

function findRequired({ requires, code }: Challenge, all: readonly Challenge[], problem: Problem): string[] {
  return requires.flatMap((wanted) => {
    const found = all.find((known) => known.code === wanted);
    if (found === undefined || wanted === code) problem('requires', `There is no other challenge ${wanted}.`);
    else if (isShared(found)) problem('requires', `${wanted} is not completed by one customer alone.`);
    return found === undefined ? [] : [found.id];
  });
}

/** Challenges that wait for each other can never be completed. */
function findCircles(compiled: readonly CompiledChallenge[]): RuleProblem[] {
  const byId = new Map(compiled.map((one) => [one.challenge.id, one]));
  const leadsTo = (from: CompiledChallenge, wanted: string, seen: Set<string>): boolean =>
    from.requires.some((id) => {
      if (id === wanted) return true;
      const next = byId.get(id);
      if (next === undefined || seen.has(id)) return false;
      seen.add(id);
      return leadsTo(next, wanted, seen);
    });
  return compiled
    .filter((one) => leadsTo(one, one.challenge.id, new Set()))
    .map(({ challenge }) => ({
      path: [challenge.code, 'requires'],
      message: 'It waits for a challenge that waits for it.',
    }));
}
