import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { saveActivityType } from '#app/activity-type/save.ts';
import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivity } from '#app/activity/track.ts';
import { upsertCustomers } from '#app/customer/upsert-batch.ts';
import { celebrateOccasions } from '#app/occasion/celebrate.ts';
import { updatePointCurrencyDetails } from '#app/point-currency/update.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import type { ActivityReport } from '#domain/activity/activity.ts';
import { publicId } from '#domain/ids.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { runReviewTiers } from '#src/jobs/review-tiers.ts';
import { runSettleDue } from '#src/jobs/settle-due.ts';
import { findTierCodes } from '#storage/tier-store.ts';

import { aPurchase, aShop, PURCHASE_RULE } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, asOwner, execute, testDeps, type TestProgram } from '../support/program.ts';
import { redeem } from '../support/redemption.ts';
import { aReward } from '../support/reward.ts';
import { publishSet } from '../support/rule-set.ts';
import { aLadder, aTier } from '../support/tier.ts';

// Ana's year at a shop in New York. Every figure was worked out by hand from the rules below; the comments show how.
//
// - A dollar is a point, rounded down; silver customers get half as much again. Points wait ten days, and live six months.
// - Silver begins at 300 dollars in half a calendar year; after 30 days of grace the review takes a tier back.
// - A birthday is worth 50 points at once. A mug costs 150.

const { url } = await testDatabase();
const deps = testDeps(url);

let shop: TestProgram;
let ana = '';

beforeAll(async () => {
  shop = await aShop(deps, { mode: 'TEST', timeZone: 'America/New_York' }, []);
  await at('2026-01-10T12:00:00-05:00');
  const birthday = { code: 'birthday', name: 'Birthday', customerMayTrack: false, properties: [] };
  await saveActivityType(deps, shop.scope, aCommand('activityTypeSave', birthday), birthday);
  const expiry = { currencyId: shop.currencyId, expiryMonths: 6 };
  await updatePointCurrencyDetails(deps, shop.scope, aCommand('pointCurrencyUpdate', expiry), expiry);
  await publishSet(deps, shop, {
    earningRules: [
      { ...PURCHASE_RULE, pending: { kind: 'DAYS', days: 10 } },
      { ...PURCHASE_RULE, code: 'party', activityType: 'birthday', award: { kind: 'FIXED', points: 50 } },
    ],
    boosts: [
      {
        code: 'silver_bonus',
        name: 'Half as much again for silver',
        multiplier: '1.5',
        rules: [PURCHASE_RULE.code],
        condition: 'tier == "silver"',
        validFrom: null,
        validUntil: null,
        hours: [],
        exclusiveGroup: null,
      },
    ],
    occasions: [{ code: 'birthday', name: 'Birthday', date: { kind: 'BIRTHDAY' }, activityType: 'birthday' }],
    ladders: [
      aLadder({
        basis: { kind: 'SPEND', activityType: 'purchase', property: 'amount' },
        period: { kind: 'CALENDAR', unit: 'HALF_YEAR' },
        tiers: [aTier('member', '0'), aTier('silver', '300'), aTier('gold', '1000')],
        downgrade: 'ONE_STEP',
        graceDays: 30,
      }),
    ],
    rewards: [aReward({ points: 150 })],
  });
});
afterAll(async () => expect(await checkInvariants(deps.reads)).toEqual([]));

/** The program's time moves on, and the worker does what has come due. */
async function at(instant: string): Promise<void> {
  await setProgramClock(deps, shop.scope, aCommand('programClockSet', instant), { now: new Date(instant) });
  await runSettleDue(deps);
  await runReviewTiers(deps);
  await celebrateOccasions(deps, await deps.catalogues.at(deps.reads, shop.programId));
}

async function buys(amount: string, given: Partial<ActivityReport> = {}): Promise<string> {
  const report = aPurchase(ana, { properties: { amount }, ...given });
  const { items } = await trackActivity(deps.tracking, shop.scope, aCommand('activityTrack', report), report);
  const [item] = items;
  if (item?.status !== 'TRACKED') throw new Error('the purchase is tracked');
  return item.activityId;
}

async function tier(): Promise<string | undefined> {
  const { ladders } = (await deps.catalogues.at(deps.reads, shop.programId)).ruleSet;
  return (await findTierCodes(deps.reads, shop.programId, [ana], ladders)).get(ana)?.status;
}

/** Pending and available points, now or as they were. */
async function points(asOf: string | null = null): Promise<[number, number]> {
  const { data } = await execute<{ balance: { pending: number; available: number } }>(
    deps,
    asOwner(shop),
    'query ($id: ID!, $asOf: DateTime) { balance(customerId: $id, asOf: $asOf) { pending available } }',
    { id: publicId('Customer', ana), asOf },
  );
  if (data === null || data === undefined) throw new Error('a customer has a balance');
  return [data.balance.pending, data.balance.available];
}

describe('a year of one customer', () => {
  let april = '';

  test('10 January: Ana joins, with nothing', async () => {
    const items = [{ externalId: 'ana', birthday: '1990-06-15', enrol: true }];
    const [joined] = (await upsertCustomers(deps, shop.scope, aCommand('customerUpsertBatch', items), { items })).items;
    if (joined === undefined || 'refusal' in joined) throw new Error('Ana joins');
    ana = joined.customerId;
    expect([await points(), await tier()]).toEqual([[0, 0], 'member']);
  });

  test('15 January: she spends 120.50, which is 120 points that wait until the end of 25 January', async () => {
    await at('2026-01-15T10:00:00-05:00');
    await buys('120.50');
    expect(await points()).toEqual([120, 0]);
    await at('2026-01-25T23:59:59-05:00');
    expect(await points()).toEqual([120, 0]);
    await at('2026-01-26T00:00:00-05:00');
    expect(await points()).toEqual([0, 120]);
  });

  test('20 February: she spends 200, reaches silver with 320.50, and earns these points as the member that she was', async () => {
    await at('2026-02-20T18:00:00-05:00');
    await buys('200');
    expect([await points(), await tier()]).toEqual([[200, 120], 'silver']);
  });

  test('10 March: she redeems a mug for 150 of her 320 points, the oldest first', async () => {
    await at('2026-03-10T12:00:00-04:00');
    await redeem(deps, shop, ana);
    expect(await points()).toEqual([0, 170]);
  });

  test('5 April: she spends 100 on two things, as silver: 150 points', async () => {
    await at('2026-04-05T09:00:00-04:00');
    const lines = [
      { id: 'lamp', amounts: { amount: '60' } },
      { id: 'vase', amounts: { amount: '40' } },
    ];
    april = await buys('100', { lines });
    expect(await points()).toEqual([150, 170]);
  });

  test('8 April: she returns the vase, and keeps what the lamp is worth: 60 × 1.5 = 90', async () => {
    await at('2026-04-08T09:00:00-04:00');
    const request = { kind: 'LINES' as const, lineIds: ['vase'] };
    const input = { activityId: april, messageId: null, request, occurredAt: null, reason: 'broken' };
    const { pointsReversed } = await reverseActivity(deps, shop.scope, aCommand('activityReverse', input), input);
    expect([pointsReversed, await points()]).toEqual([60, [90, 170]]);
  });

  test('16 April: the ten days are over: 170 + 90', async () => {
    await at('2026-04-16T00:00:00-04:00');
    expect(await points()).toEqual([0, 260]);
  });

  test('15 June: her birthday, 50 points at once', async () => {
    await at('2026-06-15T08:00:00-04:00');
    expect(await points()).toEqual([0, 310]);
  });

  test('1 July: with 120.50 + 200 + 60 = 380.50 in the first half she stays silver', async () => {
    await at('2026-08-01T00:00:00-04:00');
    expect(await tier()).toBe('silver');
  });

  test('21 August: what is left of February expires: 200 − 30 that went into the mug', async () => {
    await at('2026-08-20T23:59:59-04:00');
    expect(await points()).toEqual([0, 310]);
    await at('2026-08-21T00:00:00-04:00');
    expect(await points()).toEqual([0, 140]);
  });

  test('6 October: the lamp’s 90 expire; 16 December: the birthday’s 50', async () => {
    await at('2026-10-06T00:00:00-04:00');
    expect(await points()).toEqual([0, 50]);
    await at('2026-12-16T00:00:00-05:00');
    expect(await points()).toEqual([0, 0]);
  });

  test('31 January: the second half brought nothing, and after 30 days of grace she is a member again', async () => {
    await at('2027-01-30T23:59:59-05:00');
    expect(await tier()).toBe('silver');
    await at('2027-01-31T00:00:00-05:00');
    expect(await tier()).toBe('member');
  });

  test.each([
    ['2026-01-10T12:00:00-05:00', 0, 0],
    ['2026-01-20T00:00:00-05:00', 120, 0],
    ['2026-02-01T00:00:00-05:00', 0, 120],
    ['2026-02-25T00:00:00-05:00', 200, 120],
    ['2026-03-05T00:00:00-05:00', 0, 320],
    ['2026-03-11T00:00:00-04:00', 0, 170],
    ['2026-04-06T00:00:00-04:00', 150, 170],
    ['2026-04-10T00:00:00-04:00', 90, 170],
    ['2026-07-01T00:00:00-04:00', 0, 310],
    ['2026-09-01T00:00:00-04:00', 0, 140],
    ['2026-11-01T00:00:00-04:00', 0, 50],
    ['2027-01-01T00:00:00-05:00', 0, 0],
  ])('looking back, on %s she had %i pending and %i available', async (instant, pending, available) => {
    expect(await points(instant)).toEqual([pending, available]);
  });
});
