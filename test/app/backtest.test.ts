import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';

import { trackActivities } from '#app/activity/track.ts';
import { stopBacktest } from '#app/backtest/cancel.ts';
import { BACKTEST_LOST_MS, runBacktest } from '#app/backtest/run.ts';
import { setAttributeSchema } from '#app/customer/set-attribute-schema.ts';
import { spendPoints } from '#app/ledger/spend-points.ts';
import { assignTier } from '#app/tier/assign.ts';
import { InvalidInputError, InvalidRuleError, NotFoundError, StateConflictError, UserError } from '#domain/errors.ts';
import type { ItemInput, RuleSetInput } from '#domain/rule-set/content.ts';
import { resumeBacktests } from '#src/jobs/run-backtests.ts';
import { beatBacktest, claimBacktest, endBacktest } from '#storage/backtest-store.ts';

import { aPurchase, aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { backtest, happening, makeHistory, runOf, startRun } from '../support/backtest.ts';
import { testDatabase } from '../support/database.ts';
import { aMilestone } from '../support/milestone.ts';
import { aCommand, testDeps, type TestProgram } from '../support/program.ts';
import { draftOf, fixed, publishSet } from '../support/rule-set.ts';
import { aLadder, aTier } from '../support/tier.ts';

const { url } = await testDatabase();
const clock = { now: new Date('2026-01-05T09:00:00Z') };
const deps = testDeps(url, { clock: () => clock.now });

/** The days of the purchases below begin with March. */
beforeEach(() => void (clock.now = new Date('2026-02-28T12:00:00Z')));

const boost = (overrides: Partial<ItemInput<'boosts'>>): ItemInput<'boosts'> => ({
  code: 'boost',
  name: 'Boost',
  multiplier: '2',
  rules: [],
  condition: '',
  validFrom: null,
  validUntil: null,
  hours: [],
  exclusiveGroup: null,
  ...overrides,
});

/** Something of everything that remembers: caps, a budget, a cool-down, counters, tiers, groups. */
const EVERYTHING: RuleSetInput = {
  earningRules: [
    {
      ...PURCHASE_RULE,
      code: 'spend',
      caps: [
        { per: 'DAY', points: 300, uses: null, beyond: 'TRUNCATE' },
        { per: 'MONTH', points: null, uses: 5, beyond: 'REFUSE' },
      ],
    },
    fixed(25, { code: 'third', condition: 'counters.thisMonth == 2', exclusiveGroup: 'bonus', priority: 5 }),
    fixed(7, { code: 'silver', condition: 'tier == "silver"', exclusiveGroup: 'bonus' }),
    fixed(3, { code: 'visit', activityType: 'visit', coolDownMinutes: 2_880 }),
  ],
  boosts: [boost({ condition: 'tier == "gold"', rules: ['spend'] })],
  budgets: [
    {
      code: 'purse',
      name: 'Purse',
      rules: ['spend'],
      currency: null,
      per: 'MONTH',
      points: 900,
      uses: null,
      money: null,
      beyond: 'TRUNCATE',
    },
  ],
  ladders: [
    aLadder({
      period: { kind: 'ROLLING', days: 30, months: null },
      tiers: [aTier('bronze', '0'), aTier('silver', '150'), aTier('gold', '500')],
    }),
    aLadder({
      code: 'spender',
      basis: { kind: 'SPEND', activityType: 'purchase', property: 'amount' },
      period: { kind: 'CALENDAR', unit: 'MONTH' },
      tiers: [aTier('small', '100'), aTier('big', '600')],
      downgrade: 'ONE_STEP',
    }),
  ],
};

test('the replay of the live rules equals the record to the point, and an equal draft differs by nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 12, maxLength: 25 }), async (happenings) => {
      const shop = await aShop(deps, { policies: { dailyPointsCap: 500 } }, []);
      const customers = await someCustomers(deps, shop, 4);
      await publishSet(deps, shop, EVERYTHING);
      const done = await makeHistory(deps, shop, customers, happenings, clock);
      const report = await backtest(deps, shop);
      expect(report).toMatchObject({ activities: done.tracked, total: { difference: 0, recordedDifference: 0 } });
      for (const line of [...report.byRule, ...report.byDay, ...report.byCurrency])
        expect(line).toMatchObject({ difference: 0, recordedDifference: 0 });
      expect(report.customers).toMatchObject({ more: 0, less: 0, gained: 0, lost: 0, winners: [], losers: [] });
      expect(report.tierMoves.map(({ moved }) => moved)).not.toContain(1);
      expect(report.leftOut).toEqual([]);
      const [row] = await deps.reads.query<{ points: number }>(
        `select coalesce(sum(case kind when 'EARN' then amount else -amount - uncollected end), 0)::bigint as points
         from ledger_transaction where program_id = $1 and kind in ('EARN', 'REVERSE')`,
        [shop.programId],
      );
      expect(report.total.recorded).toBe(row?.points);
    }),
    { numRuns: 3, endOnFailure: true },
  );
});

test('milestones, capped balances, spending and tiers by hand are replayed to the point', async () => {
  const shop = await aShop(deps, {}, []);
  const customers = await someCustomers(deps, shop, 3);
  await deps.postgres.query('update point_currency set balance_cap = 400 where program_id = $1', [shop.programId]);
  await publishSet(deps, shop, {
    earningRules: [PURCHASE_RULE, fixed(3, { code: 'silver', condition: 'tier == "silver"', priority: 5 })],
    milestones: [
      aMilestone({ thresholds: ['2', '4'], points: 25 }),
      aMilestone({ code: 'each', measure: { kind: 'POINTS', currency: null }, every: '100', points: 7 }),
    ],
    ladders: [aLadder({ tiers: [aTier('bronze', '0'), aTier('silver', '700')] })],
  });
  const histories = fc.sample(fc.array(happening, { minLength: 5, maxLength: 7 }), { seed: 7, numRuns: 3 });
  for (const [index, history] of histories.entries()) {
    await makeHistory(deps, shop, customers, history, clock);
    const [customer, id] = [{ id: customers[index] ?? '', externalId: null }, customers[index] ?? ''];
    const spending = { customer, amount: 50, currency: null, reason: null };
    await spendPoints(deps, shop.scope, aCommand('pointsSpend', id), spending).catch(refusedOnly);
    const given = {
      customer,
      ladder: 'status',
      tier: 'silver',
      kind: 'MANUAL' as const,
      until: null,
      reason: 'Friend',
    };
    await assignTier(deps, shop.scope, aCommand('tierAssign', id), given).catch(refusedOnly);
  }
  await makeHistory(deps, shop, customers, histories[0] ?? [], clock);
  const report = await backtest(deps, shop, 'DRAFT', { options: { pageSize: 1_000 } });
  expect(report).toMatchObject({ total: { difference: 0, recordedDifference: 0 }, leftOut: [] });
  expect(report.byRule.map(({ ruleCode }) => ruleCode)).toEqual(['each', 'purchase_points', 'regular', 'silver']);
  for (const line of [...report.byRule, ...report.byDay])
    expect(line).toMatchObject({ difference: 0, recordedDifference: 0 });
  const cut = await deps.reads.query(
    `select from activity a, jsonb_array_elements(a.effects) e where a.program_id = $1 and e ->> 'cappedBy' = 'BALANCE'`,
    [shop.programId],
  );
  expect(cut.length).toBeGreaterThan(0);
});

function refusedOnly(error: unknown): void {
  if (!(error instanceof UserError)) throw error;
}

/** Purchases of so many whole units, one after the other, a day apart from 1 March 2026 on. */
async function purchases(shop: TestProgram, customer: string, ...amounts: number[]): Promise<void> {
  for (const [index, amount] of amounts.entries()) {
    const occurredAt = new Date(Date.UTC(2026, 2, 1 + index, 12));
    if (clock.now < occurredAt) clock.now = occurredAt;
    const report = aPurchase(customer, { occurredAt, properties: { amount: String(amount) } });
    await trackActivities(deps.tracking, shop.scope, aCommand('activityTrackBatch', report), [report]);
  }
}

const doubled: RuleSetInput = {
  earningRules: [{ ...PURCHASE_RULE, award: { ...PURCHASE_RULE.award, pointsPerUnit: '2' } as never }],
};

describe('a back-test', () => {
  test('tells what a doubled award would have given: in total, by rule, day and customer, and in money', async () => {
    const shop = await aShop(deps);
    const [ann, ben] = (await someCustomers(deps, shop, 2)) as [string, string];
    await purchases(shop, ann, 10, 20);
    await purchases(shop, ben, 5);
    await draftOf(deps, shop, doubled);
    const report = await backtest(deps, shop, 'DRAFT', { value: { minorPerThousand: '12.5', moneyCurrency: 'EUR' } });
    expect(report.total).toEqual({ recorded: 35, live: 35, draft: 70, difference: 35, recordedDifference: 0 });
    expect(report.byRule).toMatchObject([{ ruleCode: 'purchase_points', live: 35, draft: 70 }]);
    expect(report.byDay).toMatchObject([
      { day: '2026-03-01', live: 15, draft: 30 },
      { day: '2026-03-02', live: 20, draft: 40 },
    ]);
    expect(report.customers).toMatchObject({ customers: 2, more: 2, less: 0, equal: 0, gained: 35, lost: 0 });
    expect(report.customers.winners.map(({ customerId, difference }) => [customerId, difference])).toEqual([
      [ann, 30],
      [ben, 5],
    ]);
    const points = { recorded: 35, live: 35, draft: 70, difference: 35 };
    expect(report.liability).toMatchObject([{ code: 'points', points, money: { live: 0, draft: 1, difference: 1 } }]);
  });

  test('counts only what occurred in its days, and lets what lies before use up caps', async () => {
    const shop = await aShop(deps);
    const [ann] = (await someCustomers(deps, shop, 1)) as [string];
    await purchases(shop, ann, 10, 20, 40);
    const capped = { per: 'ALL_TIME' as const, points: 35, uses: null, beyond: 'TRUNCATE' as const };
    await draftOf(deps, shop, { earningRules: [{ ...PURCHASE_RULE, caps: [capped] }] });
    const from = new Date('2026-03-02T00:00:00Z');
    const to = new Date('2026-03-03T00:00:00Z');
    expect((await backtest(deps, shop, 'DRAFT', { from, to })).total).toMatchObject({ live: 20, draft: 20 });
    expect((await backtest(deps, shop, 'DRAFT', { from })).total).toMatchObject({ live: 60, draft: 25 });
  });

  test('tells tier moves, and winners and losers by tier and attribute, against a revision of old', async () => {
    const ladders = [aLadder({ tiers: [aTier('bronze', '0'), aTier('silver', '50')] })];
    const shop = await aShop(deps, {}, []);
    await publishSet(deps, shop, { ladders, earningRules: [PURCHASE_RULE] });
    const [ann, ben] = (await someCustomers(deps, shop, 2)) as [string, string];
    await purchases(shop, ann, 60);
    await purchases(shop, ben, 30);
    const plan = { name: 'plan', type: 'STRING' as const, required: false, oneOf: null };
    const schema = { attributes: [plan] };
    await setAttributeSchema(deps, shop.scope, aCommand('attributeSchemaSet', schema), schema);
    await deps.postgres.query(`update customer set attributes = '{"plan": "pro"}' where id = $1`, [ann]);
    await draftOf(deps, shop, { ladders, ...doubled });
    const report = await backtest(deps, shop, 'DRAFT', { segmentBy: 'plan' });
    expect(report.customers.bySegment).toMatchObject([
      { value: null, more: 1, gained: 30, isRest: false },
      { value: 'pro', more: 1, gained: 60, isRest: false },
    ]);
    expect(report.tierMoves).toEqual([
      {
        ladder: 'status',
        moved: 1,
        moves: expect.arrayContaining([
          { live: 'bronze', draft: 'silver', customers: 1 },
          { live: 'silver', draft: 'silver', customers: 1 },
        ]),
      },
    ]);
    expect(report.customers.byTier).toMatchObject([
      { value: 'bronze', more: 1, gained: 30 },
      { value: 'silver', more: 1, gained: 60 },
    ]);
    expect((await backtest(deps, shop, 1)).total.difference).toBe(0);
  });

  test('takes customers as they were enrolled when an activity was recorded', async () => {
    const shop = await aShop(deps);
    const [ann] = (await someCustomers(deps, shop, 1)) as [string];
    await purchases(shop, ann, 10, 20);
    await deps.postgres.query("update customer set enrolment_state = 'LEFT' where id = $1", [ann]);
    expect((await backtest(deps, shop)).total).toMatchObject({ recorded: 30, live: 0, recordedDifference: -30 });
    await deps.postgres.query(
      `insert into enrolment (program_id, id, customer_id, state, from_at, to_at, actor)
       values ($1, $3, $2, 'ENROLLED', '2026-02-01Z', '2026-03-02Z', 'test'), ($1, $4, $2, 'LEFT', '2026-03-02Z', null, 'test')`,
      [shop.programId, ann, deps.newId(), deps.newId()],
    );
    expect((await backtest(deps, shop)).total).toMatchObject({ recorded: 30, live: 10, recordedDifference: -20 });
  });

  test('leaves no trace but its own row', async () => {
    const shop = await aShop(deps);
    const [ann] = (await someCustomers(deps, shop, 1)) as [string];
    await purchases(shop, ann, 10, 20);
    await draftOf(deps, shop, doubled);
    const runId = await startRun(deps, shop);
    const before = await everything();
    await runBacktest(deps, { programId: shop.programId, runId });
    expect(await everything()).toEqual(before);
    expect(await runOf(deps, shop, runId)).toMatchObject({ state: 'DONE', attempt: 1, activitiesDone: 2 });
  });

  test('that was killed begins anew, and the one who had it can write no more', async () => {
    const shop = await aShop(deps);
    const [ann] = (await someCustomers(deps, shop, 1)) as [string];
    await purchases(shop, ann, 10, 20);
    await draftOf(deps, shop, doubled);
    const runId = await startRun(deps, shop);
    const { programId } = shop;
    const now = clock.now;
    const dead = await claimBacktest(deps.reads, programId, runId, { now, lostBefore: now });
    const claim = { programId, id: runId, attempt: dead?.attempt ?? 0 };
    expect(await beatBacktest(deps.reads, claim, { now, done: 1, total: 2 })).toBe(true);
    await runBacktest(deps, { programId, runId });
    expect(await runOf(deps, shop, runId)).toMatchObject({ state: 'RUNNING', attempt: 1, activitiesDone: 1 });

    clock.now = new Date(now.getTime() + BACKTEST_LOST_MS + 1);
    expect(await resumeBacktests(deps)).toBe(1);
    await runBacktest(deps, { programId, runId });
    expect(await beatBacktest(deps.reads, claim, { now, done: 2, total: 2 })).toBe(false);
    expect(await endBacktest(deps.reads, claim, now, { failure: 'too late' })).toBe(false);
    const run = await runOf(deps, shop, runId);
    expect(run).toMatchObject({ state: 'DONE', attempt: 2, report: { activities: 2, total: { draft: 60 } } });
  });

  test('that is cancelled stops, and cannot be cancelled twice or by another program', async () => {
    const shop = await aShop(deps);
    const other = await aShop(deps);
    const runId = await startRun(deps, shop);
    const cancel = (program: TestProgram) =>
      stopBacktest(deps, program.scope, aCommand('ruleSetBacktestCancel', { runId }), { runId });
    await expect(cancel(other)).rejects.toThrow(NotFoundError);
    await cancel(shop);
    await runBacktest(deps, { programId: shop.programId, runId });
    expect(await runOf(deps, shop, runId)).toMatchObject({ state: 'CANCELLED', attempt: 0, report: null });
    await expect(cancel(shop)).rejects.toThrow(StateConflictError);
  });

  test('is one at a time a program, waits again when its worker stops, and fails beyond its bound', async () => {
    const shop = await aShop(deps);
    const [ann] = (await someCustomers(deps, shop, 1)) as [string];
    await purchases(shop, ann, 10, 20);
    const runId = await startRun(deps, shop);
    await expect(startRun(deps, shop)).rejects.toThrow(StateConflictError);
    const of = { programId: shop.programId, runId };
    await runBacktest(deps, of, { signal: AbortSignal.abort() });
    expect(await runOf(deps, shop, runId)).toMatchObject({ state: 'QUEUED', activitiesDone: 0, heartbeatAt: null });
    await runBacktest(deps, of, { activitiesMax: 1 });
    const { state, failure } = await runOf(deps, shop, runId);
    expect([state, failure]).toEqual(['FAILED', expect.stringContaining('at most 1 activities')]);
    await startRun(deps, shop);
  });

  test('refuses rules that do not compile, and days and attributes that make no sense', async () => {
    const shop = await aShop(deps);
    await draftOf(deps, shop, { earningRules: [{ ...PURCHASE_RULE, condition: 'activity.nothing > 1' }] });
    await expect(startRun(deps, shop)).rejects.toThrow(InvalidRuleError);
    await expect(startRun(deps, shop, 9)).rejects.toThrow(NotFoundError);
    const from = new Date('2026-03-02T00:00:00Z');
    await expect(startRun(deps, shop, 1, { from, to: from })).rejects.toThrow(InvalidInputError);
    await expect(startRun(deps, shop, 1, { from: new Date(0) })).rejects.toThrow(InvalidInputError);
    await expect(startRun(deps, shop, 1, { segmentBy: 'shoe' })).rejects.toThrow(InvalidInputError);
  });
});

/** A hash of every row of every table but the runs. */
async function everything(): Promise<Record<string, string>> {
  const tables = await deps.reads.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'backtest_run' order by 1",
  );
  const hashes: Record<string, string> = {};
  for (const { name } of tables) {
    const rows = await deps.reads.query<{ row: string }>(`select t::text as row from "${name}" t order by 1`);
    hashes[name] = createHash('sha256').update(JSON.stringify(rows)).digest('hex');
  }
  return hashes;
}
