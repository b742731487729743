import type { CompiledLadder } from './compile.ts';
import type { Progress } from './progress.ts';
import { amountDeserving, type TierClock } from './review.ts';
import { codeAt, placeDeserved, placeOf, type Standing } from './standing.ts';

/** What a review found: the amount that decided, the tier that it deserves, and the tier before and after. */
export type ReviewExplained = {
  ladder: string;
  from: string | null;
  to: string | null;
  amount: string;
  deserved: string | null;
  /** The same in a sentence, for the team. */
  text: string;
};

/** Tells why a review leads from one standing to another. */
export function explainReview(
  compiled: CompiledLadder,
  before: Standing,
  after: Standing,
  progress: Progress,
  clock: TierClock,
): ReviewExplained {
  const amount = amountDeserving(compiled, progress, clock);
  const deserved = codeAt(compiled, placeDeserved(compiled, amount));
  const from = codeAt(compiled, placeOf(compiled, before, clock.now));
  const to = codeAt(compiled, placeOf(compiled, after, clock.now));
  return {
    ladder: compiled.ladder.code,
    from,
    to,
    amount: amount.toFixed(),
    deserved,
    text: `${amount.toFixed()} counted deserves ${deserved ?? 'no tier'}: ${whyOf(compiled, after, { from, to, deserved })}`,
  };
}

function whyOf(
  compiled: CompiledLadder,
  after: Standing,
  { from, to, deserved }: { from: string | null; to: string | null; deserved: string | null },
): string {
  const name = (code: string | null): string => code ?? 'no tier';
  if (from !== to) {
    const isStep = to !== deserved && compiled.ladder.downgrade === 'ONE_STEP';
    return `${name(from)} becomes ${name(to)}${isStep ? ', one step at a time' : ''}.`;
  }
  if (to === deserved) return `${name(to)} stays.`;
  if (after.assigned !== null && to === after.assigned.tier)
    return `${name(to)} stays, since it was given${after.assigned.until === null ? '' : ` until ${after.assigned.until.toISOString()}`}.`;
  if (compiled.ladder.downgrade === 'NEVER') return `${name(to)} stays, since this ladder takes nothing away.`;
  return `${name(to)} stays, since it is never taken away.`;
}
