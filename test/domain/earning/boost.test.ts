import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Boost } from '#domain/earning/boost.ts';
import { evaluateRules } from '#domain/earning/evaluate.ts';
import type { EarningRule } from '#domain/earning/rule.ts';

import { aBoost, aRule, aRuleSetOf, emptyUsage, problemsOf, someFacts } from '../../support/earning.ts';

const POLICY = { timeZone: 'UTC', dailyPointsCap: null };

function pointsWith(boosts: Boost[], rule: EarningRule = aRule({ code: 'r' }), amount = '10.5'): number[] {
  const { earning } = aRuleSetOf({ earningRules: [rule], boosts });
  return evaluateRules(earning, someFacts({ amount }), POLICY, emptyUsage()).awards.map((award) => award.points);
}

describe('boosts', () => {
  test('multiply the exact award, which is rounded once', () => {
    // Rounded before it is multiplied, 10.5 would give 20.
    expect(pointsWith([aBoost({ multiplier: '2' })])).toEqual([21]);
    expect(pointsWith([aBoost({ multiplier: '1.5' })])).toEqual([15]);
  });

  test('multiply each other, but of one exclusive group only the greatest counts', () => {
    const group = { exclusiveGroup: 'season' };
    expect(pointsWith([aBoost({ multiplier: '2' }), aBoost({ multiplier: '3' })], undefined, '10')).toEqual([60]);
    expect(
      pointsWith([aBoost({ multiplier: '2', ...group }), aBoost({ multiplier: '3', ...group })], undefined, '10'),
    ).toEqual([30]);
  });

  test('multiply a fixed award and round it downwards', () => {
    const fixed = aRule({ award: { kind: 'FIXED', points: 5 } });
    expect(pointsWith([aBoost({ multiplier: '1.5' })], fixed)).toEqual([7]);
  });

  test('hold for whom their condition says, when their window and hours say', () => {
    expect(pointsWith([aBoost({ condition: 'customer.attributes.plan == "pro"' })])).toEqual([21]);
    expect(pointsWith([aBoost({ condition: 'customer.attributes.plan == "free"' })])).toEqual([10]);
    expect(pointsWith([aBoost({ validUntil: '2026-03-01T12:00:00Z' })])).toEqual([10]);
    expect(pointsWith([aBoost({ validFrom: '2026-03-01T12:00:00Z' })])).toEqual([21]);
    // 1 March 2026 is a Sunday.
    expect(pointsWith([aBoost({ hours: [{ days: [7], from: '12:00', until: '13:00' }] })])).toEqual([21]);
    expect(pointsWith([aBoost({ hours: [{ days: [7], from: '11:00', until: '12:00' }] })])).toEqual([10]);
    expect(pointsWith([aBoost({ hours: [{ days: [6], from: '22:00', until: '12:01' }] })])).toEqual([21]);
  });

  test('multiply only the rules that they name', () => {
    const { earning } = aRuleSetOf({
      earningRules: [aRule({ code: 'one' }), aRule({ code: 'two' })],
      boosts: [aBoost({ rules: ['two'] })],
    });
    const { awards } = evaluateRules(earning, someFacts(), POLICY, emptyUsage());
    expect(awards.map(({ rule, points, boosts }) => [rule.code, points, boosts.length])).toEqual([
      ['one', 10, 0],
      ['two', 21, 1],
    ]);
  });

  test('come before caps', () => {
    const capped = aRule({ caps: [{ per: 'ACTIVITY', points: 15, uses: null, beyond: 'TRUNCATE' }] });
    expect(pointsWith([aBoost({ multiplier: '2' })], capped)).toEqual([15]);
  });

  test('give the same in whatever order they are written', () => {
    const multiplier = fc.constantFrom('0.5', '1', '1.25', '2', '3');
    const boost = fc.record({ multiplier, exclusiveGroup: fc.constantFrom(null, 'a', 'b') });
    fc.assert(
      fc.property(fc.array(boost, { maxLength: 6 }), (drafts) => {
        const boosts = drafts.map((draft) => aBoost(draft));
        expect(pointsWith(boosts.toReversed())).toEqual(pointsWith(boosts));
      }),
    );
  });

  test.each([
    ['a rule that does not exist', { rules: ['parade'] }, /no earning rule parade/],
    ['a condition that does not type-check', { condition: 'activity.properties.colour == "red"' }, /On purchase/],
    ['a multiplier of zero', { multiplier: '0' }, /above 0/],
    ['an end before the start', { validFrom: '2026-02-01T00:00:00Z', validUntil: '2026-01-01T00:00:00Z' }, /end lies/],
    ['hours that no clock shows', { hours: [{ days: [1], from: '25:00', until: '26:00' }] }, /time of day/],
  ])('with %s are refused before they go live', (_title, overrides, message) => {
    expect(problemsOf({ earningRules: [aRule()], boosts: [aBoost(overrides)] }).join('\n')).toMatch(message);
  });
});
