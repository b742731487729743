import type { MilestoneReached } from '../activity/effect.ts';
import { basisOf } from '../milestone/compile.ts';
import type { Milestone } from '../milestone/milestone.ts';
import type { Catalogue } from '../program/catalogue.ts';
import type { TransactionFacts } from './cause.ts';
import { expiryText } from './expiry.ts';
import type { Format } from './locale.ts';
import { milestoneReachedSentence, milestoneSentence, type MilestoneNames } from './milestone-words.ts';
import { traceStep, type TraceStep } from './trace.ts';

/** A milestone that gave points: as it was in its revision, and what the activity was answered. */
export type MilestoneCause = { milestone: Milestone; names: MilestoneNames; effect: MilestoneReached | null };

type NamedIn = Pick<Catalogue, 'activityTypeByCode' | 'currencyByCode' | 'defaultCurrency'>;

/** The names of what a milestone counts and awards; codes stand in for what there is no more. */
export function namesOf({ measure, currency }: Milestone, catalogue: NamedIn): MilestoneNames {
  const currencyName = (code: string | null): string =>
    code === null ? catalogue.defaultCurrency.name : (catalogue.currencyByCode.get(code)?.name ?? code);
  const activity = 'activityType' in measure ? measure.activityType : '';
  return {
    award: currencyName(currency),
    activity: catalogue.activityTypeByCode.get(activity)?.name ?? activity,
    counted:
      measure.kind === 'POINTS' ? currencyName(measure.currency) : measure.kind === 'SUM' ? measure.property : '',
  };
}

/** What a milestone awards for what, as one sentence for a customer. */
export function describeMilestone(milestone: Milestone, catalogue: NamedIn, format: Format): string {
  return milestoneSentence(milestone, namesOf(milestone, catalogue), format);
}

/** The steps of a trace that tell of a milestone. */
export function milestoneSteps(
  { milestone, effect }: MilestoneCause,
  { transaction, currency }: Pick<TransactionFacts, 'transaction' | 'currency'>,
): TraceStep[] {
  const details = { item: milestone.code, revision: transaction.ruleRevision, basis: 'RECORDED' as const };
  const of = `${milestone.code} “${milestone.name}” of revision ${transaction.ruleRevision}`;
  const steps = [
    traceStep('RULE', `milestone ${of}, counts ${basisOf(milestone).kind} over ${milestone.period}`, details),
  ];
  steps.push(
    traceStep('AWARD', `${milestone.points} points, fixed, for each threshold`, {
      ...details,
      needed: effect === null ? null : `>= ${effect.threshold} in ${effect.period}`,
    }),
  );
  if (effect !== null && effect.points < effect.uncapped)
    steps.push(
      traceStep('LIMIT', `cut from ${effect.uncapped} to ${effect.points} by the limit of: BALANCE`, {
        ...details,
        seen: String(effect.uncapped),
        needed: `<= ${effect.points}`,
      }),
    );
  if (effect !== null) {
    const text = expiryText(effect.expiresAt, milestone.expiry, { currency, by: 'milestone' });
    const at = effect.expiresAt === null ? null : new Date(effect.expiresAt);
    steps.push(traceStep('EXPIRY', text, { ...details, at }));
  }
  return steps;
}

/** For the customer: which milestone it was. Without a record of the threshold, what it awards for. */
export function milestoneText({ milestone, names, effect }: MilestoneCause, format: Format): string {
  return effect === null
    ? milestoneSentence(milestone, names, format)
    : milestoneReachedSentence(milestone, effect.threshold, names, format);
}
