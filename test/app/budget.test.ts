import { afterAll, describe, expect, test } from 'vitest';

import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivities, trackActivity } from '#app/activity/track.ts';
import { replaceDraft } from '#app/rule-set/edit-draft.ts';
import { publishRuleSet } from '#app/rule-set/publish.ts';
import type { RuleSetInput } from '#domain/rule-set/content.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';

import { aPurchase, aShop, balanceOf, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aBoost, aBudget } from '../support/earning.ts';
import { aCommand, testDeps, type TestProgram } from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const other = testDeps(url);

afterAll(async () => expect(await checkInvariants(deps.reads)).toEqual([]));

async function aShopWith(sections: RuleSetInput): Promise<TestProgram> {
  const shop = await aShop(deps, {}, []);
  await replaceDraft(deps, shop.scope, aCommand('draftReplace', sections), sections);
  await publishRuleSet(deps, shop.scope, aCommand('ruleSetPublish', {}), { expectedVersion: null, note: null });
  return shop;
}

const withoutId = <Item extends { id: string }>({ id: _given, ...item }: Item): Omit<Item, 'id'> => item;

async function earnedBy(shop: TestProgram): Promise<number> {
  const [row] = await deps.reads.query<{ points: number }>(
    `select coalesce(sum(amount), 0)::bigint as points from ledger_transaction where program_id = $1 and kind = 'EARN'`,
    [shop.programId],
  );
  return row?.points ?? 0;
}

describe('a budget', () => {
  test('is spent to the last point and not beyond by many customers and two processes at once', async () => {
    const budget = withoutId(aBudget({ points: 105 }));
    const shop = await aShopWith({ earningRules: [PURCHASE_RULE], budgets: [budget] });
    const customers = await someCustomers(deps, shop, 40);
    await Promise.all(
      customers.map((customer, index) =>
        trackActivity(
          (index % 2 === 0 ? deps : other).tracking,
          shop.scope,
          aCommand('activityTrack', index),
          aPurchase(customer),
        ),
      ),
    );
    expect(await earnedBy(shop)).toBe(105);
    const usage = await deps.reads.query('select points, uses from budget_usage where program_id = $1', [
      shop.programId,
    ]);
    expect(usage).toEqual([{ points: 105, uses: 11 }]);
  });

  test('gets its room back when an activity is reversed', async () => {
    const budget = withoutId(aBudget({ points: 10 }));
    const shop = await aShopWith({ earningRules: [PURCHASE_RULE], budgets: [budget] });
    const [one = '', two = ''] = await someCustomers(deps, shop, 2);
    const track = (customer: string) =>
      trackActivity(deps.tracking, shop.scope, aCommand('activityTrack', {}), aPurchase(customer));
    const first = await track(one);
    const refused = await track(two);
    expect(refused.activities.values().next().value?.effects).toEqual([]);
    const [item] = first.items;
    if (item?.status !== 'TRACKED') throw new Error('the first purchase is tracked');
    await reverseActivity(deps, shop.scope, aCommand('activityReverse', {}), {
      activityId: item.activityId,
      messageId: null,
      request: { kind: 'WHOLE' },
      occurredAt: null,
      reason: 'returned',
    });
    await track(two);
    expect(await balanceOf(deps, shop, two)).toMatchObject({ available: 10 });
    expect(await balanceOf(deps, shop, one)).toMatchObject({ available: 0 });
  });
});

test('a part that is returned is valued with the boosts under which it was earned', async () => {
  const boost = withoutId(aBoost({ multiplier: '2' }));
  const shop = await aShopWith({ earningRules: [PURCHASE_RULE], boosts: [boost] });
  const [customer = ''] = await someCustomers(deps, shop, 1);
  const { items } = await trackActivity(
    deps.tracking,
    shop.scope,
    aCommand('activityTrack', {}),
    aPurchase(customer, { properties: { amount: '10.5' } }),
  );
  expect(await balanceOf(deps, shop, customer)).toMatchObject({ available: 21 });
  const [item] = items;
  if (item?.status !== 'TRACKED') throw new Error('the purchase is tracked');
  await reverseActivity(deps, shop.scope, aCommand('activityReverse', {}), {
    activityId: item.activityId,
    messageId: null,
    request: { kind: 'AMOUNT', property: 'amount', amount: '4' },
    occurredAt: null,
    reason: null,
  });
  expect(await balanceOf(deps, shop, customer)).toMatchObject({ available: 13 });
});

test('a cool-down holds within a batch and after it', async () => {
  const shop = await aShopWith({ earningRules: [{ ...PURCHASE_RULE, coolDownMinutes: 60 }] });
  const [customer = ''] = await someCustomers(deps, shop, 1);
  const at = (minutesAgo: number) =>
    aPurchase(customer, { occurredAt: new Date(deps.clock().getTime() - minutesAgo * 60_000) });
  await trackActivities(deps.tracking, shop.scope, aCommand('activityTrackBatch', {}), [at(300), at(250), at(230)]);
  expect(await balanceOf(deps, shop, customer)).toMatchObject({ available: 20 });
  await trackActivities(deps.tracking, shop.scope, aCommand('activityTrackBatch', {}), [at(200), at(170)]);
  expect(await balanceOf(deps, shop, customer)).toMatchObject({ available: 30 });
});
