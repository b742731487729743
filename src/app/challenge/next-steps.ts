import { Big } from 'big.js';

import { mayBegin, stepsNow, type StepNow } from '#domain/challenge/run.ts';
import { textFor } from '#domain/local-text.ts';
import type { Candidate, CandidatePart } from '#domain/next-step/next-step.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';

import type { ChallengeProgress } from './read.ts';

/**
 * Challenges that a customer may complete next: those that count now, or would once joined. One of several steps is measured
 * in steps, of which one that is half done counts half, since amounts of different things do not add up.
 */
export function challengeSteps(catalogue: Catalogue, progress: readonly ChallengeProgress[]): Candidate[] {
  return progress.flatMap((one): Candidate[] => {
    const { compiled, run, completions, closed, canJoin } = one;
    const { challenge } = compiled;
    const isRunning = run?.state === 'RUNNING';
    if (closed !== null || !(isRunning || canJoin || (!challenge.mustJoin && mayBegin(challenge, run, completions))))
      return [];
    const parts = stepsNow(compiled, isRunning ? run : null).map((step) => partOf(catalogue, step));
    const [first, ...others] = parts;
    if (first === undefined) return [];
    const common = {
      kind: 'CHALLENGE' as const,
      code: challenge.code,
      within: null,
      name: textFor(challenge.texts, null).name,
    };
    if (others.length === 0) return [{ ...common, needed: first.needed, has: first.has, unit: first.unit, parts }];
    const has = parts.reduce((sum, part) => sum.plus(doneOf(part)), new Big(0));
    return [{ ...common, needed: new Big(parts.length), has: has.round(4, Big.roundDown), unit: 'steps', parts }];
  });
}

function partOf(catalogue: Catalogue, { step, amount }: StepNow): CandidatePart {
  const { code, texts } = step.step;
  return { code, name: textFor(texts, null).name, needed: step.target, has: amount, unit: unitOf(catalogue, step) };
}

function unitOf(catalogue: Catalogue, { counter: { measure } }: StepNow['step']): string {
  if (measure.kind === 'POINTS') return catalogue.currencyById.get(measure.currencyId)?.code ?? '';
  return measure.kind === 'SPEND' ? measure.property : 'activities';
}

/** From 0 to 1. */
function doneOf({ needed, has }: CandidatePart): Big {
  return has.gte(needed) ? new Big(1) : has.div(needed);
}
