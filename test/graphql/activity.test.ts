import { print } from 'graphql';
import { afterAll, describe, expect, test } from 'vitest';

import { publicId } from '#domain/ids.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';

import { TrackActivityDocument, type TrackActivityMutation } from '../gql/operations.ts';
import { aShop, PURCHASE_RULE, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { asCustomer, asOwner, asPublishable, execute, testDeps } from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const TRACK = print(TrackActivityDocument);

afterAll(async () => expect(await checkInvariants(deps.reads)).toEqual([]));

const BATCH = `mutation ($input: ActivityTrackBatchInput!) { activityTrackBatch(input: $input) {
  __typename
  ... on ActivityTrackBatchPayload { replayed items { status activity { messageId effects { ... on PointsEarned { points } } } error { code path } declined { ruleCode reason detail } } }
  ... on UserError { code path }
} }`;

describe('activityTrack', () => {
  test('answers the activity, its effects and the balance, and the same again for the same key', async () => {
    const shop = await aShop(deps);
    await someCustomers(deps, shop, 1);
    const input = { idempotencyKey: 'k', type: 'purchase', customerExternalId: 'c1', properties: { amount: 29.99 } };
    const first = await execute<TrackActivityMutation>(deps, asOwner(shop), TRACK, { input });
    expect(first).toMatchObject({
      data: {
        activityTrack: {
          replayed: false,
          duplicate: false,
          effects: [
            { __typename: 'PointsEarned', points: 29, ruleCode: 'purchase_points', revision: 1, cappedBy: null },
          ],
          balances: [{ currency: 'points', available: 29, pending: 0, held: 0 }],
        },
      },
    });
    const again = await execute<TrackActivityMutation>(deps, asOwner(shop), TRACK, {
      input: { ...input, properties: { amount: 29.99 } },
    });
    expect(again.data?.activityTrack).toEqual({ ...first.data?.activityTrack, replayed: true });
  });

  test('takes the input in any order, with defaults written out, as the same input', async () => {
    const shop = await aShop(deps);
    await someCustomers(deps, shop, 1);
    const inline = (input: string) =>
      execute(
        deps,
        asOwner(shop),
        `mutation { activityTrack(input: ${input}) { ... on ActivityTrackPayload { replayed } ... on UserError { code } } }`,
      );
    await inline(
      '{ idempotencyKey: "k", type: "purchase", customerExternalId: "c1", properties: { amount: "1.5", quantity: 2 } }',
    );
    const again = await inline(
      '{ properties: { quantity: 2, amount: "1.5" }, channel: API, lines: [], explain: false, customerExternalId: "c1", type: "purchase", idempotencyKey: "k" }',
    );
    expect(again.data?.activityTrack).toEqual({ replayed: true });
  });

  test('lets a customer report what the program allows, for nobody but themselves', async () => {
    const shop = await aShop(deps, {}, [
      { ...PURCHASE_RULE, code: 'visits', activityType: 'visit', award: { kind: 'FIXED', points: 3 } },
    ]);
    const [me, other] = await someCustomers(deps, shop, 2);
    const track = (input: object) =>
      execute<TrackActivityMutation>(deps, asCustomer(shop, me!), TRACK, {
        input: { idempotencyKey: JSON.stringify(input), ...input },
      });
    expect((await track({ type: 'visit' })).data?.activityTrack).toMatchObject({
      effects: [{ points: 3 }],
      activity: { customerId: publicId('Customer', me!) },
    });
    expect((await track({ type: 'purchase' })).data?.activityTrack).toMatchObject({
      __typename: 'InvalidInputError',
      path: ['type'],
    });
    const foreign = await track({ type: 'visit', customerId: publicId('Customer', other!) });
    expect(foreign.errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('is closed to publishable keys', async () => {
    const shop = await aShop(deps);
    const { errors } = await execute(deps, asPublishable(shop), TRACK, {
      input: { idempotencyKey: 'k', type: 'purchase', customerExternalId: 'c1' },
    });
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('activityTrackBatch', () => {
  test('answers in the order of the items and tells, when asked, which rule gave nothing and which part of it failed', async () => {
    const big = {
      ...PURCHASE_RULE,
      code: 'big_basket',
      condition: 'activity.channel == "WEB" && activity.properties.amount >= 100.0',
    };
    const shop = await aShop(deps, {}, [PURCHASE_RULE, big]);
    await someCustomers(deps, shop, 1);
    const items = [
      { type: 'purchase', customerExternalId: 'c1', channel: 'WEB', messageId: 'a', properties: { amount: 20 } },
      { type: 'purchase', customerExternalId: 'nobody', messageId: 'b', properties: { amount: 20 } },
      { type: 'purchase', customerExternalId: 'c1', messageId: 'a', properties: { amount: 20 } },
    ];
    const { data } = await execute(deps, asOwner(shop), BATCH, {
      input: { idempotencyKey: 'k', items, explain: true },
    });
    expect(data?.activityTrackBatch).toMatchObject({
      items: [
        {
          status: 'TRACKED',
          activity: { messageId: 'a', effects: [{ points: 20 }] },
          declined: [
            { ruleCode: 'big_basket', reason: 'CONDITION_FALSE', detail: 'activity.properties.amount >= 100.0' },
          ],
        },
        { status: 'REFUSED', activity: null, error: { code: 'NOT_FOUND', path: ['customerExternalId'] } },
        { status: 'DUPLICATE', activity: { messageId: 'a' }, error: null },
      ],
    });
    const again = await execute(deps, asOwner(shop), BATCH, { input: { idempotencyKey: 'k', items, explain: true } });
    expect(again.data?.activityTrackBatch).toEqual({ ...(data?.activityTrackBatch as object), replayed: true });
  });

  test('names the item whose input is unusable and does nothing at all', async () => {
    const shop = await aShop(deps);
    await someCustomers(deps, shop, 1);
    const items = [{ type: 'purchase', customerExternalId: 'c1' }, { type: 'purchase' }];
    const { data } = await execute(deps, asOwner(shop), BATCH, { input: { idempotencyKey: 'k', items } });
    expect(data?.activityTrackBatch).toMatchObject({
      __typename: 'InvalidInputError',
      path: ['items', '1', 'customerId'],
    });
    expect(await deps.reads.query('select 1 from activity where program_id = $1', [shop.programId])).toEqual([]);
  });
});

describe('rules over GraphQL', () => {
  const SAVE = `mutation ($input: EarningRuleSaveInput!) { earningRuleSave(input: $input) { ... on EarningRuleSavePayload { draft { version diff { code change } } } ... on StaleVersionError { currentVersion } ... on InvalidRuleError { problems { path message } } ... on UserError { code } } }`;
  const PUBLISH = `mutation ($input: RuleSetPublishInput!) { ruleSetPublish(input: $input) { ... on RuleSetPublishPayload { revision { revision diff { code change } earningRules { code award { __typename } } } } ... on InvalidRuleError { problems { path message } } ... on UserError { code } } }`;
  const rule = { code: 'welcome', name: 'Welcome', activityType: 'visit', award: { fixed: { points: 10 } } };

  test('go from draft to an immutable revision with its diff', async () => {
    const shop = await aShop(deps);
    const saved = await execute(deps, asOwner(shop), SAVE, { input: { idempotencyKey: '1', rule } });
    expect(saved.data?.earningRuleSave).toMatchObject({ draft: { diff: [{ code: 'welcome', change: 'ADDED' }] } });
    const published = await execute(deps, asOwner(shop), PUBLISH, {
      input: { idempotencyKey: '1', note: 'A welcome' },
    });
    expect(published.data?.ruleSetPublish).toMatchObject({
      revision: { revision: 2, diff: [{ code: 'welcome', change: 'ADDED' }] },
    });
    const again = await execute(deps, asOwner(shop), PUBLISH, { input: { idempotencyKey: '2' } });
    expect(again.data?.ruleSetPublish).toMatchObject({ code: 'STATE_CONFLICT' });
    await expect(
      deps.postgres.query(`update rule_set_revision set note = 'other' where program_id = $1`, [shop.programId]),
    ).rejects.toThrow('append-only');
  });

  test('are refused when published, with every problem, and the live revision stays', async () => {
    const shop = await aShop(deps);
    await execute(deps, asOwner(shop), SAVE, {
      input: { idempotencyKey: '1', rule: { ...rule, condition: 'activity.properties.colour == "red"' } },
    });
    await execute(deps, asOwner(shop), SAVE, {
      input: { idempotencyKey: '2', rule: { ...rule, code: 'other', activityType: 'parade' } },
    });
    const refused = await execute(deps, asOwner(shop), PUBLISH, { input: { idempotencyKey: '1' } });
    expect(refused.data?.ruleSetPublish).toMatchObject({
      code: 'INVALID_RULE',
      problems: [{ path: ['welcome', 'condition'] }, { path: ['other', 'activityType'] }],
    });
    const live = await execute(deps, asOwner(shop), '{ ruleSetRevision { revision earningRules { code } } }');
    expect(live.data?.ruleSetRevision).toEqual({ revision: 1, earningRules: [{ code: 'purchase_points' }] });
  });

  test('cannot be edited on top of somebody else’s edit unseen', async () => {
    const shop = await aShop(deps);
    const { data } = await execute<{ ruleSetDraft: { version: number } }>(
      deps,
      asOwner(shop),
      '{ ruleSetDraft { version } }',
    );
    const expectedVersion = data?.ruleSetDraft.version;
    await execute(deps, asOwner(shop), SAVE, { input: { idempotencyKey: '1', rule, expectedVersion } });
    const late = await execute(deps, asOwner(shop), SAVE, {
      input: { idempotencyKey: '2', rule: { ...rule, name: 'Mine' }, expectedVersion },
    });
    expect(late.data?.earningRuleSave).toMatchObject({
      code: 'STALE_VERSION',
      currentVersion: (expectedVersion ?? 0) + 1,
    });
  });
});
