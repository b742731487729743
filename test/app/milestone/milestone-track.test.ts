import { beforeEach, describe, expect, it } from 'vitest';

import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivities, trackActivity } from '#app/activity/track.ts';
import { readMilestones } from '#app/milestone/read.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import type { ActivityReport } from '#domain/activity/activity.ts';
import type { Effect, MilestoneReached } from '#domain/activity/effect.ts';
import type { ItemInput } from '#domain/rule-set/content.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';

import { aPurchase, aShop, balanceOf, PURCHASE_RULE, someCustomers } from '../../support/activity.ts';
import { testDatabase } from '../../support/database.ts';
import { aMilestone } from '../../support/milestone.ts';
import { aCommand, testDeps, type TestProgram } from '../../support/program.ts';
import { publishSet } from '../../support/rule-set.ts';
import { aLadder, aTier } from '../../support/tier.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const other = testDeps(url);

let program: TestProgram;
let customer: string;

beforeEach(async () => {
  program = await aShop(deps, { mode: 'TEST', timeZone: 'America/New_York' }, []);
  [customer = ''] = await someCustomers(deps, program, 1);
  await at('2026-03-15T12:00:00Z');
});

const at = (now: string) => setProgramClock(deps, program.scope, aCommand('clock', now), { now: new Date(now) });
const publish = (...milestones: ItemInput<'milestones'>[]) => publishSet(deps, program, { milestones });
const expectSound = async () => expect(await checkInvariants(deps.reads, program.programId)).toEqual([]);

type Bought = { id: string; effects: Effect[]; reached: string[] };

const describeOne = ({ milestoneCode, period, threshold }: MilestoneReached) =>
  `${milestoneCode} ${period} ${threshold}`;
const reachedIn = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === 'MILESTONE_REACHED' ? [describeOne(effect)] : []));

async function buy(overrides: Partial<ActivityReport> = {}): Promise<Bought> {
  const report = aPurchase(customer, overrides);
  const { activities } = await trackActivity(deps.tracking, program.scope, aCommand('activityTrack', report), report);
  const [row] = [...activities.values()];
  return { id: row!.id, effects: row!.effects, reached: reachedIn(row!.effects) };
}

const of = (amount: string): Partial<ActivityReport> => ({ properties: { amount } });
const on = (occurredAt: string): Partial<ActivityReport> => ({ occurredAt: new Date(occurredAt) });

function reverse(activityId: string, request: Parameters<typeof reverseActivity>[3]['request'] = { kind: 'WHOLE' }) {
  const input = { activityId, messageId: null, request, reason: null, occurredAt: null };
  return reverseActivity(deps, program.scope, aCommand('activityReverse', { activityId }), input);
}

const progress = async () => {
  // Readers may be a moment behind a publication; this one shall not be.
  await deps.catalogues.at(deps.reads, program.programId);
  const all = (await readMilestones(deps, program.programId, [customer])).get(customer) ?? [];
  return all.map(({ value, next, missing, reached }) => [
    value.toFixed(),
    next?.toFixed() ?? null,
    missing?.toFixed() ?? null,
    reached.map(({ threshold }) => threshold),
  ]);
};

describe('a milestone', () => {
  it('is reached by the nth activity, gives its points once and tells how far the next one is', async () => {
    await publish(aMilestone({ thresholds: ['2', '4'], points: 70 }));
    expect(await progress()).toEqual([['0', '2', '2', []]]);
    expect((await buy()).reached).toEqual([]);
    const second = await buy();
    expect(second.effects).toEqual([
      {
        kind: 'MILESTONE_REACHED',
        milestoneId: expect.any(String),
        milestoneCode: 'regular',
        milestoneName: 'Regular',
        revision: 1,
        period: 'all',
        threshold: '2',
        currencyId: program.currencyId,
        points: 70,
        uncapped: 70,
        transactionId: expect.any(String),
        expiresAt: null,
      },
    ]);
    expect((await buy()).reached).toEqual([]);
    expect(await progress()).toEqual([['3', '4', '1', ['2']]]);
    expect((await buy()).reached).toEqual(['regular all 4']);
    expect((await buy()).reached).toEqual([]);
    expect(await progress()).toEqual([['5', null, null, ['4', '2']]]);
    expect(await balanceOf(deps, program, customer)).toMatchObject({ available: 140 });
    await expectSound();
  });

  it('by amount gives every threshold that one activity crosses, and each multiple of an amount', async () => {
    const sum = { kind: 'SUM' as const, activityType: 'purchase', property: 'amount' };
    await publish(
      aMilestone({ code: 'listed', measure: sum, thresholds: ['10', '20.5', '1000'], points: 1 }),
      aMilestone({ code: 'each', measure: sum, every: '8.25', points: 10, expiry: { months: null, days: 3 } }),
    );
    const { reached, effects } = await buy(of('20.5'));
    expect(reached).toEqual(['listed all 10', 'listed all 20.5', 'each all 8.25', 'each all 16.5']);
    expect(effects.at(-1)).toMatchObject({ points: 10, expiresAt: '2026-03-19T04:00:00.000Z' });
    expect((await buy(of('4.25'))).reached).toEqual(['each all 24.75']);
    expect((await buy(of('8.24'))).reached).toEqual([]);
    expect((await buy(of('0.01'))).reached).toEqual(['each all 33']);
    await expectSound();
  });

  it('counts within the period of the activity’s own local day, late ones too, and each period anew', async () => {
    await publish(
      aMilestone({ thresholds: ['2'], period: 'MONTH' }),
      aMilestone({ code: 'yearly', every: '3', period: 'YEAR' }),
    );
    await buy(on('2026-02-28T12:00:00Z'));
    expect((await buy(on('2026-03-01T04:59:59Z'))).reached).toEqual(['regular 2026-02 2']);
    expect((await buy(on('2026-03-01T05:00:00Z'))).reached).toEqual(['yearly 2026 3']);
    expect((await buy(on('2026-02-10T05:00:00Z'))).reached).toEqual([]);
    expect((await buy()).reached).toEqual(['regular 2026-03 2']);
    await expectSound();
  });

  it('holds within a batch as over single calls', async () => {
    const sum = { kind: 'SUM' as const, activityType: 'purchase', property: 'amount' };
    await publish(aMilestone({ measure: sum, every: '10', points: 1 }));
    const items = ['5', '5', '-15', '20', '25'].map((amount) => aPurchase(customer, of(amount)));
    const { activities } = await trackActivities(deps.tracking, program.scope, aCommand('batch', items), items);
    expect([...activities.values()].map(({ effects }) => reachedIn(effects))).toEqual([
      [],
      ['regular all 10'],
      [],
      [],
      ['regular all 20', 'regular all 30', 'regular all 40'],
    ]);
    const again = ['-30', '35'].map((amount) => aPurchase(customer, of(amount)));
    const later = await trackActivities(deps.tracking, program.scope, aCommand('batch', again), again);
    expect([...later.activities.values()].map(({ effects }) => reachedIn(effects))).toEqual([[], []]);
    await expectSound();
  });

  it('counts points as they are earned, its own and those of other milestones with them', async () => {
    const earned = { kind: 'POINTS' as const, currency: null };
    await publishSet(deps, program, {
      earningRules: [PURCHASE_RULE],
      milestones: [
        aMilestone({
          code: 'first',
          measure: { kind: 'COUNT', activityType: 'purchase' },
          thresholds: ['1'],
          points: 95,
        }),
        aMilestone({ code: 'hundred', measure: earned, thresholds: ['100', '150'], points: 50 }),
      ],
      ladders: [aLadder({ tiers: [aTier('bronze', '0'), aTier('silver', '205')] })],
    });
    const { effects, reached } = await buy(of('10'));
    // 10 by the rule, 95 by the first purchase, 50 by passing 100, and 50 by thus passing 150.
    expect(reached).toEqual(['first all 1', 'hundred all 100', 'hundred all 150']);
    expect(await balanceOf(deps, program, customer)).toMatchObject({ available: 205 });
    expect(effects.at(-1)).toMatchObject({ kind: 'TIER_CHANGED', to: 'silver' });
    await expectSound();
  });

  it('is not reached while it is paused or the customer is not enrolled, nor for that afterwards', async () => {
    const paused = aMilestone({ thresholds: ['1', '2'], paused: true });
    await publish(paused);
    expect((await buy()).reached).toEqual([]);
    expect(await progress()).toEqual([]);
    await publish({ ...paused, paused: false });
    expect((await buy()).reached).toEqual(['regular all 2']);
    [customer = ''] = await someCustomers(deps, program, 1, 'guest', 'NOT_ENROLLED');
    expect((await buy()).reached).toEqual([]);
    await deps.postgres.query(`update customer set enrolment_state = 'ENROLLED' where id = $1`, [customer]);
    expect((await buy()).reached).toEqual(['regular all 2']);
    await expectSound();
  });

  it('gives what the cap on a balance leaves, which may be nothing, and is reached all the same', async () => {
    await deps.postgres.query('update point_currency set balance_cap = 30 where program_id = $1', [program.programId]);
    await publish(aMilestone({ every: '1', points: 20 }));
    const given = async () => {
      const [effect] = (await buy()).effects;
      return effect?.kind === 'MILESTONE_REACHED' ? [effect.points, effect.transactionId !== null] : null;
    };
    expect([await given(), await given(), await given()]).toEqual([
      [20, true],
      [10, true],
      [0, false],
    ]);
    await expectSound();
  });
});

describe('a reversal', () => {
  it('of the activity that reached a threshold takes its points back, and never lets it award again', async () => {
    await publish(aMilestone({ thresholds: ['2'] }));
    await buy();
    const second = await buy();
    expect(await reverse(second.id)).toMatchObject({ pointsReversed: 100, pointsUncollected: 0 });
    expect(await balanceOf(deps, program, customer)).toMatchObject({ available: 0 });
    expect(await progress()).toEqual([['1', null, null, ['2']]]);
    expect((await buy()).reached).toEqual([]);
    expect((await buy()).reached).toEqual([]);
    await expectSound();
  });

  it('of another activity, or of a part, leaves the points', async () => {
    const sum = { kind: 'SUM' as const, activityType: 'purchase', property: 'amount' };
    await publish(aMilestone({ measure: sum, thresholds: ['15'] }));
    const first = await buy(of('10'));
    const second = await buy(of('10'));
    expect(second.reached).toEqual(['regular all 15']);
    const part = { kind: 'AMOUNT' as const, property: 'amount', amount: '8' };
    expect(await reverse(second.id, part)).toMatchObject({ pointsReversed: 0 });
    expect(await reverse(first.id)).toMatchObject({ pointsReversed: 0 });
    expect(await progress()).toEqual([['2', null, null, ['15']]]);
    expect((await buy(of('50'))).reached).toEqual([]);
    expect(await balanceOf(deps, program, customer)).toMatchObject({ available: 100 });
    await expectSound();
  });
});

describe('publication', () => {
  it('counts the whole past, and awards nothing for thresholds that were passed before', async () => {
    await publishSet(deps, program, { earningRules: [PURCHASE_RULE] });
    for (const amount of ['10', '20', '30']) await buy(of(amount));
    await publish(
      aMilestone({ thresholds: ['2', '4'] }),
      aMilestone({ code: 'earned', measure: { kind: 'POINTS', currency: null }, thresholds: ['60', '100'] }),
    );
    expect(await progress()).toEqual([
      ['3', '4', '1', []],
      ['60', '100', '40', []],
    ]);
    await expectSound();
    // The hundred of the fourth purchase are points earned, too.
    expect((await buy(of('1'))).reached).toEqual(['regular all 4', 'earned all 100']);
    await expectSound();
  });

  it('of other thresholds keeps what was reached of the same ones', async () => {
    await publish(aMilestone({ thresholds: ['1', '2'] }));
    const [, second] = [await buy(), await buy()];
    await reverse(second.id);
    await publish(aMilestone({ thresholds: ['2.0', '3'], points: 5 }));
    expect((await buy()).reached).toEqual([]);
    expect((await buy()).reached).toEqual(['regular all 3']);
    await expectSound();
  });
});

it('two processes that count at once reach each threshold once, and every one of them', async () => {
  await publish(
    aMilestone({ every: '5', points: 1 }),
    aMilestone({ code: 'listed', thresholds: ['7', '40'], points: 100 }),
  );
  const customers = await someCustomers(deps, program, 3, 'busy');
  const reports = Array.from({ length: 120 }, (_, index) => aPurchase(customers[index % 3] ?? ''));
  await Promise.all(
    reports.map((report, index) =>
      trackActivity((index % 2 === 0 ? deps : other).tracking, program.scope, aCommand('activityTrack', index), report),
    ),
  );
  // Forty purchases each: eight multiples of five, and both listed thresholds.
  for (const each of customers) expect(await balanceOf(deps, program, each)).toMatchObject({ available: 208 });
  await expectSound();
});
