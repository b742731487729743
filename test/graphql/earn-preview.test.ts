import { randomUUID } from 'node:crypto';

import { isObjectType, parse } from 'graphql';
import { describe, expect, test } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';
import { publicId } from '#domain/ids.ts';
import { prepareOperations } from '#src/http/document/operation.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aMilestone } from '../support/milestone.ts';
import {
  aCommand,
  asCustomer,
  asOwner,
  asPublishable,
  execute,
  testDeps,
  trustedSchema,
  type TestProgram,
} from '../support/program.ts';
import { testRedis } from '../support/redis.ts';
import { draftOf, fixed, publishSet } from '../support/rule-set.ts';
import { wholeDatabase, wholeRedis } from '../support/whole-database.ts';

const { url } = await testDatabase();
const deps = testDeps(url, { redisUrl: (await testRedis()).url });

const PREVIEW = `query ($activity: EarnPreviewInput!, $locale: String) { preview: earnPreview(activity: $activity, locale: $locale) {
  __typename ... on EarnPreview {
    points { currency { code } points pending } balances { available pending } missed { code reason text }
    effects { __typename ... on PointsEarned { ruleCode points boosts { code } cappedBy } ... on MilestoneReached { code threshold points } }
  } ... on UserError { code path } } }`;

type Preview = {
  __typename: string;
  points: { points: number; pending: number }[];
  balances: { available: number; pending: number }[];
  effects: object[];
  missed: { code: string; reason: string; text: string }[];
};

async function preview(
  program: TestProgram,
  customerId: string,
  activity: object = { type: 'purchase', properties: { amount: '30' } },
  locale: string | null = null,
): Promise<Preview> {
  const { data, errors } = await execute<{ preview: Preview }>(deps, asCustomer(program, customerId), PREVIEW, {
    activity,
    locale,
  });
  expect(errors).toBeUndefined();
  return data!.preview;
}

const track = (program: TestProgram, customerId: string, properties: Record<string, unknown>) => {
  const report = aPurchase(customerId, { properties, channel: 'WEB' });
  return trackActivity(deps.tracking, program.scope, aCommand('activityTrack', randomUUID()), report);
};

const RULES = [
  fixed(10, { code: 'each', caps: [{ per: 'DAY', points: 25, uses: null, beyond: 'TRUNCATE' }] }),
  fixed(7, { code: 'big', condition: 'activity.properties.amount >= 20.0 && customer.externalId != "nobody"' }),
  fixed(5, { code: 'waiting', pending: { kind: 'DAYS', days: 14 } }),
  fixed(99, { code: 'secret', state: 'PAUSED' }),
  fixed(99, { code: 'coming', validFrom: '2100-01-01T00:00:00Z' }),
];
const SECTIONS = {
  earningRules: RULES,
  boosts: [{ ...{ code: 'double', name: 'Double', multiplier: '2', rules: ['big'], condition: '' }, ...NO_LIMITS() }],
  milestones: [aMilestone({ thresholds: ['2'] })],
};

function NO_LIMITS() {
  return { validFrom: null, validUntil: null, hours: [], exclusiveGroup: null };
}

async function aStocked(): Promise<{ program: TestProgram; customer: string }> {
  const program = await aShop(deps, {}, []);
  await publishSet(deps, program, SECTIONS);
  await deps.catalogues.at(deps.reads, program.programId);
  const [customer = ''] = await someCustomers(deps, program, 1);
  return { program, customer };
}

describe('a preview', () => {
  test('tells what tracking then gives, with boosts, limits, waiting points and milestones', async () => {
    const { program, customer } = await aStocked();
    for (const amount of ['30', '30', '5']) {
      const foreseen = await preview(program, customer, { type: 'purchase', properties: { amount } });
      const { items, activities } = await track(program, customer, { amount });
      const [item] = items;
      if (item?.status !== 'TRACKED') throw new Error('the activity was not tracked');
      const [activity] = [...activities.values()];
      expect(foreseen.effects).toHaveLength(activity!.effects.length);
      const given = activity!.effects.map((effect) => ('points' in effect ? effect.points : 0));
      expect(foreseen.points).toMatchObject([{ points: given.reduce((sum, points) => sum + points, 0), pending: 5 }]);
      expect(foreseen.balances).toMatchObject(item.balances.map(({ available, pending }) => ({ available, pending })));
    }
    const next = await preview(program, customer);
    expect(next.effects).toMatchObject([
      { ruleCode: 'big', points: 14, boosts: [{ code: 'double' }] },
      { ruleCode: 'waiting' },
    ]);
    expect(next.missed).toEqual([
      { code: 'each', reason: 'CAP_REACHED', text: 'You have reached the limit of points.' },
    ]);
  });

  test('shows nothing that howToEarn does not show: no paused or coming rule, no hidden activity, no condition', async () => {
    const { program, customer } = await aStocked();
    const small = { type: 'purchase', properties: { amount: '1' } };
    const { missed } = await preview(program, customer, small, 'de');
    expect(missed).toEqual([{ code: 'big', reason: 'CONDITION_FALSE', text: 'Die Bedingungen sind nicht erfüllt.' }]);
    // Nobody earns anything by a delivery; a type that is not there answers the same.
    for (const type of ['delivery', 'nothing'])
      expect(await preview(program, customer, { type })).toEqual({
        __typename: 'NotFoundError',
        code: 'NOT_FOUND',
        path: ['type'],
      });
    const shown = trustedSchema.getType('EarnPreviewMissed');
    expect(isObjectType(shown) && Object.keys(shown.getFields())).toEqual(['code', 'name', 'reason', 'text']);
  });

  test('is of the customer whose token asks: nobody else has one, and none can be named', async () => {
    const { program, customer } = await aStocked();
    const activity = { type: 'purchase', properties: { amount: '30' } };
    for (const caller of [asOwner(program), asPublishable(program)]) {
      const { errors } = await execute(deps, caller, PREVIEW, { activity });
      expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
    }
    const named = { ...activity, customerId: publicId('Customer', customer) };
    const { errors } = await execute(deps, asCustomer(program, customer), PREVIEW, { activity: named });
    expect(errors?.[0]?.message).toMatch(/customerId/);
  });

  test('goes by the live rules, whatever the draft says', async () => {
    const { program, customer } = await aStocked();
    await draftOf(deps, program, { earningRules: [fixed(1)] });
    expect((await preview(program, customer)).points).toMatchObject([{ points: 10 + 14 + 5 }]);
  });

  test('leaves no trace in any table, any sequence or Redis, also where it is refused', async () => {
    const { program, customer } = await aStocked();
    await track(program, customer, { amount: '30' });
    await deps.redis.set('some', 'key');
    const before = [await wholeDatabase(deps), await wholeRedis(deps)];
    expect(Object.keys(before[0] ?? {}).length).toBeGreaterThan(25);
    const lines = [{ id: 'a', amounts: { amount: '30' } }];
    await preview(program, customer, { type: 'purchase', properties: { amount: '30' }, lines });
    await preview(program, customer, { type: 'purchase', properties: { amount: 'much' } });
    await Promise.all(Array.from({ length: 5 }, () => preview(program, customer)));
    expect([await wholeDatabase(deps), await wholeRedis(deps)]).toEqual(before);
    await track(program, customer, { amount: '30' });
    expect(await wholeDatabase(deps)).not.toEqual(before[0]);
  });

  test('is priced like ten mutations', () => {
    const least = 'query ($activity: EarnPreviewInput!) { earnPreview(activity: $activity) { __typename } }';
    const [operation] = prepareOperations(trustedSchema, parse(least)).values();
    expect(operation?.price({})).toBe(100);
  });
});

test('howToEarn has the milestones beside the rules, and tells a customer how far they are', async () => {
  const { program, customer } = await aStocked();
  await track(program, customer, { amount: '30' });
  const document = `{ howToEarn { code kind points activityType boosts { code isOpen } milestone { thresholds }
    progress { value missing } } }`;
  const { data } = await execute<{ howToEarn: object[] }>(deps, asCustomer(program, customer), document);
  const plain = { milestone: null, progress: null };
  expect(data?.howToEarn).toEqual([
    {
      code: 'big',
      kind: 'FIXED',
      points: 7,
      activityType: 'purchase',
      boosts: [{ code: 'double', isOpen: true }],
      ...plain,
    },
    { code: 'each', kind: 'FIXED', points: 10, activityType: 'purchase', boosts: [], ...plain },
    { code: 'waiting', kind: 'FIXED', points: 5, activityType: 'purchase', boosts: [], ...plain },
    {
      ...{ code: 'regular', kind: 'MILESTONE', points: 100, activityType: 'purchase', boosts: [] },
      ...{ milestone: { thresholds: ['2'] }, progress: { value: '1', missing: '1' } },
    },
  ]);
  const page = await execute<{ howToEarn: { progress: unknown }[] }>(deps, asPublishable(program), document);
  expect(page.data?.howToEarn.map(({ progress }) => progress)).toEqual([null, null, null, null]);
});
