import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { importRewardCodes } from '#app/reward/import-codes.ts';
import type { Caller } from '#domain/caller.ts';
import { publicId } from '#domain/ids.ts';

import { testDatabase } from '../support/database.ts';
import { aCustomer, earn } from '../support/ledger.ts';
import {
  aCommand,
  aProgram,
  asCustomer,
  asOwner,
  asPublishable,
  asRole,
  execute,
  testDeps,
  type TestProgram,
} from '../support/program.ts';
import { aReward, type RewardGiven } from '../support/reward.ts';
import { publishSet } from '../support/rule-set.ts';

const { url } = await testDatabase();
let now = new Date('2026-03-01T12:00:00Z');
const deps = testDeps(url, { clock: () => now });

type Shelf = { program: TestProgram; customer: string; cus: string };

async function aShelf(...rewards: RewardGiven[]): Promise<Shelf> {
  const program = await aProgram(deps);
  await publishSet(deps, program, { rewards: rewards.map((given) => aReward(given)) });
  const customer = await aCustomer(deps, program);
  await earn(deps, program, customer, 1_000);
  return { program, customer, cus: publicId('Customer', customer) };
}

/** Catalogues are read from memory for a second after they were looked at. */
const secondsOn = (seconds: number): void => void (now = new Date(now.getTime() + seconds * 1_000));

/** The answer of an operation that must have no top-level error. */
async function ask<Data>(caller: Caller, document: string, variables: Record<string, unknown> = {}): Promise<Data> {
  const { data, errors } = await execute<Data>(deps, caller, document, variables);
  expect(errors).toBeUndefined();
  return data as Data;
}

const REFUSALS = `... on RedemptionRefusedError { refusalId refusals { __typename code message
  ... on RewardPointsMissing { needed available missing currency }
  ... on RewardPaymentRequired { money { amount currency } } } }`;
const REFUSING = new Set(['rewardRedeem', 'redemptionIssue']);
const REDEMPTION =
  'redemption { id state points quantity code version texts { name } history { state } transaction { kind amount } }';

async function change(
  caller: Caller,
  name: string,
  input: object,
  payload = REDEMPTION,
): Promise<Record<string, unknown>> {
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  const document = `mutation ($input: ${type}Input!) { it: ${name}(input: $input) {
    __typename ... on UserError { code message path } ... on StateConflictError { state } ${REFUSING.has(name) ? REFUSALS : ''}
    ... on ${type}Payload { replayed ${payload} } } }`;
  const { it } = await ask<{ it: Record<string, unknown> }>(caller, document, {
    input: { idempotencyKey: randomUUID(), ...input },
  });
  return it;
}

const idOf = (answer: Record<string, unknown>): string => (answer['redemption'] as { id: string }).id;

describe('the catalogue', () => {
  const later = { code: 'later', validFrom: '2026-03-01T12:00:01Z' };
  const hidden = { code: 'hidden', visibility: 'ENTITLED' as const, audience: 'customer.locale == "de"' };
  const shelf = aShelf(
    {},
    { code: 'paused', paused: true },
    later,
    { code: 'over', validUntil: '2026-03-01T12:00:00Z' },
    hidden,
    {
      code: 'first',
      sortOrder: -1,
    },
  );
  const codes = async (caller: Caller): Promise<string[]> => {
    const { rewards } = await ask<{ rewards: { nodes: { code: string }[] } }>(caller, '{ rewards { nodes { code } } }');
    return rewards.nodes.map(({ code }) => code);
  };

  test('shows customers and pages what can be had now, and the team everything', async () => {
    const { program, customer } = await shelf;
    expect(await codes(asPublishable(program))).toEqual(['first', 'mug']);
    expect(await codes(asCustomer(program, customer))).toEqual(['first', 'mug']);
    expect(await codes(asRole(program, 'DATA_ANALYST'))).toEqual(['first', 'hidden', 'later', 'mug', 'over', 'paused']);
  });

  test('shows what is for the entitled alone to them only, also by code and by id', async () => {
    const { program, customer } = await shelf;
    const german = await aCustomer(deps, program);
    await deps.reads.query(`update customer set locale = 'de-AT' where id = $1`, [german]);
    await deps.reads.query(`update customer set locale = 'de' where id = $1`, [customer]);
    expect(await codes(asCustomer(program, customer))).toEqual(['first', 'hidden', 'mug']);
    const team = await ask<{ reward: { id: string } }>(asOwner(program), '{ reward(code: "hidden") { id } }');
    const document = 'query ($id: ID!) { node(id: $id) { id } reward(code: "hidden") { id } }';
    for (const [caller, isSeen] of [
      [asCustomer(program, customer), true],
      [asCustomer(program, german), false],
      [asPublishable(program), false],
    ] as const) {
      const seen = isSeen ? team.reward : null;
      expect(await ask(caller, document, team.reward)).toEqual({ node: seen, reward: seen });
    }
  });

  test('speaks the customer’s language, or the one asked for', async () => {
    const text = (name: string) => ({ name, description: '', terms: '' });
    const { program, customer } = await aShelf({ texts: { en: text('A mug'), de: text('Ein Becher') } });
    await deps.reads.query(`update customer set locale = 'de-AT' where id = $1`, [customer]);
    const document = '{ reward(code: "mug") { texts { locale name } english: texts(locale: "en-GB") { name } } }';
    expect(await ask(asCustomer(program, customer), document)).toEqual({
      reward: { texts: { locale: 'de', name: 'Ein Becher' }, english: { name: 'A mug' } },
    });
  });

  test('is read page by page from both ends', async () => {
    const { program } = await shelf;
    type Page = { rewards: { nodes: { code: string }[]; pageInfo: Record<string, unknown> } };
    const document = `query ($first: Int, $after: String, $last: Int, $before: String) {
      rewards(first: $first, after: $after, last: $last, before: $before) { nodes { code } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
    const one = await ask<Page>(asOwner(program), document, { first: 4 });
    expect(one.rewards.nodes.map(({ code }) => code)).toEqual(['first', 'hidden', 'later', 'mug']);
    const two = await ask<Page>(asOwner(program), document, { first: 4, after: one.rewards.pageInfo['endCursor'] });
    expect(two.rewards.nodes.map(({ code }) => code)).toEqual(['over', 'paused']);
    expect(two.rewards.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const back = await ask<Page>(asOwner(program), document, { last: 2, before: two.rewards.pageInfo['startCursor'] });
    expect(back.rewards.nodes.map(({ code }) => code)).toEqual(['later', 'mug']);
  });

  test('shows numbers of stock and codes to the team, and what is left to everybody', async () => {
    const { program, customer, cus } = await aShelf(
      { stock: 3 },
      { code: 'voucher', fulfilment: { kind: 'CODE_POOL' } },
    );
    const input = { rewardCode: 'voucher', codes: ['A', 'B'] };
    await importRewardCodes(deps, program.scope, aCommand('rewardCodesImport', input), input);
    await change(asOwner(program), 'rewardRedeem', { customerId: cus, reward: 'voucher' });
    await change(asOwner(program), 'rewardRedeem', { customerId: cus, reward: 'mug', mode: 'RESERVE' });
    const document =
      '{ mug: reward(code: "mug") { stockLeft stock { total reserved issued } } voucher: reward(code: "voucher") { stockLeft codes { added free } } }';
    expect(await ask(asOwner(program), document)).toEqual({
      mug: { stockLeft: 2, stock: { total: 3, reserved: 1, issued: 0 } },
      voucher: { stockLeft: null, codes: { added: 2, free: 1 } },
    });
    const { data, errors } = await execute(
      deps,
      asCustomer(program, customer),
      '{ reward(code: "mug") { stockLeft stock { issued } } }',
    );
    expect([data, errors?.[0]?.originalError]).toMatchObject([{ reward: null }, { code: 'FORBIDDEN' }]);
  });
});

describe('canRedeem', () => {
  const ELIGIBLE = `__typename ... on RewardOpen { points money { amount currency } } ... on RewardClosed { points refusals { code message
    ... on RewardLimitReached { per limit used wanted until } ... on RewardPointsMissing { missing } ... on RewardOutOfStock { left } } }`;

  test('says yes with the price, or no with every reason and what is missing', async () => {
    const { program, customer } = await aShelf(
      { price: { money: { amount: 250, currency: 'EUR' } }, maxQuantity: 3 },
      { code: 'dear', points: 1_500, stock: 0 },
    );
    const document = `query ($mode: RedemptionMode!) { mug: reward(code: "mug") { canRedeem(quantity: 2, mode: $mode) { ${ELIGIBLE} } } dear: reward(code: "dear") { canRedeem { ${ELIGIBLE} } } }`;
    expect(await ask(asCustomer(program, customer), document, { mode: 'RESERVE' })).toEqual({
      mug: { canRedeem: { __typename: 'RewardOpen', points: 200, money: { amount: 500, currency: 'EUR' } } },
      dear: {
        canRedeem: {
          __typename: 'RewardClosed',
          points: 1_500,
          refusals: [
            { code: 'OUT_OF_STOCK', left: 0, message: 'This reward is out of stock.' },
            {
              code: 'INSUFFICIENT_POINTS',
              missing: 500,
              message: 'You need 500 more points: it costs 1,500, and you have 1,000.',
            },
          ],
        },
      },
    });
    const { mug } = await ask<{ mug: { canRedeem: unknown } }>(asCustomer(program, customer), document, {
      mode: 'ISSUE',
    });
    expect(mug.canRedeem).toMatchObject({ refusals: [{ code: 'PAYMENT_REQUIRED' }] });
  });

  test('is what rewardRedeem answers then, reason by reason', async () => {
    const limits = [{ of: 'CUSTOMER' as const, per: 'WEEK' as const, quantity: 1 }];
    const { program, cus } = await aShelf(
      { limits },
      { code: 'gone', stock: 0 },
      { code: 'codes', fulfilment: { kind: 'CODE_POOL' } },
      { code: 'sure', stepUpAbove: 50 },
    );
    await change(asOwner(program), 'rewardRedeem', { customerId: cus, reward: 'mug' });
    for (const code of ['mug', 'gone', 'codes', 'sure']) {
      const { reward } = await ask<{ reward: { canRedeem: { refusals: { code: string; message: string }[] } } }>(
        asOwner(program),
        'query ($code: String!, $cus: ID!) { reward(code: $code) { canRedeem(customerId: $cus) { ... on RewardClosed { refusals { code message } } } } }',
        { code, cus },
      );
      const refused = await change(asOwner(program), 'rewardRedeem', { customerId: cus, reward: code });
      expect(refused).toMatchObject({
        __typename: 'RedemptionRefusedError',
        refusals: reward.canRedeem.refusals,
        refusalId: expect.stringMatching(/^rfd_/) as string,
      });
    }
  });

  test('answers null for nobody, and a customer about themselves alone', async () => {
    const { program, customer } = await aShelf({});
    const other = publicId('Customer', await aCustomer(deps, program));
    const document = 'query ($id: ID!) { reward(code: "mug") { canRedeem(customerId: $id) { __typename } } }';
    for (const id of [other, publicId('Customer', deps.newId()), 'x'])
      expect(await ask(asCustomer(program, customer), document, { id })).toEqual({ reward: { canRedeem: null } });
    expect(await ask(asOwner(program), document, { id: 'x' })).toEqual({ reward: { canRedeem: null } });
  });
});

describe('a customer’s own token', () => {
  test('redeems, reserves and cancels for its own customer, and nobody else', async () => {
    const { program, customer } = await aShelf({});
    const me = asCustomer(program, customer);
    const other = await aCustomer(deps, program);
    const had = await change(me, 'rewardRedeem', { reward: 'mug' });
    expect(had).toMatchObject({
      replayed: false,
      redemption: { state: 'ISSUED', points: 100, transaction: { kind: 'SPEND', amount: 100 } },
    });
    const kept = await change(me, 'rewardRedeem', { reward: 'mug', mode: 'RESERVE' });
    expect(await change(asCustomer(program, other), 'redemptionCancel', { redemptionId: idOf(kept) })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await change(me, 'redemptionCancel', { redemptionId: idOf(kept) })).toMatchObject({
      redemption: { state: 'CANCELLED', version: 2, history: [{ state: 'RESERVED' }, { state: 'CANCELLED' }] },
    });
    expect(await change(me, 'redemptionCancel', { redemptionId: idOf(had) })).toMatchObject({
      code: 'STATE_CONFLICT',
      state: 'ISSUED',
    });
    const document = 'mutation ($input: RewardRedeemInput!) { rewardRedeem(input: $input) { __typename } }';
    const input = { idempotencyKey: 'k', reward: 'mug', customerId: publicId('Customer', other) };
    const { errors } = await execute(deps, me, document, { input });
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('reserves what costs money; the tenant issues it once it is paid', async () => {
    const { program, customer } = await aShelf({ price: { money: { amount: 500, currency: 'EUR' } } });
    const me = asCustomer(program, customer);
    const money = { amount: 500, currency: 'EUR' };
    const unpaid = { code: 'PAYMENT_REQUIRED', refusals: [{ code: 'PAYMENT_REQUIRED', money }] };
    expect(await change(me, 'rewardRedeem', { reward: 'mug' })).toMatchObject(unpaid);
    const kept = await change(me, 'rewardRedeem', { reward: 'mug', mode: 'RESERVE' });
    expect(await change(me, 'redemptionIssue', { redemptionId: idOf(kept) })).toMatchObject(unpaid);
    expect(await change(asOwner(program), 'redemptionIssue', { redemptionId: idOf(kept) })).toMatchObject({
      redemption: { state: 'ISSUED', transaction: { kind: 'CAPTURE', amount: 100 } },
    });
  });
});

describe('redemptions', () => {
  test('are listed newest first, by state, reward and what awaits delivery, and only one’s own to a customer', async () => {
    const { program, customer, cus } = await aShelf(
      { byHand: true },
      { code: 'credit', fulfilment: { kind: 'ACCOUNT_CREDIT', amount: { amount: 5, currency: 'EUR' } } },
    );
    const other = await aCustomer(deps, program);
    await earn(deps, program, other, 500);
    const owner = asOwner(program);
    const one = await change(owner, 'rewardRedeem', { customerId: cus, reward: 'mug' });
    const two = await change(owner, 'rewardRedeem', { customerId: cus, reward: 'credit' });
    const three = await change(owner, 'rewardRedeem', {
      customerId: publicId('Customer', other),
      reward: 'mug',
      mode: 'RESERVE',
    });
    const ids = async (caller: Caller, args: string) => {
      const { redemptions } = await ask<{ redemptions: { nodes: { id: string }[] } }>(
        caller,
        `{ redemptions${args} { nodes { id } } }`,
      );
      return redemptions.nodes.map(({ id }) => id);
    };
    expect(await ids(owner, '')).toEqual([idOf(three), idOf(two), idOf(one)]);
    expect(await ids(asCustomer(program, customer), '')).toEqual([idOf(two), idOf(one)]);
    expect(await ids(owner, '(where: { awaitsFulfilment: true })')).toEqual([idOf(one)]);
    expect(await ids(owner, '(where: { states: [RESERVED], reward: "mug" })')).toEqual([idOf(three)]);
    expect(await ids(asCustomer(program, customer), `(customerId: "${publicId('Customer', other)}")`)).toEqual([]);
    await change(owner, 'redemptionFulfil', { redemptionId: idOf(one) });
    expect(await ids(owner, '(where: { awaitsFulfilment: true })')).toEqual([]);
    secondsOn(15 * 60);
    expect(await ids(owner, '(where: { states: [RESERVED] })')).toEqual([]);
    expect(await ids(owner, '(where: { states: [EXPIRED] })')).toEqual([idOf(three)]);
  });

  test('are named by the transactions that paid for them, held their points or let them go', async () => {
    const { program, cus } = await aShelf({});
    const owner = asOwner(program);
    const had = await change(owner, 'rewardRedeem', { customerId: cus, reward: 'mug' });
    const kept = await change(owner, 'rewardRedeem', { customerId: cus, reward: 'mug', mode: 'RESERVE' });
    await change(owner, 'redemptionIssue', { redemptionId: idOf(kept) });
    const document = 'query ($cus: ID!) { ledgerTransactions(customerId: $cus) { nodes { kind redemption { id } } } }';
    const { ledgerTransactions } = await ask<{ ledgerTransactions: { nodes: unknown[] } }>(owner, document, { cus });
    expect(ledgerTransactions.nodes).toEqual([
      { kind: 'CAPTURE', redemption: { id: idOf(kept) } },
      { kind: 'HOLD', redemption: { id: idOf(kept) } },
      { kind: 'SPEND', redemption: { id: idOf(had) } },
      { kind: 'EARN', redemption: null },
    ]);
  });

  test('are null as nodes to strangers and to other programs', async () => {
    const mine = await aShelf({});
    const theirs = await aShelf({});
    const made = await change(asOwner(mine.program), 'rewardRedeem', { customerId: mine.cus, reward: 'mug' });
    const document = 'query ($id: ID!) { node(id: $id) { id } redemption(id: $id) { id state code } }';
    const variables = { id: idOf(made) };
    expect(await ask(asOwner(mine.program), document, variables)).toMatchObject({ node: variables });
    for (const caller of [asOwner(theirs.program), asCustomer(mine.program, await aCustomer(deps, mine.program))])
      expect(await ask(caller, document, variables)).toEqual({ node: null, redemption: null });
  });
});

describe('a reward of the draft', () => {
  const full = {
    code: 'tote',
    fulfilment: { discount: { percent: '12.5' } },
    price: { points: 50, money: { amount: 199, currency: 'EUR' }, byTier: [] },
    stock: 10,
    limits: [{ of: 'CUSTOMER', per: 'MONTH', quantity: 2 }],
    texts: [{ locale: 'en', name: 'A tote' }],
    imageUrl: 'https://example.com/tote.png',
    stepUpAbove: 40,
  };
  const DRAFT =
    'draft { rewards { id code price { points } limits { quantity } fulfilment { __typename } } diff { section code change } }';

  test('is saved whole, shows in the diff, and goes live with all that was written', async () => {
    const { program } = await aShelf({});
    const owner = asOwner(program);
    const saved = await change(owner, 'rewardSave', { reward: full }, DRAFT);
    expect(saved).toMatchObject({
      draft: {
        rewards: [
          { code: 'mug' },
          {
            code: 'tote',
            price: { points: 50 },
            limits: [{ quantity: 2 }],
            fulfilment: { __typename: 'DiscountFulfilment' },
          },
        ],
        diff: [{ section: 'rewards', code: 'tote', change: 'ADDED' }],
      },
    });
    expect(await change(owner, 'ruleSetPublish', {}, 'revision { revision }')).toMatchObject({
      revision: { revision: 2 },
    });
    secondsOn(2);
    const document =
      '{ reward(code: "tote") { kind imageUrl asksStepUp definition { stock stepUpAbove price { money { amount } } } } }';
    expect(await ask(owner, document)).toEqual({
      reward: {
        kind: 'DISCOUNT',
        imageUrl: 'https://example.com/tote.png',
        asksStepUp: true,
        definition: { stock: 10, stepUpAbove: 40, price: { money: { amount: 199 } } },
      },
    });
    await change(owner, 'rewardRemove', { code: 'tote' }, 'draft { version }');
    await change(owner, 'ruleSetPublish', {}, 'revision { revision }');
    secondsOn(2);
    expect(await ask(owner, '{ reward(code: "tote") { id } }')).toEqual({ reward: null });
  });

  test.each([
    ['a negative price', { price: { points: -1 } }, 'rewardSave'],
    ['a picture without encryption', { imageUrl: 'http://example.com/x.png' }, 'rewardSave'],
    ['a broken audience', { audience: 'customer.shoe > 4' }, 'ruleSetPublish'],
    ['an unknown currency', { price: { points: 1, currency: 'gold' } }, 'ruleSetPublish'],
    ['an unknown tier', { tiers: ['gold'] }, 'ruleSetPublish'],
  ])('with %s is refused with its place', async (_title, over, where) => {
    const { program } = await aShelf({});
    const owner = asOwner(program);
    const saved = await change(owner, 'rewardSave', { reward: { ...full, ...over } }, 'draft { version }');
    const refused = where === 'rewardSave' ? saved : await change(owner, 'ruleSetPublish', {}, 'revision { revision }');
    expect(refused).toMatchObject({
      __typename: 'InvalidRuleError',
      path: expect.arrayContaining(['tote']) as string[],
    });
  });
});

test('a step-up code is told to the server alone, once, and confirms the customer’s own call', async () => {
  const { program, customer, cus } = await aShelf({ stepUpAbove: 100 });
  const me = asCustomer(program, customer);
  const asked = { idempotencyKey: 'k', customerId: cus, reward: 'mug' };
  expect(await change(me, 'rewardRedeem', { reward: 'mug' })).toMatchObject({ code: 'STEP_UP_REQUIRED' });
  const made = await change(asOwner(program), 'redemptionStepUp', asked, 'stepUpCode expiresAt');
  expect(await change(asOwner(program), 'redemptionStepUp', asked, 'stepUpCode')).toMatchObject({
    stepUpCode: null,
    replayed: true,
  });
  const { errors } = await execute(
    deps,
    me,
    'mutation ($input: RedemptionStepUpInput!) { redemptionStepUp(input: $input) { __typename } }',
    { input: asked },
  );
  expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
  expect(await change(me, 'rewardRedeem', { reward: 'mug', stepUpCode: made['stepUpCode'] })).toMatchObject({
    redemption: { state: 'ISSUED' },
  });
});

test('codes are imported with what could not be taken, by its place', async () => {
  const { program } = await aShelf({ code: 'voucher', fulfilment: { kind: 'CODE_POOL' } });
  const given = { reward: 'voucher', codes: ['A', 'A', ' '] };
  expect(
    await change(asRole(program, 'GROWTH_MARKETER'), 'rewardCodesImport', given, 'imported refused { index reason }'),
  ).toMatchObject({
    imported: 1,
    refused: [
      { index: 1, reason: 'DUPLICATE' },
      { index: 2, reason: 'INVALID' },
    ],
  });
});
