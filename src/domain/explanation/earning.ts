import type { PointsEarned } from '../activity/effect.ts';
import type { AwardExpiry } from '../earning/expiry-style.ts';
import type { EarningRule } from '../earning/rule.ts';
import { dateOf } from '../form.ts';
import { causeOf, type TransactionFacts } from './cause.ts';
import { factAt, neededBy, partsOf } from './condition.ts';
import { expiryText, lastsWithActivity } from './expiry.ts';
import type { Format } from './locale.ts';
import { milestoneSteps, milestoneText } from './milestone.ts';
import { shown, traceStep, type FactBasis, type TraceStep } from './trace.ts';
import { pointsText, TRANSACTION_WORDS } from './transaction-words.ts';

/** Why an activity earned just so many points: the rule as it was, what its condition saw, and how the award came about. */
export function explainEarning(facts: TransactionFacts, format: Format): { text: string; trace: TraceStep[] } {
  const { transaction, rule, effect, milestone = null } = facts;
  const trace: TraceStep[] = [causeOf(facts)];
  if (rule !== null) {
    trace.push(
      traceStep(
        'RULE',
        `rule ${rule.code} “${rule.name}” of revision ${transaction.ruleRevision}, priority ${rule.priority}`,
        {
          item: rule.code,
          revision: transaction.ruleRevision,
          condition: rule.condition === '' ? null : rule.condition,
          basis: 'RECORDED',
        },
      ),
      ...conditionSteps(rule, facts),
      awardStep(rule, facts),
    );
  }
  if (milestone !== null) trace.push(...milestoneSteps(milestone, facts));
  if (effect !== null) trace.push(...effectSteps(effect, facts));
  return { text: textOf(facts, format), trace };
}

/** Each part of the condition held, or there would be no earning; what is told is what it saw. */
function conditionSteps(rule: EarningRule, facts: TransactionFacts): TraceStep[] {
  return partsOf(rule.condition).map((part) => {
    const read = part.reads.map((path) => ({ path, ...readFact(path, facts) }));
    const basis = (['NOT_KEPT', 'TODAY'] as const).find((weak) => read.some((one) => one.basis === weak)) ?? 'RECORDED';
    return traceStep('CONDITION', `held: ${part.text}${CAVEATS[basis]}`, {
      item: rule.code,
      revision: facts.transaction.ruleRevision,
      condition: rule.condition,
      part: part.text,
      seen: read.map(({ path, value }) => `${path} = ${shown(value) ?? '?'}`).join(', '),
      needed: neededBy(part),
      basis,
    });
  });
}

const CAVEATS: Record<FactBasis, string> = {
  RECORDED: '',
  TODAY: '; the customer is as of today, what was seen then is not kept',
  NOT_KEPT: '; counters as they were then are not kept',
};

/** The activity and the tiers are on record as they were; the customer changes; counters have gone by. */
function readFact(path: string, { activity, effect, today }: TransactionFacts): { value: unknown; basis: FactBasis } {
  const [root] = path.split('.');
  if (root === 'activity' && activity !== null)
    return { value: factAt({ activity: { ...activity, type: activity.typeCode } }, path), basis: 'RECORDED' };
  if (root === 'customer' || root === 'account') return { value: factAt(today, path), basis: 'TODAY' };
  const tiers = effect?.tiers;
  if (tiers !== undefined && (root === 'tier' || root === 'tiers')) return { value: tiers, basis: 'RECORDED' };
  return { value: undefined, basis: 'NOT_KEPT' };
}

function awardStep(rule: EarningRule, { transaction, activity }: TransactionFacts): TraceStep {
  const { award } = rule;
  const details = { item: rule.code, revision: transaction.ruleRevision, basis: 'RECORDED' as const };
  if (award.kind === 'FIXED') return traceStep('AWARD', `${award.points} points, fixed`, details);
  if (award.kind === 'EXPRESSION')
    return traceStep('AWARD', `computed by ${award.expression}, rounded ${award.rounding}`, {
      ...details,
      part: award.expression,
    });
  const amount = shown(activity?.properties[award.property]);
  return traceStep('AWARD', `${award.property} ${amount ?? '?'} × ${award.pointsPerUnit}, rounded ${award.rounding}`, {
    ...details,
    part: award.property,
    seen: amount,
  });
}

function effectSteps(
  effect: PointsEarned,
  { rule, currency }: Pick<TransactionFacts, 'rule' | 'currency'>,
): TraceStep[] {
  const item = effect.ruleCode;
  const { revision } = effect;
  const steps: TraceStep[] = (effect.boosts ?? []).map((boost) =>
    traceStep('BOOST', `× ${boost.multiplier} by ${boost.code} “${boost.name}”`, {
      item: boost.code,
      revision,
      seen: boost.multiplier,
      basis: 'RECORDED',
    }),
  );
  if (effect.cappedBy !== null)
    steps.push(
      traceStep('LIMIT', `cut from ${effect.uncapped} to ${effect.points} by the limit of: ${effect.cappedBy}`, {
        item,
        revision,
        seen: String(effect.uncapped),
        needed: `<= ${effect.points}`,
        basis: 'RECORDED',
      }),
    );
  if (effect.pending)
    steps.push(
      traceStep(
        'WAIT',
        effect.availableAt === null ? 'waits for an activity or a call' : `waits until ${effect.availableAt}`,
        {
          item,
          revision,
          at: dateOf(effect.availableAt),
          basis: 'RECORDED',
        },
      ),
    );
  const text = expiryText(effect.expiresAt, rule?.expiry ?? null, { currency, by: 'rule' });
  steps.push(traceStep('EXPIRY', text, { item, revision, at: dateOf(effect.expiresAt), basis: 'RECORDED' }));
  return steps;
}

/** How to say until when points are valid: those that last with activity may be so for longer. */
function validity(
  expiry: AwardExpiry | null,
  currency: TransactionFacts['currency'],
  format: Format,
): (instant: string) => string {
  const words = TRANSACTION_WORDS[format.language];
  return lastsWithActivity(expiry, currency) ? words.validWhileActive : words.validUntil;
}

function textOf(facts: TransactionFacts, format: Format): string {
  const { transaction, currency, activity, rule, effect, milestone = null } = facts;
  const words = TRANSACTION_WORDS[format.language];
  const points = pointsText(transaction.amount, currency.name, format);
  const sentences = [
    words.earned(points, activity?.typeName ?? currency.name, format.instant(transaction.effectiveAt)),
  ];
  if (milestone !== null) {
    sentences.push(milestoneText(milestone, format));
    const { expiresAt = null } = milestone.effect ?? {};
    if (expiresAt !== null)
      sentences.push(validity(milestone.milestone.expiry, currency, format)(format.instant(expiresAt)));
  }
  if (rule?.award.kind === 'PER_UNIT') {
    const { property, pointsPerUnit, rounding } = rule.award;
    const amount = activity?.properties[property];
    if (typeof amount === 'string' || typeof amount === 'number')
      sentences.push(
        words.perUnit(property, format.number(amount), `${format.number(pointsPerUnit)} ${currency.name}`, rounding),
      );
  }
  if (effect !== null) {
    for (const { multiplier, name } of effect.boosts ?? [])
      sentences.push(words.boosted(format.number(multiplier), name));
    if (effect.cappedBy !== null)
      sentences.push(words.cut[effect.cappedBy](pointsText(effect.uncapped, currency.name, format)));
    if (effect.pending)
      sentences.push(words.waits(effect.availableAt === null ? null : format.instant(effect.availableAt)));
    if (effect.expiresAt !== null)
      sentences.push(validity(rule?.expiry ?? null, currency, format)(format.instant(effect.expiresAt)));
  }
  return sentences.join(' ');
}
