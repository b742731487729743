import { randomUUID } from 'node:crypto';

import { afterAll, beforeEach, expect, it } from 'vitest';

import { publicId } from '#domain/ids.ts';
import { settleDuels } from '#src/jobs/settle-duels.ts';
import { startRelay } from '#src/relay.ts';

import { aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aDuelKind } from '../support/duel.ts';
import { asCustomer, asOwner, asPublishable, asRole, execute, testDeps, type TestProgram } from '../support/program.ts';
import { ownRedis } from '../support/redis.ts';
import { publishSet } from '../support/rule-set.ts';
import { openStream } from '../support/stream.ts';

const { url } = await testDatabase();
const redisServer = await ownRedis();
const deps = testDeps(url, { redisUrl: redisServer.url });
const relay = startRelay(deps);
afterAll(() => relay.stop());

let program: TestProgram;
let ann: string;
let bob: string;
let cid: string;

beforeEach(async () => {
  program = await aShop(deps, {}, []);
  [ann = '', bob = '', cid = ''] = await someCustomers(deps, program, 3);
  await publishSet(deps, program, { duelKinds: [aDuelKind({ graceMinutes: 0 })] });
  // Readers may be a moment behind a publication; these shall not be.
  await deps.catalogues.at(deps.reads, program.programId);
});

type Caller = Parameters<typeof execute>[1];
const cus = (id: string): string => publicId('Customer', id);

const DUEL =
  'duel { id state prize kind { name(locale: "de") } sides { role customerId score attempts hasWon points } }';

async function call(as: Caller, mutation: string, fields: object): Promise<Record<string, unknown>> {
  const type = mutation[0]!.toUpperCase() + mutation.slice(1);
  const { data, errors } = await execute<Record<string, Record<string, unknown>>>(
    deps,
    as,
    `mutation ($input: ${type}Input!) { ${mutation}(input: $input) { __typename ... on ${type}Payload { ${DUEL} }
       ... on UserError { code path } ... on StateConflictError { state } } }`,
    { input: { idempotencyKey: randomUUID(), ...fields } },
  );
  if (errors !== undefined) return { message: errors[0]?.message };
  return data![mutation]!;
}

const duelIn = (answer: Record<string, unknown>) => answer['duel'] as { id: string; sides: object[] };

async function buy(customerId: string, amount: string): Promise<unknown[]> {
  const { data } = await execute<{ activityTrack: { activity: { effects: unknown[] } } }>(
    deps,
    asOwner(program),
    `mutation ($input: ActivityTrackInput!) { activityTrack(input: $input) { ... on ActivityTrackPayload { activity { effects {
       __typename ... on DuelScored { code name amount score attempt attemptsMax } } } } } }`,
    { input: { idempotencyKey: randomUUID(), type: 'purchase', customerId: cus(customerId), properties: { amount } } },
  );
  return data!.activityTrack.activity.effects;
}

const CHANGES = `subscription ($after: String) { duelChanged(after: $after) { cursor isSnapshot change duels { state sides { score } } } }`;
type Item = { cursor: string; isSnapshot: boolean; change: string | null; duels: { state: string }[] };

it('is started, accepted and seen as it goes by both sides, each step once and on from a cursor', async () => {
  const stream = await openStream<Item>(deps, asCustomer(program, bob), CHANGES);
  expect(await stream.next()).toMatchObject({ isSnapshot: true, change: null, duels: [] });
  const { id } = duelIn(await call(asCustomer(program, ann), 'duelStart', { kind: 'race', opponentId: cus(bob) }));
  const invited = await stream.next();
  expect(invited).toMatchObject({ change: 'INVITED', duels: [{ state: 'INVITED' }] });
  await stream.close();
  expect(duelIn(await call(asCustomer(program, bob), 'duelAccept', { duelId: id }))).toMatchObject({
    state: 'RUNNING',
    prize: 50,
    kind: { name: 'Wettlauf' },
  });
  expect(await buy(ann, '3.50')).toEqual([
    {
      __typename: 'DuelScored',
      code: 'race',
      name: 'Race',
      amount: '3.5',
      score: '3.5',
      attempt: 1,
      attemptsMax: null,
    },
  ]);
  await deps.postgres
    .query(`update duel set started_at = started_at - interval '1 day', ends_at = ends_at - interval '1 day',
    due_at = due_at - interval '1 day' where id is not null`);
  await settleDuels(deps);
  const again = await openStream<Item>(deps, asCustomer(program, bob), CHANGES, { after: invited!.cursor });
  const changes = [];
  for (let count = 0; count < 3; count += 1) changes.push((await again.next())!.change);
  expect(changes).toEqual(['STARTED', 'SCORED', 'LOST']);
  await again.close();
  const MINE = `query ($customer: ID!) { node(id: $customer) { ... on Customer { duels { state sides { hasWon points } } } }
    inbox(first: 5) { nodes { kind body } } }`;
  const { data } = await execute<object>(deps, asCustomer(program, bob), MINE, { customer: cus(bob) });
  expect(data).toEqual({
    node: {
      duels: [
        {
          state: 'DECIDED',
          sides: [
            { hasWon: true, points: 50 },
            { hasWon: false, points: 0 },
          ],
        },
      ],
    },
    inbox: {
      nodes: [
        { kind: 'DUEL_DECIDED', body: 'You have lost your duel.' },
        expect.objectContaining({ kind: 'DUEL_INVITED' }),
      ],
    },
  });
});

it('is open to whoever takes it, listed without one’s own, and nobody acts for somebody else', async () => {
  const open = duelIn(await call(asCustomer(program, ann), 'duelStart', { kind: 'race' }));
  expect(open.sides).toEqual([expect.objectContaining({ role: 'CHALLENGER', customerId: cus(ann) })]);
  const OPEN = '{ openDuels(kind: "race") { id sides { displayName } } }';
  const listed = async (as: Caller) => (await execute<{ openDuels: { id: string }[] }>(deps, as, OPEN)).data?.openDuels;
  expect(await listed(asCustomer(program, bob))).toMatchObject([{ id: open.id }]);
  expect(await listed(asCustomer(program, ann))).toEqual([]);
  expect(await listed(asPublishable(program))).toBeUndefined();
  const forBob = await call(asCustomer(program, cid), 'duelAccept', { duelId: open.id, customerId: cus(bob) });
  expect(forBob['message']).toContain('its own customer only');
  expect(await call(asCustomer(program, cid), 'duelWithdraw', { duelId: open.id })).toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await call(asOwner(program), 'duelAccept', { duelId: open.id, customerId: cus(cid) })).toMatchObject({
    duel: { state: 'RUNNING' },
  });
  expect(await call(asCustomer(program, bob), 'duelAccept', { duelId: open.id })).toMatchObject({ state: 'RUNNING' });
  expect(await call(asCustomer(program, bob), 'duelAccept', { duelId: 'dul_nothing' })).toMatchObject({
    code: 'NOT_FOUND',
  });
  const stranger = await aShop(deps, {}, []);
  expect(await call(asOwner(stranger), 'duelDecline', { duelId: open.id, customerId: cus(cid) })).toMatchObject({
    code: 'NOT_FOUND',
  });
});

it('is of a kind that the team writes whole, and is refused when its measure is none', async () => {
  const SAVE = `mutation ($input: DuelKindSaveInput!) { duelKindSave(input: $input) { ... on DuelKindSavePayload { draft { duelKinds {
    code name hours answerHours scoring tie attemptsMax reward { points monthlyMax currency } } } } ... on UserError { code } } }`;
  const duelKind = {
    code: 'sprint',
    texts: [{ locale: 'en', name: 'Sprint' }],
    measure: { kind: 'COUNT', activityType: 'purchase' },
    hours: 2,
    reward: { points: 5 },
  };
  const manager = asRole(program, 'PROGRAM_MANAGER');
  const { data } = await execute<{ duelKindSave: { draft: { duelKinds: object[] } } }>(deps, manager, SAVE, {
    input: { idempotencyKey: randomUUID(), duelKind },
  });
  expect(data!.duelKindSave.draft.duelKinds.find((kind) => 'code' in kind && kind.code === 'sprint')).toEqual({
    ...{ code: 'sprint', name: 'Sprint', hours: 2, answerHours: 72, scoring: 'SUM', tie: 'NOBODY', attemptsMax: null },
    reward: { points: 5, monthlyMax: 10, currency: null },
  });
  const wrong = aDuelKind({
    measure: { kind: 'COUNT', activityType: 'nothing' },
    tiers: ['gold'],
    condition: 'activity.',
  });
  await expect(publishSet(deps, program, { duelKinds: [wrong] })).rejects.toMatchObject({
    problems: expect.arrayContaining([
      expect.objectContaining({ path: expect.arrayContaining(['race', 'measure']) }),
      expect.objectContaining({ path: expect.arrayContaining(['race', 'tiers']) }),
    ]),
  });
});
