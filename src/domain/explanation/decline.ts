import type { RuleDeclined } from '../activity/effect.ts';
import type { DeclineReason } from '../earning/evaluate.ts';
import type { EarningFacts } from '../earning/facts.ts';
import { factAt, neededBy, partsOf } from './condition.ts';
import type { Format } from './locale.ts';
import { declineText } from './refusal-texts.ts';
import { shown } from './trace.ts';

/** A rule that gave nothing, with what its condition saw and needed. */
export type ExplainedDecline = Omit<RuleDeclined, 'reason'> & {
  reason: DeclineReason;
  /** One sentence for the customer. */
  text: string;
  /** The part of the condition that did not hold; null when something else decided. */
  part: string | null;
  seen: { fact: string; value: string | null }[];
  needed: string | null;
};

/** Explains why a rule gave nothing. `condition` is the rule's own, `facts` are what it saw. */
export function explainDecline(
  declined: RuleDeclined,
  condition: string,
  facts: EarningFacts,
  format: Format,
): ExplainedDecline {
  const reason = declined.reason as DeclineReason;
  const failed = reason === 'CONDITION_FALSE' || reason === 'CONDITION_FAILED';
  const part = failed
    ? partsOf(condition).find(({ text }) => declined.detail === text || declined.detail.startsWith(`${text}: `))
    : undefined;
  return {
    ...declined,
    reason,
    text: declineText(reason, declined.detail, format),
    part: part?.text ?? null,
    seen: (part?.reads ?? []).map((path) => ({ fact: path, value: shown(factAt(facts, path)) })),
    needed: part === undefined ? null : neededBy(part),
  };
}
