import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { evaluateRules } from '#domain/earning/evaluate.ts';

import { aBudget, aRule, aRuleSetOf, emptyUsage, problemsOf, someFacts } from '../../support/earning.ts';

const POLICY = { timeZone: 'UTC', dailyPointsCap: null };

const at = (instant: string, amount = '10') =>
  someFacts({ amount }, { activity: { ...someFacts({ amount }).activity, occurredAt: new Date(instant) } });

describe('budgets', () => {
  test('bound what all customers get together, in points, money or uses', () => {
    for (const budget of [
      aBudget({ points: 25 }),
      aBudget({ points: null, money: { minorUnits: 51, minorUnitsPerPoint: '2' } }),
    ]) {
      const usage = emptyUsage();
      const { earning } = aRuleSetOf({ earningRules: [aRule()], budgets: [budget] });
      const give = () => evaluateRules(earning, at('2026-03-01T12:00:00Z'), POLICY, usage).awards[0];
      expect([give()?.points, give()?.points]).toEqual([10, 10]);
      expect(give()).toMatchObject({ points: 5, uncapped: 10, cappedBy: 'BUDGET' });
      expect(evaluateRules(earning, at('2026-03-01T12:00:00Z'), POLICY, usage).declines[0]).toMatchObject({
        reason: 'BUDGET_EXHAUSTED',
      });
    }
    const usage = emptyUsage();
    const { earning } = aRuleSetOf({ earningRules: [aRule()], budgets: [aBudget({ points: null, uses: 1 })] });
    const give = () => evaluateRules(earning, at('2026-03-01T12:00:00Z'), POLICY, usage).awards.length;
    expect([give(), give()]).toEqual([1, 0]);
  });

  test('that refuse give nothing once the whole award does not fit', () => {
    const usage = emptyUsage();
    const { earning } = aRuleSetOf({
      earningRules: [aRule()],
      budgets: [aBudget({ points: 15, beyond: 'REFUSE' })],
    });
    const give = () => evaluateRules(earning, at('2026-03-01T12:00:00Z'), POLICY, usage).awards.length;
    expect([give(), give()]).toEqual([1, 0]);
  });

  test('count anew in each period, and only what they pay for', () => {
    const usage = emptyUsage();
    const { earning } = aRuleSetOf({
      earningRules: [aRule({ code: 'paid' }), aRule({ code: 'free' })],
      budgets: [aBudget({ rules: ['paid'], per: 'MONTH', points: 10 })],
    });
    const give = (instant: string) =>
      evaluateRules(earning, at(instant), POLICY, usage).awards.map(({ rule }) => rule.code);
    expect(give('2026-03-01T12:00:00Z')).toEqual(['free', 'paid']);
    expect(give('2026-03-31T12:00:00Z')).toEqual(['free']);
    expect(give('2026-04-01T12:00:00Z')).toEqual(['free', 'paid']);
  });

  test('are never exceeded, whatever amounts come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 200 }),
        (amounts, points) => {
          const usage = emptyUsage();
          const { earning } = aRuleSetOf({ earningRules: [aRule(), aRule()], budgets: [aBudget({ points })] });
          const sum = amounts
            .flatMap(
              (amount) => evaluateRules(earning, at('2026-03-01T12:00:00Z', String(amount)), POLICY, usage).awards,
            )
            .reduce((total, award) => total + award.points, 0);
          expect(sum).toBeLessThanOrEqual(points);
        },
      ),
    );
  });

  test('for rules or currencies that do not exist are refused before they go live', () => {
    expect(problemsOf({ earningRules: [aRule()], budgets: [aBudget({ rules: ['parade'] })] }).join()).toMatch(/parade/);
    expect(problemsOf({ earningRules: [aRule()], budgets: [aBudget({ currency: 'gold' })] }).join()).toMatch(/gold/);
  });
});

describe('a cool-down', () => {
  test('keeps uses apart in either direction of time', () => {
    const usage = emptyUsage();
    const { earning } = aRuleSetOf({ earningRules: [aRule({ coolDownMinutes: 60 })] });
    const give = (instant: string) => evaluateRules(earning, at(instant), POLICY, usage);
    expect(give('2026-03-01T12:00:00Z').awards).toHaveLength(1);
    expect(give('2026-03-01T12:59:59Z').declines[0]).toMatchObject({
      reason: 'COOLING_DOWN',
      detail: '2026-03-01T13:00:00.000Z',
    });
    expect(give('2026-03-01T11:00:01Z').awards).toHaveLength(0);
    expect(give('2026-03-01T13:00:00Z').awards).toHaveLength(1);
  });
});

describe('hours', () => {
  test('are those of the program’s zone, on both sides of a change of clocks', () => {
    const { earning } = aRuleSetOf({
      earningRules: [aRule({ hours: [{ days: [7], from: '09:00', until: '10:00' }] })],
    });
    const inNewYork = { timeZone: 'America/New_York', dailyPointsCap: null };
    const give = (instant: string) => evaluateRules(earning, at(instant), inNewYork, emptyUsage());
    // Clocks went forward on 8 March 2026: nine o'clock was 14:00 UTC a week before, and 13:00 on the day.
    expect(give('2026-03-01T14:00:00Z').awards).toHaveLength(1);
    expect(give('2026-03-08T13:00:00Z').awards).toHaveLength(1);
    expect(give('2026-03-08T14:00:00Z').declines[0]).toMatchObject({ reason: 'OUTSIDE_HOURS' });
  });

  test('of a blackout close a rule whatever its own hours say, and so do blackout days', () => {
    const always = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', until: '00:00' }];
    for (const closed of [
      { hours: always, blackoutHours: [{ days: [7], from: '11:00', until: '13:00' }] },
      { hours: always, blackoutDays: [{ from: '2026-03-01', until: '2026-03-02' }] },
    ]) {
      const { earning } = aRuleSetOf({ earningRules: [aRule(closed)] });
      const { declines } = evaluateRules(earning, at('2026-03-01T12:00:00Z'), POLICY, emptyUsage());
      expect(declines[0]).toMatchObject({ reason: 'BLACKED_OUT' });
      expect(evaluateRules(earning, at('2026-03-02T12:00:00Z'), POLICY, emptyUsage()).awards).toHaveLength(1);
    }
  });
});
