import { afterAll, describe, expect, test } from 'vitest';

import { reverseActivity, type ActivityReverseInput } from '#app/activity/reverse.ts';
import { trackActivity } from '#app/activity/track.ts';
import { InvalidInputError, NotFoundError, StateConflictError } from '#domain/errors.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';

import { aPurchase, aShop, balanceOf, publish, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, testDeps, type TestProgram } from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

afterAll(async () => expect(await checkInvariants(deps.reads)).toEqual([]));

async function buy(
  shop: TestProgram,
  customer: string,
  overrides: Parameters<typeof aPurchase>[1] = {},
): Promise<string> {
  const { items } = await trackActivity(
    deps.tracking,
    shop.scope,
    aCommand('activityTrack', overrides),
    aPurchase(customer, overrides),
  );
  const [item] = items;
  if (item?.status !== 'TRACKED') throw new Error('not tracked');
  return item.activityId;
}

function reverse(shop: TestProgram, activityId: string, request: ActivityReverseInput['request'] = { kind: 'WHOLE' }) {
  return reverseActivity(deps, shop.scope, aCommand('activityReverse', { activityId, request }), {
    activityId,
    messageId: null,
    request,
    reason: 'returned',
    occurredAt: null,
  });
}

describe('a whole reversal', () => {
  test('takes back what the activity earned, once: of 20 parallel ones 19 are refused', async () => {
    const shop = await aShop(deps);
    const [customer] = await someCustomers(deps, shop, 1);
    await buy(shop, customer!);
    const activityId = await buy(shop, customer!);
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => reverse(shop, activityId)));
    const done = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(done).toMatchObject([{ value: { pointsReversed: 10, pointsUncollected: 0 } }]);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(StateConflictError);
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ available: 10 });
  });

  test('gives back the room that the activity took of a cap, and what conditions counted', async () => {
    const capped = {
      ...PURCHASE_RULE,
      caps: [{ per: 'DAY' as const, points: 10, uses: null, beyond: 'REFUSE' as const }],
    };
    const first = {
      ...PURCHASE_RULE,
      code: 'first',
      condition: 'counters.allTime == 0',
      award: { kind: 'FIXED' as const, points: 5 },
    };
    const shop = await aShop(deps, {}, [capped, first]);
    const [customer] = await someCustomers(deps, shop, 1);
    const activityId = await buy(shop, customer!);
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ available: 15 });
    await reverse(shop, activityId);
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ available: 0 });
    await buy(shop, customer!);
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ available: 15 });
  });

  test('finds the activity by its message id, and an unknown one answers as if it did not exist', async () => {
    const shop = await aShop(deps);
    const [customer] = await someCustomers(deps, shop, 1);
    await buy(shop, customer!, { messageId: 'order-7' });
    const byMessage = (messageId: string) =>
      reverseActivity(deps, shop.scope, aCommand('activityReverse', messageId), {
        activityId: null,
        messageId,
        request: { kind: 'WHOLE' },
        reason: null,
        occurredAt: null,
      });
    await expect(byMessage('order-8')).rejects.toThrow(NotFoundError);
    expect(await byMessage('order-7')).toMatchObject({ pointsReversed: 10 });
    const stranger = await aShop(deps);
    await expect(
      reverseActivity(deps, stranger.scope, aCommand('activityReverse', 1), {
        activityId: null,
        messageId: 'order-7',
        request: { kind: 'WHOLE' },
        reason: null,
        occurredAt: null,
      }),
    ).rejects.toThrow(NotFoundError);
  });
});

describe('a partial reversal', () => {
  test('leaves what the rule gives for the rest, so that parts add up to the whole', async () => {
    const shop = await aShop(deps);
    const [customer] = await someCustomers(deps, shop, 1);
    const activityId = await buy(shop, customer!, { properties: { amount: '10.00' } });
    const parts = [];
    for (let part = 0; part < 3; part += 1)
      parts.push(
        (await reverse(shop, activityId, { kind: 'AMOUNT', property: 'amount', amount: '3.33' })).pointsReversed,
      );
    expect(parts).toEqual([4, 3, 3]); // 10 − ⌊6.67⌋, 6 − ⌊3.34⌋, 3 − ⌊0.01⌋
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ available: 0 });
    expect(
      (await reverse(shop, activityId, { kind: 'AMOUNT', property: 'amount', amount: '0.01' })).pointsReversed,
    ).toBe(0);
    await expect(reverse(shop, activityId, { kind: 'AMOUNT', property: 'amount', amount: '0.01' })).rejects.toThrow(
      'Only 0 of amount is left',
    );
  });

  test('uses the rule as it was when the points were earned', async () => {
    const shop = await aShop(deps);
    const [customer] = await someCustomers(deps, shop, 1);
    const activityId = await buy(shop, customer!, { properties: { amount: '10' } });
    await publish(deps, shop, {
      ...PURCHASE_RULE,
      award: { kind: 'PER_UNIT', property: 'amount', pointsPerUnit: '5', rounding: 'FLOOR' },
    });
    expect((await reverse(shop, activityId, { kind: 'AMOUNT', property: 'amount', amount: '4' })).pointsReversed).toBe(
      4,
    );
  });

  test('takes lines by name, each once', async () => {
    const shop = await aShop(deps);
    const [customer] = await someCustomers(deps, shop, 1);
    const lines = [
      { id: 'a', amounts: { amount: '6.00' } },
      { id: 'b', amounts: { amount: '4.00' } },
    ];
    const activityId = await buy(shop, customer!, { properties: { amount: '10.00' }, lines });
    expect((await reverse(shop, activityId, { kind: 'LINES', lineIds: ['a'] })).pointsReversed).toBe(6);
    await expect(reverse(shop, activityId, { kind: 'LINES', lineIds: ['a'] })).rejects.toThrow(StateConflictError);
    await expect(reverse(shop, activityId, { kind: 'LINES', lineIds: ['c'] })).rejects.toThrow(InvalidInputError);
    expect((await reverse(shop, activityId)).pointsReversed).toBe(4);
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ available: 0 });
  });

  test('leaves a fixed award until the whole activity is reversed', async () => {
    const shop = await aShop(deps, {}, [{ ...PURCHASE_RULE, award: { kind: 'FIXED', points: 7 } }]);
    const [customer] = await someCustomers(deps, shop, 1);
    const activityId = await buy(shop, customer!, { properties: { amount: '10' } });
    expect((await reverse(shop, activityId, { kind: 'AMOUNT', property: 'amount', amount: '10' })).pointsReversed).toBe(
      0,
    );
    expect((await reverse(shop, activityId)).pointsReversed).toBe(7);
  });
});

describe('points that wait', () => {
  test('become available by the activity that carries the same order, and by no other', async () => {
    const waiting = {
      ...PURCHASE_RULE,
      pending: { kind: 'UNTIL_ACTIVITY' as const, activityType: 'delivery', matchProperty: 'order' },
    };
    const shop = await aShop(deps, {}, [waiting]);
    const [customer] = await someCustomers(deps, shop, 1);
    await buy(shop, customer!, { properties: { amount: '10', order: 'A' } });
    await buy(shop, customer!, { properties: { amount: '20', order: 'B' } });
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ pending: 30, available: 0 });
    const deliver = (order: string) =>
      trackActivity(
        deps.tracking,
        shop.scope,
        aCommand('activityTrack', order),
        aPurchase(customer!, { type: 'delivery', properties: { order } }),
      );
    await deliver('C');
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ pending: 30, available: 0 });
    const { activities } = await deliver('B');
    expect([...activities.values()][0]?.effects).toMatchObject([{ kind: 'POINTS_RELEASED', points: 20 }]);
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ pending: 10, available: 20 });
  });

  test('are cancelled first by a reversal, whatever the clawback policy', async () => {
    const waiting = { ...PURCHASE_RULE, pending: { kind: 'DAYS' as const, days: 14 } };
    const shop = await aShop(deps, { policies: { clawbackPolicy: 'PENDING_ONLY' } }, [waiting]);
    const [customer] = await someCustomers(deps, shop, 1);
    const activityId = await buy(shop, customer!);
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ pending: 10, available: 0 });
    expect(await reverse(shop, activityId)).toMatchObject({ pointsReversed: 10, pointsUncollected: 0 });
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ pending: 0, available: 0 });
  });
});
