import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { simulateActivity, type SimulationInput } from '#app/activity/simulate.ts';
import { trackActivity } from '#app/activity/track.ts';
import { setAttributeSchema } from '#app/customer/set-attribute-schema.ts';
import type { ActivityReport } from '#domain/activity/activity.ts';
import type { Effect } from '#domain/activity/effect.ts';
import { InvalidInputError, InvalidRuleError, NotFoundError } from '#domain/errors.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aMilestone } from '../support/milestone.ts';
import { aCommand, testDeps, type TestProgram } from '../support/program.ts';
import { testRedis } from '../support/redis.ts';
import { draftOf, fixed, publishSet } from '../support/rule-set.ts';
import { wholeDatabase, wholeRedis } from '../support/whole-database.ts';

const { url } = await testDatabase();
const redisUrl = (await testRedis()).url;
const deps = testDeps(url, { redisUrl });

const simulate = (shop: TestProgram, input: Partial<SimulationInput> & { report: ActivityReport }) =>
  simulateActivity(deps, shop.scope, { hypothetical: null, at: null, against: 'LIVE', locale: null, ...input });
const track = (shop: TestProgram, report: ActivityReport) =>
  trackActivity(deps.tracking, shop.scope, aCommand('activityTrack', randomUUID()), report, { explain: true });

/** What the effects say beside the ids of rows that a simulation has not written. */
const tellOf = (effects: readonly Effect[]): unknown[] =>
  effects.map((effect) => ({ ...effect, transactionId: '', since: '' }));

const RULES = [
  fixed(10, { code: 'each', caps: [{ per: 'DAY', points: 25, uses: null, beyond: 'TRUNCATE' }] }),
  fixed(100, { code: 'third', condition: 'counters.today == 2' }),
  fixed(7, { code: 'big', condition: 'activity.properties.amount >= 20.0 && activity.properties.quantity > 1' }),
  fixed(5, {
    code: 'waiting',
    pending: { kind: 'UNTIL_ACTIVITY', activityType: 'delivery', matchProperty: 'order' },
  }),
];

describe('a simulation', () => {
  test('decides what tracking then does, activity after activity', async () => {
    const shop = await aShop(deps, {}, RULES);
    const [customer] = await someCustomers(deps, shop, 1);
    const reports: ActivityReport[] = [
      aPurchase(customer!, { properties: { amount: '30', quantity: 2, order: 'a' } }),
      aPurchase(customer!, { properties: { amount: '30', quantity: 1, order: 'b' } }),
      aPurchase(customer!, { properties: { amount: '5', order: 'c' } }),
      aPurchase(customer!),
      aPurchase(customer!, { type: 'delivery', properties: { order: 'a' } }),
    ];
    for (const report of reports) {
      const foreseen = await simulate(shop, { report });
      const { items, activities } = await track(shop, report);
      const [activity] = [...activities.values()];
      const [item] = items;
      if (item?.status !== 'TRACKED') throw new Error('the activity was not tracked');
      expect(tellOf(foreseen.effects)).toEqual(tellOf(activity!.effects));
      expect(foreseen.balances).toEqual(item.balances);
      expect(foreseen.declines.map(({ ruleCode, reason, detail }) => [ruleCode, reason, detail])).toEqual(
        item.declines?.map(({ ruleCode, reason, detail }) => [ruleCode, reason, detail]),
      );
      expect(foreseen.revision).toBe(activity!.ruleRevision);
    }
  });

  test('leaves no trace in any table, any sequence or Redis', async () => {
    const shop = await aShop(deps, {}, RULES);
    const [customer, newcomer] = await someCustomers(deps, shop, 2);
    await setAttributeSchema(deps, shop.scope, aCommand('attributeSchemaSet', 1), {
      attributes: [{ name: 'plan', type: 'STRING', required: false, oneOf: null }],
    });
    await track(shop, aPurchase(customer!, { properties: { amount: '30', order: 'a' } }));
    await deps.redis.set('some', 'key');
    const before = [await wholeDatabase(deps), await wholeRedis(deps)];
    expect(Object.keys(before[0] ?? {}).length).toBeGreaterThan(25);
    await draftOf(deps, shop, { earningRules: [fixed(1)] });
    expect(await wholeDatabase(deps)).not.toEqual(before[0]);

    const still = [await wholeDatabase(deps), await wholeRedis(deps)];
    const tomorrow = new Date(Date.now() + 86_400_000);
    for (const report of [
      aPurchase(customer!),
      aPurchase(newcomer!),
      aPurchase(customer!, { type: 'delivery', properties: { order: 'a' } }),
    ]) {
      for (const against of ['LIVE', 'DRAFT', 1] as const) {
        await simulate(shop, { report, against });
        await simulate(shop, { report, against, at: tomorrow });
      }
    }
    const hypothetical = { attributes: { plan: 'pro' }, locale: null, timeZone: null, enrolmentState: 'ENROLLED' };
    await simulate(shop, { report: aPurchase(customer!), hypothetical });
    await expect(simulate(shop, { report: aPurchase(customer!, { type: 'nothing' }) })).rejects.toThrow(
      'There is no activity type',
    );
    expect([await wholeDatabase(deps), await wholeRedis(deps)]).toEqual(still);
    // What is remembered in this process must not come from a transaction that never was.
    expect((await track(shop, aPurchase(newcomer!))).items).toMatchObject([{ status: 'TRACKED' }]);
  });

  test('tells of a rule that gives nothing which part failed, what it saw and what it needs', async () => {
    const shop = await aShop(deps, {}, RULES);
    const [customer] = await someCustomers(deps, shop, 1);
    const report = aPurchase(customer!, { properties: { amount: '30', quantity: 1 } });
    const { declines } = await simulate(shop, { report, locale: 'de' });
    expect(declines).toMatchObject([
      {
        ruleCode: 'big',
        reason: 'CONDITION_FALSE',
        part: 'activity.properties.quantity > 1',
        seen: [{ fact: 'activity.properties.quantity', value: '1' }],
        needed: '> 1',
        text: 'Die Bedingungen sind nicht erfüllt.',
      },
      { ruleCode: 'third', seen: [{ fact: 'counters.today', value: '0' }], needed: '== 2' },
    ]);
    const absent = await simulate(shop, { report: aPurchase(customer!, { properties: { amount: '30' } }) });
    expect(absent.declines[0]).toMatchObject({
      reason: 'CONDITION_FAILED',
      part: 'activity.properties.quantity > 1',
      seen: [{ fact: 'activity.properties.quantity', value: null }],
    });
  });
});

describe('against other rules', () => {
  test('the draft, an old revision, or what is live at an instant decides', async () => {
    const start = new Date('2026-03-01T00:00:00Z');
    const clock = { now: start };
    const own = testDeps(url, { redisUrl, clock: () => clock.now });
    const minutes = (count: number) => new Date(start.getTime() + count * 60_000);
    const shop = await aShop(own, {}, [fixed(1)]);
    const [customer] = await someCustomers(own, shop, 1);
    clock.now = minutes(10);
    await publishSet(own, shop, { earningRules: [fixed(2)] });
    await publishSet(own, shop, { earningRules: [fixed(3)] }, minutes(30));
    await draftOf(own, shop, { earningRules: [fixed(4)] });
    clock.now = minutes(200);
    const points = async (input: Partial<SimulationInput>) => {
      const report = aPurchase(customer!);
      const full = { report, hypothetical: null, at: null, against: 'LIVE' as const, locale: null, ...input };
      const { effects, revision } = await simulateActivity(own, shop.scope, full);
      return [revision, ...effects.map((effect) => ('points' in effect ? effect.points : 0))];
    };
    expect(await points({})).toEqual([3, 3]);
    expect(await points({ against: 'DRAFT' })).toEqual([null, 4]);
    expect(await points({ against: 1 })).toEqual([1, 1]);
    expect(await points({ at: minutes(-1) })).toEqual([0]);
    expect(await points({ at: minutes(9) })).toEqual([1, 1]);
    const told = { report: aPurchase(customer!), hypothetical: null, against: 'LIVE' as const, locale: null };
    const ofNow = async (at: Date | null) => (await simulateActivity(own, shop.scope, { ...told, at })).ofNow;
    expect(await ofNow(null)).toEqual([]);
    expect(await ofNow(minutes(9))).toEqual(['BALANCES']);
    const counting = fixed(5, { code: 'counting', condition: 'counters.today == 0', coolDownMinutes: 5 });
    await publishSet(own, shop, { earningRules: [counting], milestones: [aMilestone()] });
    clock.now = minutes(300);
    expect(await ofNow(minutes(250))).toEqual(['BALANCES', 'COUNTERS', 'CAPS', 'MILESTONES']);
    clock.now = minutes(200);
    expect(await points({ at: minutes(29) })).toEqual([2, 2]);
    expect(await points({ at: minutes(30) })).toEqual([3, 3]);
  });

  test('a draft that could not be published, and a revision that there is not, are refused', async () => {
    const shop = await aShop(deps, {}, [fixed(1)]);
    const [customer] = await someCustomers(deps, shop, 1);
    await draftOf(deps, shop, { earningRules: [fixed(1, { condition: 'activity.properties.nothing > 1' })] });
    const report = aPurchase(customer!);
    await expect(simulate(shop, { report, against: 'DRAFT' })).rejects.toThrow(InvalidRuleError);
    await expect(simulate(shop, { report, against: 9 })).rejects.toThrow(NotFoundError);
  });
});

describe('for somebody who does not exist', () => {
  test('rules see the given attributes, and none is undeclared', async () => {
    const shop = await aShop(deps, {}, []);
    await setAttributeSchema(deps, shop.scope, aCommand('attributeSchemaSet', 1), {
      attributes: [{ name: 'plan', type: 'STRING', required: false, oneOf: null }],
    });
    await publishSet(deps, shop, { earningRules: [fixed(9, { condition: 'customer.attributes.plan == "pro"' })] });
    const asPlan = (attributes: Record<string, unknown>, enrolmentState = 'ENROLLED') =>
      simulate(shop, {
        report: aPurchase(randomUUID()),
        hypothetical: { attributes, locale: 'de', timeZone: null, enrolmentState },
      });
    expect((await asPlan({ plan: 'pro' })).effects).toMatchObject([{ points: 9 }]);
    expect((await asPlan({ plan: 'free' })).declines).toMatchObject([
      { reason: 'CONDITION_FALSE', seen: [{ fact: 'customer.attributes.plan', value: 'free' }], needed: '== "pro"' },
    ]);
    expect((await asPlan({ plan: 'pro' }, 'LEFT')).declines).toMatchObject([{ reason: 'NOT_ENROLLED' }]);
    await expect(asPlan({ colour: 'red' })).rejects.toThrow(InvalidInputError);
  });
});
