import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';
import { RedemptionRefusedError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { findOpenMemberships } from '#storage/tier-membership-store.ts';

import { aPurchase, aShop } from '../support/activity.ts';
import { aCustomer } from '../support/customer.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, asCustomer, asOwner, asPublishable, asRole, execute, testDeps } from '../support/program.ts';
import { redeem } from '../support/redemption.ts';
import { aReward } from '../support/reward.ts';
import { fixed, publishSet } from '../support/rule-set.ts';
import { aLadder } from '../support/tier.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

const TEXT = 'query ($id: ID!, $locale: String) { explain(id: $id, locale: $locale) { text } }';
const TRACE = `query ($id: ID!) { explain(id: $id) { text
  trace { kind text revision item condition part valueSeen valueNeeded basis at } } }`;

type Explained = { explain: { text: string; trace?: { kind: string }[] } | null };

const RULE = fixed(50, { condition: 'activity.properties.amount >= 10.0', name: 'Fifty a purchase' });

/** A shop with a customer who earned fifty points, and the ids of the transaction and of the account. */
async function anEarning(locale = 'en') {
  const shop = await aShop(deps, {}, [RULE]);
  const customer = await aCustomer(deps, shop, { locale });
  const { activities } = await trackActivity(
    deps.tracking,
    shop.scope,
    aCommand('activityTrack', randomUUID()),
    aPurchase(customer.id, { occurredAt: new Date('2026-03-01T12:00:00Z') }),
  );
  const [activity] = [...activities.values()];
  const [effect] = activity!.effects;
  if (effect?.kind !== 'POINTS_EARNED') throw new Error('nothing was earned');
  const { data } = await execute<{ balance: { accountId: string } }>(
    deps,
    asCustomer(shop, customer.id),
    '{ balance { accountId } }',
  );
  return {
    shop,
    customer,
    transactionId: publicId('LedgerTransaction', effect.transactionId),
    accountId: data?.balance.accountId ?? '',
  };
}

describe('explain', () => {
  test('tells a customer in their language why they earned, and another one nothing', async () => {
    const { shop, customer, transactionId } = await anEarning('de-AT');
    const stranger = await aCustomer(deps, shop);
    const ask = async (customerId: string, locale: string | null = null) =>
      (await execute<Explained>(deps, asCustomer(shop, customerId), TEXT, { id: transactionId, locale })).data?.explain;
    expect(await ask(customer.id)).toEqual({
      text: 'Sie haben 50 Points für Purchase am 1. März 2026 um 12:00 erhalten.',
    });
    expect(await ask(customer.id, 'en')).toEqual({
      text: 'You earned 50 Points for Purchase on 1 March 2026 at 12:00.',
    });
    expect(await ask(stranger.id)).toBeNull();
  });

  test('keeps the trace from customers', async () => {
    const { shop, customer, transactionId } = await anEarning();
    const { errors } = await execute(deps, asCustomer(shop, customer.id), TRACE, { id: transactionId });
    expect(errors?.map(({ originalError }) => (originalError as { code?: string }).code)).toEqual(['FORBIDDEN']);
  });

  test('traces an earning by the revision that decided, also after the rules have changed', async () => {
    const { shop, transactionId } = await anEarning();
    await publishSet(deps, shop, { earningRules: [fixed(1, { condition: 'activity.properties.amount >= 999.0' })] });
    const { data } = await execute<Explained>(deps, asRole(shop, 'CUSTOMER_SUCCESS'), TRACE, { id: transactionId });
    expect(data?.explain?.trace).toMatchObject([
      { kind: 'CAUSE', item: 'purchase' },
      { kind: 'RULE', revision: 1, item: 'fixed', condition: RULE.condition },
      {
        kind: 'CONDITION',
        part: 'activity.properties.amount >= 10.0',
        valueSeen: 'activity.properties.amount = 10.5',
        valueNeeded: '>= 10',
        basis: 'RECORDED',
      },
      { kind: 'AWARD', text: '50 points, fixed' },
      { kind: 'EXPIRY' },
    ]);
  });

  test('tells how a balance is made up', async () => {
    const { shop, customer, accountId } = await anEarning();
    const { data } = await execute<Explained>(deps, asOwner(shop), TRACE, { id: accountId });
    expect(data?.explain).toMatchObject({
      text: 'You have 50 Points to spend.',
      trace: [{ kind: 'LOT', revision: 1, item: 'fixed', valueSeen: '50' }],
    });
    const stranger = await aCustomer(deps, shop);
    const seen = await execute<Explained>(deps, asCustomer(shop, stranger.id), TEXT, { id: accountId });
    expect(seen.data?.explain).toBeNull();
    const own = await execute<Explained>(deps, asCustomer(shop, customer.id), TEXT, { id: accountId });
    expect(own.data?.explain?.text).toBe('You have 50 Points to spend.');
  });

  test('tells a refused redemption, every reason at once', async () => {
    const shop = await aShop(deps, {}, []);
    await publishSet(deps, shop, { rewards: [aReward({ points: 100, stock: 0 })] });
    const customer = await aCustomer(deps, shop, { locale: 'de' });
    const refused = await redeem(deps, shop, customer.id).catch((error: unknown) => error);
    if (!(refused instanceof RedemptionRefusedError)) throw new Error('the redemption went through');
    const id = publicId('RedemptionRefusal', refused.refusalId ?? '');
    const stranger = await aCustomer(deps, shop);
    const own = await execute<Explained>(deps, asCustomer(shop, customer.id), TEXT, { id });
    expect(own.data?.explain?.text).toBe(
      'Diese Prämie ist vergriffen. Ihnen fehlen 100 Punkte: Die Prämie kostet 100, und Sie haben 0.',
    );
    expect((await execute<Explained>(deps, asCustomer(shop, stranger.id), TEXT, { id })).data?.explain).toBeNull();
    const { data } = await execute<Explained>(deps, asOwner(shop), TRACE, { id });
    expect(data?.explain?.trace).toMatchObject([
      { kind: 'REFUSAL', item: 'mug', revision: 1, part: 'OUT_OF_STOCK', valueSeen: '0', valueNeeded: '>= 1' },
      { part: 'INSUFFICIENT_POINTS', valueSeen: '0', valueNeeded: '>= 100', basis: 'RECORDED' },
    ]);
  });

  test('tells how a tier came about, and what its ladder asked for then', async () => {
    const shop = await aShop(deps, {}, []);
    await publishSet(deps, shop, { earningRules: [fixed(1_000)], ladders: [aLadder()] });
    const customer = await aCustomer(deps, shop);
    await trackActivity(deps.tracking, shop.scope, aCommand('activityTrack', 1), aPurchase(customer.id));
    await publishSet(deps, shop, { earningRules: [fixed(1)], ladders: [aLadder()] });
    const [membership] = await findOpenMemberships(deps.reads, shop.programId, [customer.id]);
    const id = publicId('TierMembership', membership?.id ?? '');
    const { data } = await execute<Explained>(deps, asOwner(shop), TRACE, { id });
    expect(data?.explain).toMatchObject({
      text: expect.stringMatching(/^You reached silver on .+ by what you did\.$/) as string,
      trace: [{ kind: 'TIER', item: 'silver', revision: 1, valueNeeded: '1000 POINTS_EARNED, CALENDAR' }],
    });
    const stranger = await aCustomer(deps, shop);
    expect((await execute<Explained>(deps, asCustomer(shop, stranger.id), TEXT, { id })).data?.explain).toBeNull();
    expect((await execute<Explained>(deps, asCustomer(shop, customer.id), TEXT, { id })).data?.explain).not.toBeNull();
  });

  test('answers null for what is malformed, of another kind or of another program', async () => {
    const { shop, customer } = await anEarning();
    const elsewhere = await anEarning();
    for (const id of ['nonsense', customer.publicId, elsewhere.transactionId, elsewhere.accountId]) {
      const { data, errors } = await execute<Explained>(deps, asOwner(shop), TEXT, { id });
      expect(errors).toBeUndefined();
      expect(data?.explain).toBeNull();
    }
  });
});

describe('howToEarn', () => {
  const WAYS = `query ($locale: String) { howToEarn(locale: $locale) { code sentence kind points
    conditions { text isInWords comparison { fact operator values } } limits { per uses } left { uses } } }`;

  test('shows pages and customers the live rules, and a customer what is left of their limits', async () => {
    const rule = fixed(50, {
      caps: [{ per: 'ALL_TIME', points: null, uses: 3, beyond: 'REFUSE' }],
      condition: RULE.condition,
    });
    const shop = await aShop(deps, {}, [rule]);
    const customer = await aCustomer(deps, shop);
    await trackActivity(deps.tracking, shop.scope, aCommand('activityTrack', 1), aPurchase(customer.id));
    const way = {
      code: 'fixed',
      sentence: '50 Points for Purchase, if amount is at least 10. At most 3 times in all.',
      kind: 'FIXED',
      points: 50,
      conditions: [
        {
          text: 'amount is at least 10',
          isInWords: true,
          comparison: { fact: 'activity.properties.amount', operator: 'AT_LEAST', values: ['10'] },
        },
      ],
      limits: [{ per: 'ALL_TIME', uses: 3 }],
    };
    const page = await execute(deps, asPublishable(shop), WAYS);
    expect(page).toEqual({ data: { howToEarn: [{ ...way, left: null }] } });
    const own = await execute(deps, asCustomer(shop, customer.id), WAYS);
    expect(own).toEqual({ data: { howToEarn: [{ ...way, left: [{ uses: 2 }] }] } });
    const german = await execute<{ howToEarn: { sentence: string }[] }>(deps, asPublishable(shop), WAYS, {
      locale: 'de',
    });
    expect(german.data?.howToEarn[0]?.sentence).toBe(
      '50 Points für Purchase, wenn gilt: amount ist mindestens 10. Höchstens 3-mal insgesamt.',
    );
  });

  test('follows a publication: what is paused is no longer shown', async () => {
    const shop = await aShop(deps, {}, [fixed(50)]);
    await publishSet(deps, shop, { earningRules: [fixed(50, { state: 'PAUSED' }), fixed(7, { code: 'other' })] });
    await deps.catalogues.at(deps.reads, shop.programId);
    const { data } = await execute<{ howToEarn: { code: string }[] }>(deps, asPublishable(shop), WAYS);
    expect(data?.howToEarn.map(({ code }) => code)).toEqual(['other']);
  });
});
