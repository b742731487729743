import { describe, expect, test } from 'vitest';

import { factAt, neededBy, partsOf } from '#domain/explanation/condition.ts';

const comparisonsOf = (condition: string) => partsOf(condition).map((part) => part.comparison);

describe('a condition taken apart', () => {
  test.each([
    ['activity.properties.amount >= 20.0', 'activity.properties.amount', '>=', [20]],
    ['100 < counters.thisMonth', 'counters.thisMonth', '>', [100]],
    ['tier == "gold"', 'tier', '==', ['gold']],
    ['"WEB" != activity.channel', 'activity.channel', '!=', ['WEB']],
    ['customer.attributes.plan in ["pro", "team"]', 'customer.attributes.plan', 'in', ['pro', 'team']],
    ['activity.properties.first', 'activity.properties.first', '==', [true]],
    ['!activity.properties.first', 'activity.properties.first', '==', [false]],
    ['has(activity.properties.sku)', 'activity.properties.sku', 'has', []],
    [
      'activity.properties.at < timestamp("2026-01-01T00:00:00Z")',
      'activity.properties.at',
      '<',
      ['2026-01-01T00:00:00Z'],
    ],
  ])('%s is a comparison of one fact with literals', (condition, path, operator, literals) => {
    expect(comparisonsOf(condition)).toEqual([{ path, operator, literals }]);
  });

  test.each([
    'activity.properties.amount > activity.properties.discount',
    'activity.properties.sku.startsWith("A")',
    'counters.today < 3 || tier == "gold"',
    'activity.properties.amount * 2.0 > 10.0',
  ])('%s is of no simple shape and stays as it is', (condition) => {
    const [part] = partsOf(condition);
    expect(part).toMatchObject({ text: condition, comparison: null });
    expect(neededBy(part!)).toBe(condition);
  });

  test('has one part for each that && joins at the top, with its own text', () => {
    expect(partsOf('counters.today < 3 && (tier == "a" || tier == "b") && activity.channel == "WEB"')).toMatchObject([
      { text: 'counters.today < 3' },
      { text: expect.stringContaining('tier == "a" || tier == "b"') as string, reads: ['tier'] },
      { text: 'activity.channel == "WEB"' },
    ]);
    expect(partsOf(' ')).toEqual([]);
  });

  test('tells every fact that a part reads, once', () => {
    expect(partsOf('activity.properties.a + activity.properties.b > activity.properties.a')[0]?.reads).toEqual([
      'activity.properties.a',
      'activity.properties.b',
    ]);
  });

  test('tells shortly what it needs, and finds what was seen', () => {
    const needed = (condition: string) => neededBy(partsOf(condition)[0]!);
    expect(needed('activity.properties.amount >= 20.5')).toBe('>= 20.5');
    expect(needed('tier in ["a", "b"]')).toBe('in ["a", "b"]');
    expect(needed('has(activity.properties.sku)')).toBe('present');
    expect(factAt({ activity: { properties: { amount: '1.5' } } }, 'activity.properties.amount')).toBe('1.5');
    expect(factAt({ activity: {} }, 'activity.properties.amount')).toBeUndefined();
  });
});
