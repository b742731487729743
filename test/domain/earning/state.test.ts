import { expect, test } from 'vitest';

import { evaluateRules } from '#domain/earning/evaluate.ts';
import { EarningRuleSchema, type RuleState } from '#domain/earning/rule.ts';

import { aRule, aRuleSet, emptyUsage, problemsOf, someFacts } from '../../support/earning.ts';

const PROGRAM = { timeZone: 'UTC', dailyPointsCap: null };

function evaluated(state: RuleState) {
  const { awards, declines } = evaluateRules(
    aRuleSet([aRule({ code: 'r', state })]).earning,
    someFacts(),
    PROGRAM,
    emptyUsage(),
  );
  return { awards: awards.map(({ points }) => points), declines: declines.map(({ reason }) => reason) };
}

test('a paused rule gives nothing and says so, an archived one is not looked at', () => {
  expect(evaluated('ACTIVE')).toEqual({ awards: [10], declines: [] });
  expect(evaluated('PAUSED')).toEqual({ awards: [], declines: ['PAUSED'] });
  expect(evaluated('ARCHIVED')).toEqual({ awards: [], declines: [] });
});

test('what a rule gave before it was paused or archived is still released', () => {
  const pending = { kind: 'UNTIL_ACTIVITY' as const, activityType: 'purchase', matchProperty: 'sku' };
  for (const state of ['PAUSED', 'ARCHIVED'] as const)
    expect(aRuleSet([aRule({ state, pending })]).earning.releases.get('purchase')).toHaveLength(1);
});

test('an archived rule may name what no longer exists; a paused one may not', () => {
  expect(problemsOf([aRule({ state: 'ARCHIVED', activityType: 'gone' })])).toEqual([]);
  expect(problemsOf([aRule({ state: 'PAUSED', activityType: 'gone' })])).toHaveLength(1);
});

test('rules stored before states existed are active', () => {
  const { state: _, ...old } = aRule();
  expect(EarningRuleSchema.parse(old).state).toBe('ACTIVE');
});
