import { describe, expect, test } from 'vitest';

import { aRule, problemsOf } from '../../support/earning.ts';

describe('a rule set is refused before it goes live', () => {
  test.each([
    [
      'a condition over an undeclared property',
      { condition: 'activity.properties.colour == "red"' },
      /No such key: colour/,
    ],
    ['a condition that compares text with a number', { condition: 'activity.properties.sku > 5' }, /no such overload/],
    [
      'a condition that is no truth value',
      { condition: 'activity.properties.quantity' },
      /true or false; this one is int/,
    ],
    ['an unknown variable', { condition: 'weather == "fine"' }, /Unknown variable/],
    ['broken syntax', { condition: 'activity.channel == ' }, /.+/],
    ['a regular expression', { condition: 'activity.properties.sku.matches("(a+)+$")' }, /cost cannot be bounded/],
    ['a list walk within another', { condition: '[1,2].all(x, [1,2].exists(y, y == x))' }, /one level/],
    [
      'an expression of too many parts',
      { condition: Array.from({ length: 90 }, () => 'counters.today < 1').join(' && ') },
      /Exceeded/,
    ],
    [
      'an award that is text',
      { award: { kind: 'EXPRESSION' as const, expression: 'activity.properties.sku', rounding: 'FLOOR' as const } },
      /award is a number/,
    ],
    [
      'an award on a text property',
      { award: { kind: 'PER_UNIT' as const, property: 'sku', pointsPerUnit: '1', rounding: 'FLOOR' as const } },
      /no number property sku/,
    ],
    ['an unknown activity type', { activityType: 'parade' }, /no activity type parade/],
    ['an unknown point currency', { currency: 'gold' }, /no point currency gold/],
    [
      'an end before the start',
      { validFrom: '2026-02-01T00:00:00Z', validUntil: '2026-01-01T00:00:00Z' },
      /end lies before/,
    ],
    [
      'a release by an activity without the property',
      { pending: { kind: 'UNTIL_ACTIVITY' as const, activityType: 'purchase', matchProperty: 'order' } },
      /no property order/,
    ],
    ['points beyond 2^53−1', { award: { kind: 'FIXED' as const, points: 2 ** 53 } }, /.+/],
    [
      'a cap that bounds nothing',
      { caps: [{ per: 'DAY' as const, points: null, uses: null, beyond: 'REFUSE' as const }] },
      /limits points, uses or both/,
    ],
  ])('%s', (_title, overrides, message) => {
    const problems = problemsOf([aRule(overrides)]);
    expect(problems).not.toEqual([]);
    expect(problems.join('\n')).toMatch(message);
  });

  test('all problems of all rules are told at once', () => {
    expect(problemsOf([aRule({ condition: '1' }), aRule({ activityType: 'parade' }), aRule()])).toHaveLength(2);
  });

  test('two rules cannot share a code', () => {
    expect(problemsOf([aRule({ code: 'same' }), aRule({ code: 'same' })]).join()).toContain('used twice');
  });
});
