import { Big } from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { CustomerTally } from '#domain/backtest/customers.ts';
import type { ReplayedActivity, ReplayedCustomer } from '#domain/backtest/facts.ts';
import { Replay } from '#domain/backtest/replay.ts';
import { buildReport, type BacktestReport } from '#domain/backtest/report.ts';
import type { EarningRule } from '#domain/earning/rule.ts';
import { compileRuleSet, type RuleSet } from '#domain/rule-set/rule-set.ts';
import type { Ladder } from '#domain/tier/ladder.ts';

import { aBudget, aRule, aRuleSet, aRuleSetOf, POINTS, PURCHASE, SURROUNDINGS } from '../../support/earning.ts';
import { aCompiledMilestone } from '../../support/milestone.ts';
import { aLadder, aTier } from '../../support/tier.ts';

const NO_ID = '00000000-0000-7000-8000-00000000ffff';
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
    prizes: [],
    reversals: 0,
    ...more,
  };
};

const replayOf = (live: RuleSet, draft: RuleSet, hasCaps = false): Replay =>
  new Replay({ live, draft, policy: POLICY, from: new Date(0), to: new Date(EPOCH + 1_000 * DAY_MS), hasCaps });

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

  const milestones = [
    aCompiledMilestone({ thresholds: ['2', '4'], points: 10 }).milestone,
    {
      ...aCompiledMilestone({ code: 'each', measure: { kind: 'POINTS', currency: null }, every: '50', points: 5 })
        .milestone,
      id: '00000000-0000-7000-b000-000000000001',
    },
  ];

  test('gives milestones once each, what their points reach in turn, and takes them back with the whole activity', () => {
    const replay = replayOf(aRuleSet([rule]), aRuleSetOf({ earningRules: [rule], milestones }));
    const [first, second] = [purchase('a', 0, 20), purchase('a', 1, 25, { reversals: 2 })];
    replay.activity(first);
    // The second purchase gives 10 for being the second, and with these the first fifty points: 5 more.
    replay.activity(second);
    expect(reportOf(replay).total).toMatchObject({ live: 45, draft: 60 });
    const part = new Map([['amount', new Big(5)]]);
    replay.reversal({ activityId: second.id, whole: false, returned: part, recordedAt: second.recordedAt });
    expect(reportOf(replay).total).toMatchObject({ live: 40, draft: 55 });
    replay.reversal({ activityId: second.id, whole: true, returned: new Map(), recordedAt: second.recordedAt });
    expect(reportOf(replay).total).toMatchObject({ live: 20, draft: 20 });
    // Reached is reached: being the second again gives nothing, and the third neither.
    replay.activity(purchase('a', 2, 1));
    expect(reportOf(replay).total).toMatchObject({ live: 21, draft: 21 });
  });

  test('cuts what a balance has no room for, with what was spent and given meanwhile', () => {
    const doubled = { ...rule, award: { ...rule.award, pointsPerUnit: '2' } as EarningRule['award'] };
    const sets = [[rule], [doubled]].map((earningRules) => {
      const compiled = compileRuleSet(
        1,
        { earningRules },
        { ...SURROUNDINGS, currencies: [{ ...POINTS, balanceCap: 100 }] },
      );
      if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
      return compiled.ruleSet;
    });
    const replay = replayOf(sets[0]!, sets[1]!, true);
    const move = (balance: number): void => {
      const { occurredAt, customer: who } = purchase('a', 1, 0);
      const times = { effectiveAt: occurredAt, recordedAt: occurredAt };
      replay.movement({ customer: who, currencyId: POINTS.id, balance, earned: 0, ...times });
    };
    replay.activity(purchase('a', 0, 70));
    expect(reportOf(replay).total).toMatchObject({ live: 70, draft: 100 });
    move(-50);
    replay.activity(purchase('a', 1, 90));
    // 20 and 50 are left: room for 80 of 90, and for 50 of 180.
    expect(reportOf(replay).total).toMatchObject({ live: 150, draft: 150 });
    move(200);
    replay.activity(purchase('a', 2, 5));
    expect(reportOf(replay).total).toMatchObject({ live: 150, draft: 150 });
  });

  test('holds tiers that people gave, on the ladders that have them', () => {
    const ladders = (code: string) => [aLadder({ tiers: [aTier('bronze', '0'), aTier(code, '500')] })] as Ladder[];
    const gold = { ...rule, code: 'gold', condition: 'tier == "gold"', award: { kind: 'FIXED' as const, points: 9 } };
    const of = (code: string) =>
      aRuleSetOf({ earningRules: [gold], ladders: ladders(code).map((one) => ({ ...one, id: NO_ID })) });
    const replay = replayOf(of('gold'), of('silver'));
    const { customer: who, recordedAt } = purchase('a', 0, 0);
    const until = new Date(EPOCH + 2 * DAY_MS);
    const assignment = { tier: 'gold', kind: 'MANUAL' as const, until };
    replay.tierStep({ customer: who, recordedAt, step: { kind: 'ASSIGNED', ladder: 'status', assignment } });
    replay.activity(purchase('a', 1, 1));
    replay.activity(purchase('a', 3, 1));
    expect(reportOf(replay).total).toMatchObject({ live: 9, draft: 0 });
    replay.tierStep({
      customer: who,
      recordedAt: new Date(EPOCH + 4 * DAY_MS),
      step: { kind: 'ASSIGNED', ladder: 'status', assignment: { ...assignment, until: null } },
    });
    replay.tierStep({
      customer: who,
      recordedAt: new Date(EPOCH + 5 * DAY_MS),
      step: { kind: 'RELEASED', ladder: 'status' },
    });
    replay.activity(purchase('a', 6, 1));
    expect(reportOf(replay).total).toMatchObject({ live: 9, draft: 0 });
  });

  test('of equal rules differs by nothing with milestones, capped balances, prizes and tiers by hand, whatever happened', () => {
    const capped = { ...SURROUNDINGS, currencies: [{ ...POINTS, balanceCap: 150 }] };
    const sections = {
      earningRules: [rule, { ...aRule({ code: 'gold', condition: 'tier == "gold"' }), id: NO_ID }],
      milestones,
      ladders: [{ ...aLadder({ tiers: [aTier('bronze', '0'), aTier('gold', '60')] }), id: NO_ID }],
    };
    const compiled = compileRuleSet(1, sections, capped);
    if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
    const step = fc.record({
      who: fc.constantFrom('a', 'b'),
      day: fc.nat(60),
      amount: fc.nat(120),
      kind: fc.constantFrom('BUY', 'BUY', 'BUY', 'UNDO', 'PART', 'SPEND', 'GIFT', 'ASSIGN', 'RELEASE', 'REVIEW'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const replay = replayOf(compiled.ruleSet, compiled.ruleSet, true);
        for (const { who, day, amount, kind } of steps) {
          const prizes = kind === 'GIFT' ? [{ currencyId: POINTS.id, points: amount, takenBack: 0 }] : [];
          const activity = purchase(who, day, amount, {
            reversals: kind === 'UNDO' || kind === 'PART' ? 1 : 0,
            prizes,
          });
          const { customer: whom, recordedAt, id } = activity;
          const currencyId = POINTS.id;
          if (kind === 'SPEND')
            replay.movement({
              customer: whom,
              currencyId,
              balance: -amount,
              earned: 0,
              effectiveAt: recordedAt,
              recordedAt,
            });
          else if (kind === 'ASSIGN') {
            const assignment = {
              tier: 'gold',
              kind: 'MANUAL' as const,
              until: new Date(recordedAt.getTime() + 5 * DAY_MS),
            };
            replay.tierStep({ customer: whom, recordedAt, step: { kind: 'ASSIGNED', ladder: 'status', assignment } });
          } else if (kind === 'RELEASE')
            replay.tierStep({ customer: whom, recordedAt, step: { kind: 'RELEASED', ladder: 'status' } });
          else if (kind === 'REVIEW')
            replay.tierStep({ customer: whom, recordedAt, step: { kind: 'REVIEWED', ladders: ['status'] } });
          else replay.activity(activity);
          if (kind !== 'UNDO' && kind !== 'PART') continue;
          const returned = new Map(kind === 'UNDO' ? [] : [['amount', new Big(amount).div(2)]]);
          replay.reversal({ activityId: id, whole: kind === 'UNDO', returned, recordedAt });
        }
        const report = reportOf(replay);
        const differences = [report.total, ...report.byRule, ...report.byDay].map(({ difference }) => difference);
        expect(differences.every((difference) => difference === 0)).toBe(true);
        expect(report.customers).toMatchObject({ more: 0, less: 0, winners: [], losers: [] });
      }),
      { numRuns: 60 },
    );
  });
});
