import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { evaluateRules } from '#domain/earning/evaluate.ts';
import type { EarningFacts } from '#domain/earning/facts.ts';
import type { EarningRule } from '#domain/earning/rule.ts';

import { aRule, aRuleSet, emptyUsage, someFacts } from '../../support/earning.ts';

const PROGRAM = { timeZone: 'UTC', dailyPointsCap: null };

function evaluate(
  rules: EarningRule[],
  facts: EarningFacts = someFacts(),
  caps = emptyUsage(),
  program: { timeZone: string; dailyPointsCap: number | null } = PROGRAM,
) {
  const { awards, declines } = evaluateRules(aRuleSet(rules).earning, facts, program, caps);
  return {
    awards: awards.map((award) => [award.rule.code, award.points]),
    declines: declines.map((decline) => [decline.rule.code, decline.reason, decline.detail]),
  };
}

describe('awards', () => {
  test('a fixed award is given once an activity', () => {
    expect(evaluate([aRule({ code: 'welcome', award: { kind: 'FIXED', points: 50 } })]).awards).toEqual([
      ['welcome', 50],
    ]);
  });

  test('an award a unit is multiplied exactly and rounded once, as its rule names', () => {
    const rounded = (rounding: 'FLOOR' | 'CEILING' | 'HALF_UP' | 'HALF_EVEN', amount: string) =>
      evaluate(
        [aRule({ code: 'r', award: { kind: 'PER_UNIT', property: 'amount', pointsPerUnit: '1.5', rounding } })],
        someFacts({ amount }),
      ).awards[0]?.[1] ?? 0;
    expect(rounded('FLOOR', '0.33')).toBe(0);
    expect(rounded('CEILING', '0.33')).toBe(1);
    expect(rounded('HALF_UP', '0.33')).toBe(0);
    expect(rounded('FLOOR', '0.99')).toBe(1);
    expect(rounded('HALF_UP', '3')).toBe(5);
    expect(rounded('HALF_EVEN', '3')).toBe(4);
    // 1.1 × 1.5 is 1.65 exactly; in binary it is a little less or more.
    expect(rounded('CEILING', '1.1')).toBe(2);
  });

  test('an award by expression takes a CEL number', () => {
    const rule = aRule({
      code: 'e',
      award: { kind: 'EXPRESSION', expression: 'activity.properties.quantity * 3 + 1', rounding: 'FLOOR' },
    });
    expect(evaluate([rule], someFacts({ quantity: 4 })).awards).toEqual([['e', 13]]);
  });

  test('a property that is absent, zero or negative gives nothing and says so', () => {
    for (const properties of [{}, { amount: '0' }, { amount: '-5' }]) {
      expect(evaluate([aRule({ code: 'r' })], someFacts(properties)).declines).toEqual([['r', 'AWARDS_NOTHING', '']]);
    }
  });
});

describe('conditions', () => {
  test('the failing part of a condition is quoted', () => {
    const rule = aRule({ code: 'big', condition: 'activity.channel == "WEB" && activity.properties.amount >= 50.0' });
    expect(evaluate([rule]).declines).toEqual([['big', 'CONDITION_FALSE', 'activity.properties.amount >= 50.0']]);
  });

  test('reading an absent property makes the rule decline, never the call fail', () => {
    const [decline] = evaluate([aRule({ code: 'r', condition: 'activity.properties.sku == "a"' })]).declines;
    expect(decline?.slice(0, 2)).toEqual(['r', 'CONDITION_FAILED']);
    expect(decline?.[2]).toContain('sku');
  });

  test('conditions see customer, account and counters', () => {
    const condition =
      'customer.attributes.plan == "pro" && account.externalId == "acme" && counters.allTime == 0 && counters.thisMonth < 1';
    const facts = someFacts({ amount: '10' }, { account: { externalId: 'acme', name: null } });
    expect(evaluate([aRule({ code: 'r', condition })], facts).awards).toEqual([['r', 10]]);
  });

  test('only enrolled customers earn', () => {
    const facts = someFacts();
    for (const enrolmentState of ['NOT_ENROLLED', 'INVITED', 'PAUSED', 'LEFT', 'BLOCKED']) {
      const { awards, declines } = evaluate([aRule({ code: 'r' })], {
        ...facts,
        customer: { ...facts.customer, enrolmentState },
      });
      expect(awards).toEqual([]);
      expect(declines).toEqual([['r', 'NOT_ENROLLED', enrolmentState]]);
    }
  });

  test('the validity window includes its start and excludes its end', () => {
    const rule = aRule({ code: 'r', validFrom: '2026-03-01T12:00:00Z', validUntil: '2026-03-01T13:00:00Z' });
    const at = (instant: string) =>
      evaluate(
        [rule],
        someFacts({ amount: '1' }, { activity: { ...someFacts().activity, occurredAt: new Date(instant) } }),
      );
    expect(at('2026-03-01T11:59:59.999Z').declines[0]?.[1]).toBe('NOT_YET_VALID');
    expect(at('2026-03-01T12:00:00.000Z').awards).toHaveLength(1);
    expect(at('2026-03-01T12:59:59.999Z').awards).toHaveLength(1);
    expect(at('2026-03-01T13:00:00.000Z').declines[0]?.[1]).toBe('NO_LONGER_VALID');
  });
});

describe('order and groups', () => {
  test('of an exclusive group the first that awards wins, by priority and then code', () => {
    const fixed = (code: string, points: number, priority: number, condition = '') =>
      aRule({ code, award: { kind: 'FIXED', points }, priority, condition, exclusiveGroup: 'g' });
    const { awards, declines } = evaluate([
      fixed('low', 1, 0),
      fixed('never', 9, 9, 'false'),
      fixed('b', 5, 5),
      fixed('a', 4, 5),
    ]);
    expect(awards).toEqual([['a', 4]]);
    expect(declines.map(([code, reason]) => [code, reason])).toEqual([
      ['never', 'CONDITION_FALSE'],
      ['b', 'EXCLUDED_BY_GROUP'],
      ['low', 'EXCLUDED_BY_GROUP'],
    ]);
  });
});

describe('caps', () => {
  const capped = (beyond: 'TRUNCATE' | 'REFUSE') =>
    aRule({ code: 'r', caps: [{ per: 'DAY', points: 25, uses: null, beyond }] });

  test('a truncating cap gives what still fits and says whose cap it was', () => {
    const caps = emptyUsage();
    const rules = aRuleSet([capped('TRUNCATE')]);
    const give = () =>
      evaluateRules(rules.earning, someFacts(), PROGRAM, caps).awards.map((award) => [award.points, award.cappedBy]);
    expect([give(), give(), give(), give()]).toEqual([[[10, null]], [[10, null]], [[5, 'RULE']], []]);
  });

  test('a refusing cap gives nothing once the whole award does not fit', () => {
    const caps = emptyUsage();
    const rules = aRuleSet([capped('REFUSE')]);
    const give = () => evaluateRules(rules.earning, someFacts(), PROGRAM, caps).awards.map((award) => award.points);
    expect([give(), give(), give()]).toEqual([[10], [10], []]);
  });

  test('days of a cap are cut in the program’s time zone', () => {
    const caps = emptyUsage();
    const rules = aRuleSet([aRule({ code: 'r', caps: [{ per: 'DAY', points: null, uses: 1, beyond: 'REFUSE' }] })]);
    const give = (instant: string) => {
      const facts = someFacts(
        { amount: '1' },
        { activity: { ...someFacts({ amount: '1' }).activity, occurredAt: new Date(instant) } },
      );
      return evaluateRules(rules.earning, facts, { timeZone: 'America/New_York', dailyPointsCap: null }, caps).awards
        .length;
    };
    expect(give('2026-03-02T03:00:00Z')).toBe(1); // 1 March, 22:00 in New York
    expect(give('2026-03-02T04:59:59Z')).toBe(0); // still 1 March
    expect(give('2026-03-02T05:00:00Z')).toBe(1); // midnight there
  });

  test('the program’s daily cap bounds all rules together', () => {
    const program = { timeZone: 'UTC', dailyPointsCap: 15 };
    const { awards, declines } = evaluate(
      [aRule({ code: 'a' }), aRule({ code: 'b' }), aRule({ code: 'c' })],
      someFacts(),
      emptyUsage(),
      program,
    );
    expect(awards).toEqual([
      ['a', 10],
      ['b', 5],
    ]);
    expect(declines[0]).toEqual(['c', 'CAP_REACHED', 'program: 15 points per DAY']);
  });

  test('no history of amounts takes a customer beyond any cap', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 200 }),
        (amounts, dayCap, monthCap) => {
          const caps = emptyUsage();
          const rules = aRuleSet([
            aRule({
              caps: [
                { per: 'DAY', points: dayCap, uses: null, beyond: 'TRUNCATE' },
                { per: 'MONTH', points: monthCap, uses: 30, beyond: 'TRUNCATE' },
              ],
            }),
          ]);
          let sum = 0;
          let uses = 0;
          for (const amount of amounts) {
            for (const award of evaluateRules(rules.earning, someFacts({ amount: String(amount) }), PROGRAM, caps)
              .awards) {
              sum += award.points;
              uses += 1;
              expect(award.points).toBeLessThanOrEqual(award.uncapped);
            }
          }
          expect(sum).toBeLessThanOrEqual(Math.min(dayCap, monthCap));
          expect(uses).toBeLessThanOrEqual(30);
        },
      ),
    );
  });
});
