import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { publicId } from '#domain/ids.ts';

import { testDatabase } from '../support/database.ts';
import { aDraw, withTickets, type DrawGiven } from '../support/draw.ts';
import { aCustomer, earn } from '../support/ledger.ts';
import {
  aProgram,
  asCustomer,
  asOwner,
  asPublishable,
  asRole,
  execute,
  testDeps,
  type TestProgram,
} from '../support/program.ts';
import { aReward } from '../support/reward.ts';
import { publishSet } from '../support/rule-set.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const first = withTickets(deps, () => 0);

type Caller = Parameters<typeof execute>[1];

async function ask<Data>(caller: Caller, document: string, variables = {}): Promise<Data> {
  const { data, errors } = await execute<Data>(first, caller, document, variables);
  expect(errors).toBeUndefined();
  return data!;
}

async function aFair(given: DrawGiven = {}): Promise<{ program: TestProgram; ann: string; bob: string }> {
  const program = await aProgram(deps);
  await publishSet(deps, program, { rewards: [aReward({ stock: 1 })], draws: [aDraw(given)] });
  const [ann, bob] = [await aCustomer(deps, program), await aCustomer(deps, program)];
  for (const id of [ann, bob]) await earn(deps, program, id, 100);
  return { program, ann, bob };
}

const MUG: DrawGiven = {
  outcomes: [
    { code: 'mug', prize: { kind: 'REWARD', reward: 'mug' } },
    { code: 'blank', weight: 3 },
  ],
};

const PLAY = `mutation ($input: DrawPlayInput!) { drawPlay(input: $input) { __typename
  ... on DrawPlayPayload { replayed balances { available currency { code } } play {
    id customerId outcome { code kind points } cost points isFree ticket tickets ruleRevision drawn usedUp redemption { state rewardCode } } }
  ... on DrawRefusedError { refusals { code message(locale: "de") againFrom needed available tiers termsVersion } }
  ... on UserError { code message path } } }`;
type Played = { drawPlay: { __typename: string; play?: { id: string }; [field: string]: unknown } };

const play = async (caller: Caller, input: object = {}): Promise<Played['drawPlay']> =>
  (await ask<Played>(caller, PLAY, { input: { idempotencyKey: randomUUID(), draw: 'wheel', ...input } })).drawPlay;

const OWN = `query ($id: ID!) { node(id: $id) { ... on Customer {
  draws { draw { code name(locale: "de-AT") price { points } fallback } canPlay cost freePlaysLeft refusals { code }
    odds { outcome { code weight } tickets stated now chance usedUp } }
  drawPlays(first: 1) { nodes { id drawCode outcome { name } } pageInfo { hasNextPage } } } } }`;

describe('prize draws on the graph', () => {
  it('are saved into the draft as a whole, and read back as they were written', async () => {
    const { program } = await aFair();
    const texts = [{ locale: 'en', name: 'Spin', description: '' }];
    const draw = {
      code: 'spin',
      texts,
      price: { points: 5 },
      freePlays: { per: 'DAY', times: 1 },
      limits: [{ of: 'CUSTOMER', per: 'WEEK', times: 9 }],
      outcomes: [
        {
          code: 'mug',
          texts,
          reward: 'mug',
          weight: 1,
          cost: 300,
          limits: [{ of: 'EVERYBODY', per: 'ALL_TIME', times: 2 }],
        },
        { code: 'ten', texts, points: { points: 10 }, weight: 9 },
        { code: 'blank', texts, weight: 90 },
      ],
      fallback: 'blank',
      budget: { per: 'MONTH', points: 1000, money: 900 },
    };
    const data = await ask<{ drawSave: { draft: { draws: object[] } } }>(
      asOwner(program),
      `mutation ($input: DrawSaveInput!) { drawSave(input: $input) { ... on DrawSavePayload { draft { draws {
        code price { points currency } freePlays { per times } limits { of per times } fallback budget { per points money }
        outcomes { code kind points reward weight cost limits { of per times } } } } } ... on UserError { message } } }`,
      { input: { idempotencyKey: randomUUID(), draw } },
    );
    expect(data.drawSave.draft.draws.at(-1)).toEqual({
      ...{ code: 'spin', price: { points: 5, currency: null }, freePlays: draw.freePlays, limits: draw.limits },
      ...{ fallback: 'blank', budget: draw.budget },
      outcomes: [
        {
          ...{ code: 'mug', kind: 'REWARD', points: null, reward: 'mug', weight: 1, cost: 300 },
          limits: draw.outcomes[0]!.limits,
        },
        { code: 'ten', kind: 'POINTS', points: 10, reward: null, weight: 9, cost: 0, limits: [] },
        { code: 'blank', kind: 'NOTHING', points: null, reward: null, weight: 90, cost: 0, limits: [] },
      ],
    });
  });

  it('are played by a customer’s own token, which sees what came out and what proves it', async () => {
    const { program, ann } = await aFair(MUG);
    const me = asCustomer(program, ann);
    const won = await play(me);
    expect(won).toMatchObject({
      __typename: 'DrawPlayPayload',
      replayed: false,
      balances: [{ available: 90, currency: { code: 'points' } }],
      play: {
        ...{ customerId: publicId('Customer', ann), cost: 10, points: 0, isFree: false, ruleRevision: 1 },
        ...{
          ticket: 0,
          tickets: 4,
          drawn: 'mug',
          usedUp: null,
          outcome: { code: 'mug', kind: 'REWARD', points: null },
        },
        redemption: { state: 'ISSUED', rewardCode: 'mug' },
      },
    });
    const { explain } = await ask<{ explain: { text: string } }>(me, `{ explain(id: "${won.play?.id}") { text } }`);
    expect(explain.text).toBe('Your ticket was number 1 of 4. Result: The mug.');
    const own = await ask<{ node: object }>(me, OWN, { id: publicId('Customer', ann) });
    expect(own.node).toEqual({
      draws: [
        {
          draw: { code: 'wheel', name: 'Glücksrad', price: { points: 10 }, fallback: 'blank' },
          ...{ canPlay: false, cost: 10, freePlaysLeft: 0, refusals: [{ code: 'NOTHING_LEFT' }] },
          odds: [
            { outcome: { code: 'mug', weight: 1 }, tickets: 4, stated: 1, now: 0, chance: 0, usedUp: 'STOCK' },
            { outcome: { code: 'blank', weight: 3 }, tickets: 4, stated: 3, now: 4, chance: 1, usedUp: null },
          ],
        },
      ],
      drawPlays: {
        nodes: [{ id: won.play?.id, drawCode: 'wheel', outcome: { name: 'The mug' } }],
        pageInfo: { hasNextPage: false },
      },
    });
  });

  it('publish their odds to everybody who sees rewards, and what they cost the programme to the team alone', async () => {
    const { program } = await aFair(MUG);
    const odds = '{ draws { draw { code } odds { outcome { code } chance } } }';
    const expected = [
      {
        draw: { code: 'wheel' },
        odds: [
          { outcome: { code: 'mug' }, chance: 0.25 },
          { outcome: { code: 'blank' }, chance: 0.75 },
        ],
      },
    ];
    expect((await ask<{ draws: object[] }>(asPublishable(program), odds)).draws).toEqual(expected);
    const secret = '{ draws { draw { budget { points } outcomes { cost } audience } } }';
    expect((await ask<{ draws: object[] }>(asRole(program, 'DATA_ANALYST'), secret)).draws).toHaveLength(1);
    const { errors } = await execute(deps, asPublishable(program), secret);
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('are refused with every reason, in the customer’s language, and by data', async () => {
    const { program, ann } = await aFair({
      price: { points: 150, currency: null },
      validUntil: '2020-01-01T00:00:00Z',
    });
    expect(await play(asOwner(program), { customerId: publicId('Customer', ann) })).toMatchObject({
      __typename: 'DrawRefusedError',
      code: 'NO_LONGER',
      refusals: [
        { code: 'NO_LONGER', message: 'Diese Verlosung lief bis zum 1. Januar 2020.', againFrom: null },
        { code: 'INSUFFICIENT_POINTS', needed: 150, available: 100, tiers: [], termsVersion: null },
      ],
    });
  });

  it('are nobody else’s: a customer plays for itself alone, and reads its own plays alone', async () => {
    const { program, ann, bob } = await aFair();
    const input = { idempotencyKey: 'k', draw: 'wheel', customerId: publicId('Customer', bob) };
    const { errors } = await execute(deps, asCustomer(program, ann), PLAY, { input });
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
    const { data } = await execute<{ node: object | null }>(deps, asCustomer(program, ann), OWN, {
      id: publicId('Customer', bob),
    });
    expect(data?.node ?? null).toBeNull();
    const strange = await aFair();
    const other = await play(asOwner(strange.program), { customerId: publicId('Customer', ann) });
    expect(other).toMatchObject({ code: 'NOT_FOUND', path: ['customerId'] });
  });
});
