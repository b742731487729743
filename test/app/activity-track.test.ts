import { afterAll, describe, expect, test } from 'vitest';

import { trackActivities, trackActivity } from '#app/activity/track.ts';
import { IdempotencyMismatchError, InvalidInputError, NotFoundError, PointsOutOfRangeError } from '#domain/errors.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';

import { aPurchase, aShop, balanceOf, publish, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, testDeps } from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const other = testDeps(url);

afterAll(async () => expect(await checkInvariants(deps.reads)).toEqual([]));

describe('one activity', () => {
  test('answers what it earned, by which rule and revision, and the balance after it', async () => {
    const shop = await aShop(deps);
    const [customer] = await someCustomers(deps, shop, 1);
    const { items, activities } = await trackActivity(
      deps.tracking,
      shop.scope,
      aCommand('activityTrack', 1),
      aPurchase(customer!, { properties: { amount: '29.99' } }),
    );
    expect(items).toMatchObject([{ status: 'TRACKED', balances: [{ pending: 0, available: 29, held: 0 }] }]);
    expect([...activities.values()][0]?.effects).toMatchObject([
      { kind: 'POINTS_EARNED', points: 29, ruleCode: 'purchase_points', revision: 1, cappedBy: null },
    ]);
  });

  test('of a customer who is not enrolled is recorded and earns nothing', async () => {
    const shop = await aShop(deps);
    const [customer] = await someCustomers(deps, shop, 1, 'guest', 'NOT_ENROLLED');
    const { items } = await trackActivity(
      deps.tracking,
      shop.scope,
      aCommand('activityTrack', 1),
      aPurchase(customer!),
      { explain: true },
    );
    expect(items).toMatchObject([
      { status: 'TRACKED', declines: [{ ruleCode: 'purchase_points', reason: 'NOT_ENROLLED' }] },
    ]);
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ available: 0 });
  });

  test.each([
    ['an unknown activity type', { type: 'parade' }, InvalidInputError, ['type']],
    ['an unknown customer', { customerId: '00000000-0000-7000-8000-000000000000' }, NotFoundError, ['customerId']],
    ['an undeclared property', { properties: { colour: 'red' } }, InvalidInputError, ['properties', 'colour']],
    ['a property of the wrong type', { properties: { quantity: 1.5 } }, InvalidInputError, ['properties', 'quantity']],
    ['a blank message id', { messageId: '  ' }, InvalidInputError, ['messageId']],
    [
      'a time further ahead than the program allows',
      { occurredAt: new Date(Date.now() + 11 * 60_000) },
      InvalidInputError,
      ['occurredAt'],
    ],
    [
      'two lines of one id',
      {
        lines: [
          { id: 'a', amounts: {} },
          { id: 'a', amounts: {} },
        ],
      },
      InvalidInputError,
      ['lines', '1', 'id'],
    ],
  ])('with %s is refused, writes nothing and leaves its key free', async (_title, overrides, error, path) => {
    const shop = await aShop(deps);
    const [customer] = await someCustomers(deps, shop, 1);
    const command = aCommand('activityTrack', 'the same input');
    const refused = await trackActivity(deps.tracking, shop.scope, command, aPurchase(customer!, overrides)).catch(
      (reason: unknown) => reason,
    );
    expect(refused).toBeInstanceOf(error);
    expect(refused).toMatchObject({ path });
    const [{ count } = { count: -1 }] = await deps.reads.query<{ count: number }>(
      'select count(*) from activity where program_id = $1',
      [shop.programId],
    );
    expect(count).toBe(0);
    expect((await trackActivity(deps.tracking, shop.scope, command, aPurchase(customer!))).replayed).toBe(false);
  });

  test('older than the program allows is refused, at the limit it is taken', async () => {
    const shop = await aShop(deps, { policies: { lateActivityDays: 3 } });
    const [customer] = await someCustomers(deps, shop, 1);
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000 + 5_000);
    await trackActivity(
      deps.tracking,
      shop.scope,
      aCommand('activityTrack', 1),
      aPurchase(customer!, { occurredAt: daysAgo(3) }),
    );
    await expect(
      trackActivity(
        deps.tracking,
        shop.scope,
        aCommand('activityTrack', 2),
        aPurchase(customer!, { occurredAt: daysAgo(3.01) }),
      ),
    ).rejects.toThrow('last 3 days');
  });

  test('that would carry a balance beyond 2^53−1 is refused and its neighbours in the same flush go through', async () => {
    const shop = await aShop(deps, {}, [
      { ...PURCHASE_RULE, award: { kind: 'PER_UNIT', property: 'amount', pointsPerUnit: '1', rounding: 'FLOOR' } },
    ]);
    const [rich, poor] = await someCustomers(deps, shop, 2);
    const track = (customer: string, amount: string) =>
      trackActivity(
        deps.tracking,
        shop.scope,
        aCommand('activityTrack', { customer, amount }),
        aPurchase(customer, { properties: { amount } }),
      );
    await track(rich!, '9007199254740991');
    const [refused, taken] = await Promise.allSettled([track(rich!, '1'), track(poor!, '7')]);
    expect(refused).toMatchObject({ status: 'rejected', reason: expect.any(PointsOutOfRangeError) as unknown });
    expect(taken.status).toBe('fulfilled');
    expect(await balanceOf(deps, shop, rich!)).toMatchObject({ available: 9_007_199_254_740_991 });
    expect(await balanceOf(deps, shop, poor!)).toMatchObject({ available: 7 });
  });
});

describe('repeats', () => {
  test('the same key and input answer the first result, from any process', async () => {
    const shop = await aShop(deps);
    const [customer] = await someCustomers(deps, shop, 1);
    const command = aCommand('activityTrack', { some: 'input' });
    const report = aPurchase(customer!, { messageId: null });
    const first = await trackActivity(deps.tracking, shop.scope, command, report);
    for (const instance of [deps, other]) {
      const again = await trackActivity(instance.tracking, shop.scope, command, report);
      expect(again).toMatchObject({ replayed: true, items: first.items });
    }
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ available: 10 });
  });

  test('the same key with other input is a mismatch and has no effect', async () => {
    const shop = await aShop(deps);
    const [customer] = await someCustomers(deps, shop, 1);
    const command = aCommand('activityTrack', 'first');
    await trackActivity(deps.tracking, shop.scope, command, aPurchase(customer!));
    await expect(
      trackActivity(deps.tracking, shop.scope, { ...command, input: 'second' }, aPurchase(customer!)),
    ).rejects.toThrow(IdempotencyMismatchError);
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ available: 10 });
  });

  test('50 parallel calls with one key over two instances make one effect and 49 replays', async () => {
    const shop = await aShop(deps);
    const [customer] = await someCustomers(deps, shop, 1);
    const command = aCommand('activityTrack', 'once');
    const report = aPurchase(customer!, { messageId: null });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        trackActivity((index % 2 === 0 ? deps : other).tracking, shop.scope, command, report),
      ),
    );
    for (const answer of answers) expect(answer.items).toEqual(answers[0]!.items);
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1);
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ available: 10 });
  });

  test('a message id is tracked once, whatever the keys, also in parallel over two instances', async () => {
    const shop = await aShop(deps);
    const [customer] = await someCustomers(deps, shop, 1);
    const report = aPurchase(customer!, { messageId: 'order-1' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        trackActivity((index % 2 === 0 ? deps : other).tracking, shop.scope, aCommand('activityTrack', index), report),
      ),
    );
    const statuses = answers.map((answer) => answer.items[0]!.status);
    expect(statuses.filter((status) => status === 'TRACKED')).toHaveLength(1);
    expect(statuses.filter((status) => status === 'DUPLICATE')).toHaveLength(19);
    expect(new Set(answers.map((answer) => 'activityId' in answer.items[0]! && answer.items[0].activityId)).size).toBe(
      1,
    );
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ available: 10 });
  });
});

describe('a batch', () => {
  test('answers each item in order; a refused or repeated one does not stop the others, and a rerun changes nothing', async () => {
    const shop = await aShop(deps);
    const [a, b] = await someCustomers(deps, shop, 2);
    const reports = [
      aPurchase(a!, { messageId: 'm1' }),
      aPurchase(b!, { type: 'parade' }),
      aPurchase(b!, { messageId: 'm1' }),
      aPurchase(b!, { messageId: 'm2' }),
    ];
    const first = await trackActivities(deps.tracking, shop.scope, aCommand('activityTrackBatch', 1), reports);
    expect(first.items.map((item) => item.status)).toEqual(['TRACKED', 'REFUSED', 'DUPLICATE', 'TRACKED']);
    const second = await trackActivities(deps.tracking, shop.scope, aCommand('activityTrackBatch', 2), reports);
    expect(second.items.map((item) => item.status)).toEqual(['DUPLICATE', 'REFUSED', 'DUPLICATE', 'DUPLICATE']);
    expect([await balanceOf(deps, shop, a!), await balanceOf(deps, shop, b!)]).toMatchObject([
      { available: 10 },
      { available: 10 },
    ]);
  });

  test('of more than 1,000 is refused whole', async () => {
    const shop = await aShop(deps);
    await expect(
      trackActivities(
        deps.tracking,
        shop.scope,
        aCommand('activityTrackBatch', 1),
        Array.from({ length: 1_001 }, () => aPurchase('x')),
      ),
    ).rejects.toThrow('1 to 1000');
  });

  test('decides its items one after the other: the third purchase of a day meets a condition on the first two', async () => {
    const bonus = {
      ...PURCHASE_RULE,
      code: 'third',
      condition: 'counters.today == 2',
      award: { kind: 'FIXED' as const, points: 100 },
    };
    const shop = await aShop(deps, {}, [PURCHASE_RULE, bonus]);
    const [customer] = await someCustomers(deps, shop, 1);
    await trackActivities(deps.tracking, shop.scope, aCommand('activityTrackBatch', 1), [aPurchase(customer!)]);
    await trackActivities(deps.tracking, shop.scope, aCommand('activityTrackBatch', 2), [
      aPurchase(customer!),
      aPurchase(customer!),
      aPurchase(customer!),
    ]);
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ available: 4 * 10 + 100 });
  });
});

describe('under load', () => {
  test('1,000 parallel purchases of one customer over two instances lose and double nothing, caps included', async () => {
    const capped = {
      ...PURCHASE_RULE,
      caps: [{ per: 'DAY' as const, points: 5_005, uses: null, beyond: 'TRUNCATE' as const }],
    };
    const shop = await aShop(deps, {}, [capped]);
    const [customer] = await someCustomers(deps, shop, 1);
    await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        trackActivity(
          (index % 2 === 0 ? deps : other).tracking,
          shop.scope,
          aCommand('activityTrack', index),
          aPurchase(customer!, { occurredAt: new Date() }),
        ),
      ),
    );
    expect(await balanceOf(deps, shop, customer!)).toMatchObject({ available: 5_005 });
    const [{ count } = { count: 0 }] = await deps.reads.query<{ count: number }>(
      'select count(*) from activity where program_id = $1',
      [shop.programId],
    );
    expect(count).toBe(1_000);
  });

  test('publishing rules meanwhile never mixes two revisions in one activity', async () => {
    const twin = (code: string, points: number) => ({
      ...PURCHASE_RULE,
      code,
      award: { kind: 'FIXED' as const, points },
    });
    const shop = await aShop(deps, {}, [twin('a', 1), twin('b', 1)]);
    const customers = await someCustomers(deps, shop, 20);
    const published = new AbortController();
    // Ten clients go on for as long as rules are published, however slow the machine is.
    const clients = Array.from({ length: 10 }, async (_, client) => {
      const { tracking } = client % 2 === 0 ? deps : other;
      for (let round = 0; !published.signal.aborted; round += 1) {
        const purchase = aPurchase(customers[(client + round) % 20]!);
        await trackActivity(tracking, shop.scope, aCommand('activityTrack', { client, round }), purchase);
      }
    });
    for (let points = 2; points < 8; points += 1) await publish(deps, shop, twin('a', points), twin('b', points));
    published.abort();
    await Promise.all(clients);
    const mixed = await deps.reads.query(
      `select activity_id from ledger_transaction where program_id = $1 and kind = 'EARN' group by activity_id
       having count(distinct rule_revision) > 1 or count(distinct amount) > 1 or count(*) <> 2`,
      [shop.programId],
    );
    expect(mixed).toEqual([]);
    const revisions = await deps.reads.query('select distinct rule_revision from activity where program_id = $1', [
      shop.programId,
    ]);
    expect(revisions.length).toBeGreaterThan(2);
  });
});
