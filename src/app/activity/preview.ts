import type { ActivityReport } from '#domain/activity/activity.ts';
import { pointsGiven, type BalanceAfter, type Effect } from '#domain/activity/effect.ts';
import type { DeclineReason } from '#domain/earning/evaluate.ts';
import { NotFoundError } from '#domain/errors.ts';
import { isWayToEarn, openRules } from '#domain/explanation/how-to-earn.ts';

import type { AppDeps, Scope } from '../transaction.ts';
import { simulateActivity } from './simulate.ts';

/** What a customer wants to know about: an activity, or a cart with its lines. */
export type EarnPreviewInput = Pick<ActivityReport, 'type' | 'channel' | 'properties' | 'lines'> & {
  /** Language of the texts; null takes the customer's own. */
  locale: string | null;
};

/** What it would earn now. The ids in its effects name nothing. */
export type EarnPreview = {
  at: Date;
  /** By point currency, the default one first: what rules and milestones would give in all, and how much of it would wait. */
  points: { currencyId: string; points: number; pending: number }[];
  effects: Effect[];
  balances: BalanceAfter[];
  /** Ways to earn with such an activity that would give nothing, and why. */
  missed: { code: string; name: string; reason: DeclineReason; text: string }[];
};

/**
 * What an activity or a cart would earn a customer now: decided with the code of tracking, under its locks, and always undone.
 * It tells what `howToEarn` shows to everybody and no more: an activity type that is no way to earn is not found, and of the
 * rules that would give nothing only those are told that are shown as ways to earn. One preview of a customer runs at a time.
 * Throws NotFoundError, InvalidInputError, PointsOutOfRangeError.
 */
export async function previewEarning(
  deps: AppDeps,
  scope: Scope,
  customerId: string,
  { type: code, channel, properties, lines, locale }: EarnPreviewInput,
): Promise<EarnPreview> {
  const catalogue = await deps.catalogues.current(scope.programId);
  const now = catalogue.program.testClock ?? deps.clock();
  const type = catalogue.activityTypeByCode.get(code);
  if (type === undefined || type.archived || !isWayToEarn(catalogue, type, now))
    throw new NotFoundError('way to earn', ['type']);
  const report: ActivityReport = {
    ...{ type: code, channel, properties, lines, customerId },
    ...{ customerExternalId: null, messageId: null, occurredAt: null },
  };
  const { at, effects, balances, declines } = await deps.turns.take([`preview ${customerId}`], () =>
    simulateActivity(deps, scope, { report, hypothetical: null, at: null, against: 'LIVE', locale }),
  );
  const shown = new Set(openRules(catalogue, code, at).map(({ rule }) => rule.id));
  const missed = declines
    .filter(({ ruleId }) => shown.has(ruleId))
    .map(({ ruleCode, ruleName, reason, text }) => ({ code: ruleCode, name: ruleName, reason, text }));
  return { at, points: sumsOf(effects, catalogue.defaultCurrency.id), effects, balances, missed };
}

function sumsOf(effects: readonly Effect[], defaultCurrencyId: string): EarnPreview['points'] {
  const sums = new Map<string, EarnPreview['points'][number]>([
    [defaultCurrencyId, { currencyId: defaultCurrencyId, points: 0, pending: 0 }],
  ]);
  for (const { currencyId, points } of pointsGiven(effects)) {
    const sum = sums.get(currencyId) ?? { currencyId, points: 0, pending: 0 };
    sums.set(currencyId, { ...sum, points: sum.points + points });
  }
  for (const effect of effects) {
    const sum = 'currencyId' in effect ? sums.get(effect.currencyId) : undefined;
    if (effect.kind === 'POINTS_EARNED' && effect.pending && sum !== undefined) sum.pending += effect.points;
  }
  return [...sums.values()];
}
