import { randomUUID } from 'node:crypto';

import { beforeEach, describe, expect, it } from 'vitest';

import { publicId } from '#domain/ids.ts';

import { aShop, someCustomers } from '../support/activity.ts';
import { aChallenge, aStep } from '../support/challenge.ts';
import { testDatabase } from '../support/database.ts';
import { asCustomer, asOwner, asPublishable, asRole, execute, testDeps, type TestProgram } from '../support/program.ts';
import { publishSet } from '../support/rule-set.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

let program: TestProgram;
let customer: string;
let other: string;

beforeEach(async () => {
  program = await aShop(deps, {}, []);
  [customer = '', other = ''] = await someCustomers(deps, program, 2);
});

async function ask<Data>(caller: Parameters<typeof execute>[1], document: string, variables = {}): Promise<Data> {
  const { data, errors } = await execute<Data>(deps, caller, document, variables);
  expect(errors).toBeUndefined();
  return data!;
}

async function publish(...challenges: ReturnType<typeof aChallenge>[]): Promise<void> {
  await publishSet(deps, program, { challenges });
  await deps.catalogues.at(deps.reads, program.programId);
}

const TRACK = `mutation ($input: ActivityTrackInput!) { activityTrack(input: $input) { ... on ActivityTrackPayload { activity { effects {
  __typename ... on ChallengeProgressed { code name period isCompleted points claimUntil transactionId steps { step amount total target isCompleted } } } } } } }`;

async function buy(who = customer): Promise<unknown[]> {
  const input = {
    idempotencyKey: randomUUID(),
    type: 'purchase',
    customerId: publicId('Customer', who),
    properties: { amount: '10' },
  };
  const data = await ask<{ activityTrack: { activity: { effects: unknown[] } } }>(asOwner(program), TRACK, { input });
  return data.activityTrack.activity.effects;
}

const MINE = `query ($id: ID!) { node(id: $id) { ... on Customer { challenges { challenge { code } period closed canJoin completions
  contributors ownActivities run { state number endsAt } steps { step { code } amount isCompleted } prize { id state points role currency } } } } }`;

type Mine = { prize: { id: string; state: string } | null; [field: string]: unknown }[];
const mine = async (who = customer, as = asCustomer(program, who)): Promise<Mine> =>
  (await ask<{ node: { challenges: Mine } }>(as, MINE, { id: publicId('Customer', who) })).node.challenges;

const CLAIM = `mutation ($input: ChallengePrizeClaimInput!) { challengePrizeClaim(input: $input) { __typename
  ... on ChallengePrizeClaimPayload { replayed prize { state points transactionId } balance { available } }
  ... on UserError { code message path } } }`;
const JOIN = `mutation ($input: ChallengeJoinInput!) { challengeJoin(input: $input) { __typename
  ... on ChallengeJoinPayload { challenges { run { state } canJoin } } ... on UserError { code message } ... on StateConflictError { state } } }`;

describe('challenges on the graph', () => {
  it('are saved into the draft as a whole, and read back as they were written', async () => {
    const challenge = {
      code: 'spring',
      texts: [
        { locale: 'en', name: 'Spring', description: 'Shop in spring' },
        { locale: 'de', name: 'Frühling' },
      ],
      goal: 'COMMUNITY',
      steps: [
        {
          code: 'spend',
          texts: [{ locale: 'en', name: 'Spend' }],
          measure: { kind: 'SUM', activityType: 'purchase', property: 'amount' },
          condition: 'activity.properties.amount > 1.0',
          target: '1000',
        },
      ],
      validUntil: '2027-01-01T00:00:00.000Z',
      reward: { points: 10, bystanderPoints: 1, claimDays: 3 },
    };
    const save = `mutation ($input: ChallengeSaveInput!) { challengeSave(input: $input) { ... on ChallengeSavePayload { draft { challenges {
      code name(locale: "de-AT") description goal validUntil repeat mustJoin steps { code name measure { kind property } target }
      reward { points bystanderPoints claimDays currency } } } } ... on UserError { code message } } }`;
    const input = { idempotencyKey: randomUUID(), challenge };
    const { challengeSave } = await ask<{ challengeSave: object }>(asRole(program, 'PROGRAM_MANAGER'), save, { input });
    expect(challengeSave).toEqual({
      draft: {
        challenges: [
          {
            code: 'spring',
            name: 'Frühling',
            description: 'Shop in spring',
            goal: 'COMMUNITY',
            validUntil: '2027-01-01T00:00:00.000Z',
            repeat: 'NEVER',
            mustJoin: false,
            steps: [{ code: 'spend', name: 'Spend', measure: { kind: 'SUM', property: 'amount' }, target: '1000' }],
            reward: { points: 10, bystanderPoints: 1, claimDays: 3, currency: null },
          },
        ],
      },
    });
  });

  it('tell an activity’s part in its answer, and a customer how far they are', async () => {
    await publish(aChallenge({ steps: [aStep('buy', '2')], repeat: 'MONTH' }));
    expect(await buy()).toEqual([
      expect.objectContaining({
        __typename: 'ChallengeProgressed',
        code: 'shopper',
        name: 'Shopper',
        isCompleted: false,
        points: 0,
        steps: [{ step: 'buy', amount: '1', total: '1', target: '2', isCompleted: false }],
      }),
    ]);
    expect(await mine()).toEqual([
      expect.objectContaining({
        challenge: { code: 'shopper' },
        closed: null,
        canJoin: false,
        run: { state: 'RUNNING', number: 1, endsAt: expect.any(String) },
        steps: [{ step: { code: 'buy' }, amount: '1', isCompleted: false }],
        prize: null,
      }),
    ]);
    await buy();
    expect(await mine()).toEqual([
      expect.objectContaining({
        completions: 1,
        prize: expect.objectContaining({ state: 'GIVEN', points: 100, role: 'WINNER' }),
      }),
    ]);
  });

  it('are listed for everybody, and nobody sees how far somebody else is', async () => {
    await publish(
      aChallenge({ sortOrder: 2 }),
      aChallenge({ code: 'first' }),
      aChallenge({ code: 'resting', paused: true }),
    );
    const list = '{ challenges { code } }';
    expect(await ask(asPublishable(program), list)).toEqual({ challenges: [{ code: 'first' }, { code: 'shopper' }] });
    const { data } = await execute<{ node: unknown }>(deps, asCustomer(program, other), MINE, {
      id: publicId('Customer', customer),
    });
    expect(data?.node ?? null).toBeNull();
  });

  it('give a prize to its own customer once, by token or by server', async () => {
    await publish(aChallenge({ steps: [aStep('buy', '1')], prize: { points: 30, claimDays: 1 } }));
    await buy();
    const [{ prize } = { prize: null }] = await mine();
    const input = { idempotencyKey: randomUUID(), prizeId: prize!.id };
    const claim = async (as: Parameters<typeof execute>[1], key = randomUUID()) =>
      (await ask<{ challengePrizeClaim: object }>(as, CLAIM, { input: { ...input, idempotencyKey: key } }))
        .challengePrizeClaim;
    expect(await claim(asCustomer(program, other))).toMatchObject({ code: 'NOT_FOUND' });
    const key = randomUUID();
    const first = await claim(asCustomer(program, customer), key);
    expect(first).toMatchObject({ prize: { state: 'GIVEN', points: 30 }, balance: { available: 30 }, replayed: false });
    expect(await claim(asCustomer(program, customer), key)).toMatchObject({
      replayed: true,
      balance: { available: 30 },
    });
    expect(await claim(asOwner(program))).toMatchObject({ code: 'STATE_CONFLICT' });
  });

  it('are joined by a customer for itself alone', async () => {
    await publish(aChallenge({ mustJoin: true }));
    const join = async (as: Parameters<typeof execute>[1], who: string | null = null) => {
      const input = {
        idempotencyKey: randomUUID(),
        challenge: 'shopper',
        ...(who === null ? {} : { customerId: publicId('Customer', who) }),
      };
      return execute<{ challengeJoin: object }>(deps, as, JOIN, { input });
    };
    expect((await join(asCustomer(program, customer), other)).errors?.[0]?.message).toContain('its own customer only');
    expect((await join(asCustomer(program, customer))).data?.challengeJoin).toMatchObject({
      challenges: [{ run: { state: 'RUNNING' }, canJoin: false }],
    });
    expect((await join(asOwner(program), customer)).data?.challengeJoin).toMatchObject({ state: 'JOINED' });
  });
});
