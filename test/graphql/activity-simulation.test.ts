import { describe, expect, test } from 'vitest';

import { aShop } from '../support/activity.ts';
import { aCustomer } from '../support/customer.ts';
import { testDatabase } from '../support/database.ts';
import { asRole, execute, testDeps, type TestProgram } from '../support/program.ts';
import { draftOf, fixed } from '../support/rule-set.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

const SIMULATE = `query ($input: ActivityReportInput!, $hypothetical: HypotheticalCustomerInput, $at: DateTime, $against: RuleSetChoice! = LIVE, $revision: Int, $locale: String) {
  activitySimulate(input: $input, hypothetical: $hypothetical, at: $at, against: $against, revision: $revision, locale: $locale) {
    __typename
    ... on ActivitySimulation { at revision balances { currency available pending }
      effects { __typename ... on PointsEarned { points ruleCode cappedBy } }
      declined { ruleCode reason detail text part needed seen { fact value } } }
    ... on UserError { code path } ... on InvalidRuleError { problems { path } } } }`;

async function simulate(shop: TestProgram, variables: Record<string, unknown>): Promise<unknown> {
  const { data, errors } = await execute<{ activitySimulate: unknown }>(
    deps,
    asRole(shop, 'GROWTH_MARKETER'),
    SIMULATE,
    variables,
  );
  expect(errors).toBeUndefined();
  return data?.activitySimulate;
}

const RULES = [fixed(10), fixed(5, { code: 'big', condition: 'activity.properties.amount >= 100.0' })];

describe('activitySimulate', () => {
  test('answers effects, balances and what gave nothing, for a cart with its lines', async () => {
    const shop = await aShop(deps, {}, RULES);
    const { publicId } = await aCustomer(deps, shop, { locale: 'de' });
    const input = {
      type: 'purchase',
      customerId: publicId,
      properties: { amount: '30.00' },
      lines: [
        { id: 'a', amounts: { amount: '10.00' } },
        { id: 'b', amounts: { amount: '20.00' } },
      ],
    };
    const at = '2036-01-01T00:00:00.000Z';
    expect(await simulate(shop, { input, at })).toEqual({
      __typename: 'ActivitySimulation',
      at,
      revision: 1,
      balances: [{ currency: 'points', available: 10, pending: 0 }],
      effects: [{ __typename: 'PointsEarned', points: 10, ruleCode: 'fixed', cappedBy: null }],
      declined: [
        {
          ruleCode: 'big',
          reason: 'CONDITION_FALSE',
          detail: 'activity.properties.amount >= 100.0',
          text: 'Die Bedingungen sind nicht erfüllt.',
          part: 'activity.properties.amount >= 100.0',
          needed: '>= 100',
          seen: [{ fact: 'activity.properties.amount', value: '30' }],
        },
      ],
    });
  });

  test('tries the draft, a revision, and somebody made up', async () => {
    const shop = await aShop(deps, {}, RULES);
    await draftOf(deps, shop, { earningRules: [fixed(77)] });
    const input = { type: 'purchase', properties: { amount: '1' } };
    const hypothetical = { locale: 'en' };
    const points = (amount: number) => ({ effects: [{ points: amount }] });
    expect(await simulate(shop, { input, hypothetical })).toMatchObject({ revision: 1, ...points(10) });
    expect(await simulate(shop, { input, hypothetical, against: 'DRAFT' })).toMatchObject({
      revision: null,
      ...points(77),
    });
    expect(await simulate(shop, { input, hypothetical, revision: 1 })).toMatchObject(points(10));
    expect(await simulate(shop, { input, hypothetical: { enrolmentState: 'BLOCKED' } })).toMatchObject({
      effects: [],
      declined: [{ reason: 'NOT_ENROLLED' }, { reason: 'NOT_ENROLLED' }],
    });
  });

  test('refuses as tracking does, and what makes no sense', async () => {
    const shop = await aShop(deps, {}, RULES);
    const { publicId } = await aCustomer(deps, shop);
    const input = { type: 'purchase', customerId: publicId, properties: { amount: '1' } };
    expect(await simulate(shop, { input: { ...input, type: 'parade' } })).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['type'],
    });
    expect(await simulate(shop, { input: { ...input, customerId: shop.publicId } })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await simulate(shop, { input, hypothetical: {} })).toMatchObject({ path: ['hypothetical'] });
    expect(await simulate(shop, { input: { type: 'purchase' } })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await simulate(shop, { input, revision: 9 })).toMatchObject({ code: 'NOT_FOUND' });
    await draftOf(deps, shop, { earningRules: [fixed(1, { condition: 'nothing > 1' })] });
    expect(await simulate(shop, { input, against: 'DRAFT' })).toMatchObject({ code: 'INVALID_RULE', problems: [{}] });
  });
});
