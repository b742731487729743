import { randomUUID } from 'node:crypto';

import { beforeEach, describe, expect, it } from 'vitest';

import { trackActivities } from '#app/activity/track.ts';
import { publicId } from '#domain/ids.ts';
import type { LeaderboardDefinition } from '#domain/leaderboard/definition.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, type TestBoard } from '../support/leaderboard.ts';
import {
  aCommand,
  asCustomer,
  asOwner,
  asPublishable,
  execute,
  testDeps,
  type TestProgram,
} from '../support/program.ts';
import { publishSet } from '../support/rule-set.ts';
import { aLadder, aTier } from '../support/tier.ts';

const { url } = await testDatabase();
// Without Redis: boards are read from the record, by the same rules.
const deps = testDeps(url);
const SUM: Partial<LeaderboardDefinition> = { metric: 'PROPERTY_SUM', activityType: 'purchase', property: 'amount' };

let program: TestProgram;
let people: string[];

beforeEach(async () => {
  program = await aShop(deps);
  people = await someCustomers(deps, program, 5);
});

type Caller = Parameters<typeof execute>[1];
const by = (index: number): Caller => asCustomer(program, people[index]!);
const cus = (index: number): string => publicId('Customer', people[index]!);

async function buy(index: number, amount: string): Promise<void> {
  const reports = [aPurchase(people[index]!, { properties: { amount } })];
  await trackActivities(deps.tracking, program.scope, aCommand('activityTrackBatch', reports), reports);
}

async function send(caller: Caller, name: string, input: object): Promise<Record<string, unknown>> {
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  const { data, errors } = await execute<Record<string, Record<string, unknown>>>(
    deps,
    caller,
    `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename ... on UserError { code path message } } }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
  );
  expect(errors).toBeUndefined();
  expect(data![name]).toEqual({ __typename: `${type}Payload` });
  return data![name]!;
}

type Row = { customerId: string; rank: number; score: string; isListed?: boolean; displayName?: string | null };
type Board = { top: Row[]; around: Row[]; rank: Row | null; friends: Row[]; page: { nodes: Row[] } };

/** Asks for a part of a board, and gives the data or the code of what was refused. */
async function read(caller: Caller, board: TestBoard, fields: string): Promise<Partial<Board> | string> {
  const { data, errors } = await execute<{ leaderboard: Board }>(
    deps,
    caller,
    `query ($code: String!) { leaderboard(code: $code) { ${fields} } }`,
    { code: board.code },
  );
  return errors === undefined ? data!.leaderboard : String(errors[0]?.extensions?.['code']);
}

const rows = (list: readonly Row[]): [number, number, string][] =>
  list.map(({ customerId, rank, score }) => [people.findIndex((_, index) => cus(index) === customerId), rank, score]);
let asked = 10;

/** The first rows. What was read from the record is shared for half a second, so that each call asks for another list. */
async function topOf(caller: Caller, board: TestBoard, part?: string): Promise<[number, number, string][]> {
  asked += 1;
  const named = part === undefined ? '' : `, part: "${part}"`;
  return rows(((await read(caller, board, `top(first: ${asked}${named}) { customerId rank score }`)) as Board).top);
}

describe('boards of parts', () => {
  it('rank each value of an attribute by itself, and move who changes it with the whole score', async () => {
    await send(asOwner(program), 'attributeSchemaSet', {
      attributes: [{ name: 'country', type: 'STRING' }],
    });
    const live = async (index: number, country: string | null): Promise<void> => {
      const [row] = await deps.reads.query<{ id: string }>('select external_id as id from customer where id = $1', [
        people[index],
      ]);
      await send(asOwner(program), 'customerUpsert', { externalId: row!.id, attributes: { country } });
    };
    for (const [index, country] of ['DE', 'FR', 'DE', 'FR'].entries()) await live(index, country);
    for (const [index, amount] of ['5', '9', '7', '1', '99'].entries()) await buy(index, amount);
    const board = await aLeaderboard(deps, program, { ...SUM, scope: 'ATTRIBUTE', scopeKey: 'country' });
    expect(await topOf(asOwner(program), board, 'DE')).toEqual([
      [2, 1, '7'],
      [0, 2, '5'],
    ]);
    expect(await topOf(by(1), board)).toEqual([
      [1, 1, '9'],
      [3, 2, '1'],
    ]);
    expect(await topOf(by(4), board)).toEqual([]);
    await live(2, 'FR');
    await buy(0, '1');
    expect(await topOf(asOwner(program), board, 'DE')).toEqual([[0, 1, '6']]);
    expect(await topOf(asOwner(program), board, 'FR')).toEqual([
      [1, 1, '9'],
      [2, 2, '7'],
      [3, 3, '1'],
    ]);
    expect(await read(asOwner(program), board, 'top { rank }')).toBe('BAD_USER_INPUT');
    const page = (await read(
      asOwner(program),
      board,
      'page(part: "FR", first: 2) { nodes { customerId rank score } }',
    )) as Board;
    expect(rows(page.page.nodes)).toEqual([
      [1, 1, '9'],
      [2, 2, '7'],
    ]);
    const { rank } = (await read(by(3), board, 'rank { customerId rank score }')) as Board;
    expect(rank).toMatchObject({ rank: 3, score: '1' });
  });

  it('follow the tier that an activity reaches at once', async () => {
    await publishSet(deps, program, {
      ladders: [
        aLadder({
          code: 'status',
          basis: { kind: 'SPEND', activityType: 'purchase', property: 'amount' },
          tiers: [aTier('silver', '10'), aTier('gold', '50')],
        }),
      ],
    });
    const board = await aLeaderboard(deps, program, { ...SUM, scope: 'TIER', scopeKey: 'status' });
    await buy(0, '12');
    await buy(1, '20');
    await buy(2, '3');
    expect(await topOf(asOwner(program), board, 'silver')).toEqual([
      [1, 1, '20'],
      [0, 2, '12'],
    ]);
    await buy(0, '40');
    expect(await topOf(asOwner(program), board, 'silver')).toEqual([[1, 1, '20']]);
    expect(await topOf(asOwner(program), board, 'gold')).toEqual([[0, 1, '52']]);
  });

  it('of an account rank its customers among themselves, and nobody who has none', async () => {
    const accounts = new Map<string, string>();
    for (const externalId of ['acme', 'zenith']) {
      await send(asOwner(program), 'accountUpsert', { externalId });
      const [row] = await deps.reads.query<{ id: string }>(
        'select id from account where program_id = $1 and external_id = $2',
        [program.programId, externalId],
      );
      accounts.set(externalId, publicId('Account', row!.id));
    }
    const joins = (index: number, accountExternalId: string | null): Promise<unknown> =>
      send(asOwner(program), 'customerUpsert', { externalId: `c${index + 1}`, accountExternalId });
    for (const [index, account] of ['acme', 'zenith', 'acme'].entries()) await joins(index, account);
    const board = await aLeaderboard(deps, program, { ...SUM, scope: 'ACCOUNT' });
    for (const [index, amount] of ['5', '9', '7', '99'].entries()) await buy(index, amount);
    expect(await topOf(by(0), board)).toEqual([
      [2, 1, '7'],
      [0, 2, '5'],
    ]);
    expect(await topOf(asOwner(program), board, accounts.get('zenith'))).toEqual([[1, 1, '9']]);
    expect(await topOf(by(3), board)).toEqual([]);
    // Who goes over to another account takes the score along.
    await joins(2, 'zenith');
    expect(await topOf(by(1), board)).toEqual([
      [1, 1, '9'],
      [2, 2, '7'],
    ]);
    expect(await topOf(by(0), board)).toEqual([[0, 1, '5']]);
  });

  it('of an audience list who meets the condition now, with everything scored in the season', async () => {
    const board = await aLeaderboard(deps, program, { ...SUM, audience: 'customer.locale == "de"' });
    await buy(0, '5');
    await buy(1, '7');
    expect(await topOf(by(0), board)).toEqual([]);
    const [row] = await deps.reads.query<{ id: string }>('select external_id as id from customer where id = $1', [
      people[0],
    ]);
    await send(asOwner(program), 'customerUpsert', { externalId: row!.id, locale: 'de' });
    expect(await topOf(by(0), board)).toEqual([[0, 1, '5']]);
    await send(asOwner(program), 'customerUpsert', { externalId: row!.id, locale: 'fr' });
    expect(await topOf(by(0), board)).toEqual([]);
  });
});

describe('what customers see', () => {
  it('is their neighbours alone on a board of NEIGHBOURS, while the tenant sees all', async () => {
    const board = await aLeaderboard(deps, program, { ...SUM, customersSee: 'NEIGHBOURS' });
    for (const [index, amount] of ['9', '7', '5', '3', '1'].entries()) await buy(index, amount);
    const all = `top { customerId rank score } page { nodes { customerId rank score } } friends { rank }
      around(customerId: "${cus(0)}", radius: 1) { customerId rank score } rank(customerId: "${cus(0)}") { rank }`;
    for (const caller of [by(3), asPublishable(program)]) {
      const seen = all.replace('friends { rank }', `friends(customerId: "${cus(3)}") { rank }`);
      expect(await read(caller, board, seen)).toEqual({
        top: [],
        page: { nodes: [] },
        friends: [],
        around: [],
        rank: null,
      });
    }
    const own = (await read(by(3), board, 'around(radius: 1) { customerId rank score }')) as Board;
    expect(rows(own.around)).toEqual([
      [2, 3, '5'],
      [3, 4, '3'],
      [4, 5, '1'],
    ]);
    expect((await topOf(asOwner(program), board)).length).toBe(5);
  });

  it('of somebody hidden is nothing, but for that one and the tenant, who see the rank it would have', async () => {
    const board = await aLeaderboard(deps, program, SUM);
    for (const [index, amount] of ['9', '7', '5'].entries()) await buy(index, amount);
    await send(by(1), 'boardAppearanceSet', { appearance: 'HIDDEN' });
    const about = `rank(customerId: "${cus(1)}") { rank score isListed } around(customerId: "${cus(1)}", radius: 1) { customerId rank score }`;
    expect(await read(by(0), board, about)).toEqual({ rank: null, around: [] });
    for (const caller of [by(1), asOwner(program)]) {
      const seen = (await read(caller, board, about)) as Board;
      expect(seen.rank).toEqual({ rank: 2, score: '7', isListed: false });
      expect(rows(seen.around)).toEqual([
        [0, 1, '9'],
        [2, 2, '5'],
      ]);
    }
  });

  it('is the alias of who chose one, and no name of who is anonymous', async () => {
    const board = await aLeaderboard(deps, program, SUM);
    for (const index of [0, 1, 2]) await buy(index, String(9 - index));
    await deps.postgres.query("update customer set display_name = 'Ada' where program_id = $1", [program.programId]);
    await send(by(0), 'boardAppearanceSet', { appearance: 'ALIAS', alias: ' The fox ' });
    await send(asOwner(program), 'boardAppearanceSet', { customerId: cus(1), appearance: 'ANONYMOUS' });
    const { top } = (await read(by(2), board, 'top { displayName }')) as Board;
    expect(top.map(({ displayName }) => displayName)).toEqual(['The fox', null, 'Ada']);
  });

  it('are their friends ranked among themselves, without those who hide', async () => {
    const board = await aLeaderboard(deps, program, { ...SUM, tieRule: 'DENSE' });
    for (const [index, amount] of ['5', '9', '5', '3', '4'].entries()) await buy(index, amount);
    for (const other of [2, 3, 4]) {
      await send(by(0), 'friendRequest', { friendId: cus(other) });
      await send(by(other), 'friendAccept', { friendId: cus(0) });
    }
    await send(by(4), 'boardAppearanceSet', { appearance: 'HIDDEN' });
    const { friends } = (await read(by(0), board, 'friends { customerId rank score }')) as Board;
    expect(rows(friends).map(([, rank, score]) => [rank, score])).toEqual([
      [1, '5'],
      [1, '5'],
      [2, '3'],
    ]);
    expect(await read(by(1), board, `friends(customerId: "${cus(0)}") { rank }`)).toEqual({ friends: [] });
  });
});

describe('a definition', () => {
  it.each<[string, Partial<LeaderboardDefinition>, string]>([
    ['a sub-score of points', { metric: 'POINTS_EARNED', subProperty: 'amount' }, 'subProperty'],
    ['a sub-score of a text', { ...SUM, subProperty: 'order' }, 'subProperty'],
    ['bounds of a count', { metric: 'ACTIVITY_COUNT', activityType: 'purchase', scoreMin: '1' }, 'scoreMin'],
    ['bounds that cross', { ...SUM, scoreMin: '2', scoreMax: '1' }, 'scoreMin'],
    ['no attempt', { ...SUM, attemptsMax: 0 }, 'attemptsMax'],
    ['a ladder that is not live', { ...SUM, scope: 'TIER', scopeKey: 'status' }, 'scopeKey'],
    ['an attribute that is not declared', { ...SUM, scope: 'ATTRIBUTE', scopeKey: 'shoe_size' }, 'scopeKey'],
    ['a key without need', { ...SUM, scope: 'TEAM', scopeKey: 'x' }, 'scopeKey'],
    ['an audience of teams', { ...SUM, scope: 'TEAM', audience: 'true' }, 'audience'],
    ['an audience that is no condition', { ...SUM, audience: '1 + 1' }, 'audience'],
  ])('is refused for %s', async (_name, overrides, field) => {
    await expect(aLeaderboard(deps, program, overrides)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      path: [field],
    });
  });
});
