import { Big } from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { CustomerTally } from '#domain/backtest/customers.ts';
import type { ReplayedActivity, ReplayedCustomer } from '#domain/backtest/facts.ts';
import { Replay } from '#domain/backtest/replay.ts';
import { buildReport, type BacktestReport } from '#domain/backtest/report.ts';
import type { RuleSet } from '#domain/rule-set/rule-set.ts';

import { aBudget, aRule, aRuleSet, aRuleSetOf, POINTS, PURCHASE } from '../../support/earning.ts';

const POLICY = { timeZone: 'UTC', dailyPointsCap: null };
const DAY_MS = 86_400_000;
const EPOCH = Date.UTC(2026, 0, 1, 12);

const customer = (id: string, segment: string | null = null): ReplayedCustomer => ({
  id,
  externalId: id,
  locale: null,
  timeZone: null,
  enrolmentState: 'ENROLLED',
  attributes: {},
  account: null,
  joinedOn: '2026-01-01',
  segment,
});

let count = 0;
const purchase = (who: string, day: number, amount: number, more: Partial<ReplayedActivity> = {}): ReplayedActivity => {
  count += 1;
  const at = new Date(EPOCH + day * DAY_MS);
  return {
    id: `a${count}`,
    type: PURCHASE,
    channel: 'API',
    occurredAt: at,
    recordedAt: at,
    properties: { amount: String(amount) },
    customer: customer(who),
    recorded: [],
    reversals: 0,
    ...more,
  };
};

const replayOf = (live: RuleSet, draft: RuleSet): Replay =>
  new Replay({ live, draft, policy: POLICY, from: new Date(0), to: new Date(EPOCH + 1_000 * DAY_MS) });

function reportOf(replay: Replay, isSegmented = false): BacktestReport {
  const customers = new CustomerTally(null);
  for (const outcome of replay.outcomes(new Date(EPOCH + 400 * DAY_MS))) customers.add(outcome, isSegmented);
  return buildReport({
    tally: replay.tally,
    customers,
    currencies: [POINTS],
    outstanding: new Map([[POINTS.id, 1_000]]),
    value: null,
    replayed: { activities: 0, reversals: 0 },
    leftOut: [],
  });
}

const rule = aRule({ code: 'spend' });
const spend = aRuleSet([rule]);

describe('a replay', () => {
  test('of equal rules differs by exactly nothing, whatever happened', () => {
    const rules = aRuleSetOf({
      earningRules: [
        { ...rule, caps: [{ per: 'WEEK', points: 90, uses: 4, beyond: 'TRUNCATE' }] },
        aRule({ coolDownMinutes: 3_000, condition: 'counters.thisMonth < 5', priority: 3 }),
      ],
      budgets: [aBudget({ per: 'MONTH', points: 400 })],
    });
    const step = fc.record({
      who: fc.constantFrom('a', 'b', 'c'),
      day: fc.nat(60),
      amount: fc.nat(200),
      undo: fc.nat(9),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const replay = replayOf(rules, rules);
        for (const { who, day, amount, undo } of steps) {
          const activity = purchase(who, day, amount, { reversals: undo < 2 ? 1 : 0 });
          replay.activity(activity);
          if (undo >= 2) continue;
          const returned = new Map(undo === 0 ? [] : [['amount', new Big(amount).div(2)]]);
          replay.reversal({ activityId: activity.id, whole: undo === 0, returned, recordedAt: activity.recordedAt });
        }
        const report = reportOf(replay);
        for (const line of [report.total, ...report.byRule, ...report.byDay]) expect(line.difference).toBe(0);
        expect(report.customers).toMatchObject({ more: 0, less: 0, winners: [], losers: [] });
        expect(report.total.live).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 60 },
    );
  });

  test('keeps caps, cool-downs and budgets of each side to itself', () => {
    const draft = aRuleSetOf({
      earningRules: [{ ...rule, coolDownMinutes: 2 * 1_440 }],
      budgets: [aBudget({ points: 25 })],
    });
    const replay = replayOf(spend, draft);
    // The second lies within the cool-down; of the third only 15 are left in the budget; nothing is for the fourth.
    for (const [who, day] of [
      ['a', 0],
      ['a', 1],
      ['a', 2],
      ['b', 3],
    ] as const)
      replay.activity(purchase(who, day, who === 'a' && day === 2 ? 20 : 10));
    expect(reportOf(replay).total).toMatchObject({ live: 50, draft: 25, difference: -25 });
  });

  test('takes a whole reversal back with the room that it took, and a part as far as the rule gives less', () => {
    const capped = aRuleSet([{ ...rule, caps: [{ per: 'ALL_TIME', points: 10, uses: null, beyond: 'TRUNCATE' }] }]);
    const replay = replayOf(spend, capped);
    const first = purchase('a', 0, 10, { reversals: 1 });
    const second = purchase('a', 1, 8, { reversals: 2 });
    replay.activity(first);
    replay.reversal({ activityId: first.id, whole: true, returned: new Map(), recordedAt: first.recordedAt });
    replay.activity(second);
    const part = new Map([['amount', new Big('3.5')]]);
    replay.reversal({ activityId: second.id, whole: false, returned: part, recordedAt: second.recordedAt });
    expect(reportOf(replay).total).toMatchObject({ live: 4, draft: 4 });
    replay.reversal({ activityId: second.id, whole: true, returned: new Map(), recordedAt: second.recordedAt });
    replay.activity(purchase('a', 2, 12));
    expect(reportOf(replay)).toMatchObject({
      total: { live: 12, draft: 10, difference: -2 },
      liability: [{ points: { recorded: 1_000, live: 1_012, draft: 1_010, difference: -2 } }],
    });
  });

  test('tells winners and losers by segment, the furthest first, and the same for those who break even', () => {
    const draft = aRuleSet([
      { ...rule, condition: 'double(activity.properties.amount) > 10.0', award: { kind: 'FIXED', points: 30 } },
    ]);
    const replay = replayOf(spend, draft);
    for (const [who, amount, segment] of [
      ['a', 20, 'x'],
      ['b', 10, 'x'],
      ['c', 30, 'y'],
      ['d', 12, null],
    ] as const)
      replay.activity(purchase(who, 0, amount, { customer: customer(who, segment) }));
    const { customers } = reportOf(replay, true);
    expect(customers).toMatchObject({ customers: 4, more: 2, less: 1, equal: 1, gained: 28, lost: 10 });
    expect(customers.winners.map(({ customerId, difference }) => [customerId, difference])).toEqual([
      ['d', 18],
      ['a', 10],
    ]);
    expect(customers.bySegment).toMatchObject([
      { value: 'x', customers: 2, gained: 10, lost: 10 },
      { value: null, more: 1 },
      { value: 'y', equal: 1 },
    ]);
  });
});
