import { randomUUID } from 'node:crypto';

import { beforeEach, describe, expect, it } from 'vitest';

import { publicId } from '#domain/ids.ts';

import { aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { asCustomer, asOwner, asPublishable, asRole, execute, testDeps, type TestProgram } from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

let program: TestProgram;
let people: string[];

beforeEach(async () => {
  program = await aShop(deps);
  people = await someCustomers(deps, program, 4);
});

type Caller = Parameters<typeof execute>[1];
const cus = (index: number): string => publicId('Customer', people[index] ?? '');
const by = (index: number): Caller => asCustomer(program, people[index] ?? '');

const FIELDS = `{ __typename ... on UserError { code path ... on StateConflictError { state } }
  ... on %Payload { %fields } }`;
const TEAM = 'team { id name joining sizeMax captainId disbandedAt members { customerId isCaptain } }';

type Reply = {
  __typename: string;
  code?: string;
  state?: string;
  path?: string[];
  accepted?: boolean;
  disbanded?: boolean;
  team?: {
    id: string;
    captainId: string;
    disbandedAt: string | null;
    members: { customerId: string; isCaptain: boolean }[];
  };
};

/** Sends one mutation and gives its payload or refusal. */
async function send(caller: Caller, name: string, input: object, fields = TEAM): Promise<Reply> {
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  const selection = FIELDS.replace('%', type).replace('%fields', fields);
  const { data, errors } = await execute<Record<string, Reply>>(
    deps,
    caller,
    `mutation ($input: ${type}Input!) { ${name}(input: $input) ${selection} }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
  );
  expect(errors).toBeUndefined();
  return data![name]!;
}

async function aTeam(over: object = {}): Promise<string> {
  return (await send(by(0), 'teamCreate', { name: 'The bees', ...over })).team!.id;
}

const membersOf = (reply: Reply): string[] => reply.team!.members.map(({ customerId }) => customerId);

describe('teams', () => {
  it('are made by a customer, who is the captain, and joined by others', async () => {
    const made = await send(by(0), 'teamCreate', { name: ' The bees ', sizeMax: 3 });
    expect(made.team).toMatchObject({ name: 'The bees', joining: 'OPEN', sizeMax: 3, captainId: cus(0) });
    const joined = await send(by(1), 'teamJoin', { id: made.team!.id });
    expect(joined.team!.members).toEqual([
      { customerId: cus(0), isCaptain: true },
      { customerId: cus(1), isCaptain: false },
    ]);
    const { data } = await execute<{ me: { team: { name: string } } }>(deps, by(1), '{ me { team { name } } }');
    expect(data!.me.team.name).toBe('The bees');
  });

  it('have a customer once, and never more members than they have room for', async () => {
    const id = await aTeam({ sizeMax: 2 });
    await send(by(1), 'teamJoin', { id });
    expect(await send(by(2), 'teamJoin', { id })).toMatchObject({ code: 'STATE_CONFLICT', state: 'FULL' });
    expect(await send(by(1), 'teamCreate', { name: 'Others' })).toMatchObject({ state: 'IN_A_TEAM' });
    expect(await send(by(0), 'teamUpdate', { id, sizeMax: 1 })).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('take the last place once, however many ask for it at the same moment', async () => {
    const id = await aTeam({ sizeMax: 2 });
    const replies = await Promise.all([1, 2, 3].map((index) => send(by(index), 'teamJoin', { id })));
    expect(replies.map((reply) => reply.state ?? 'JOINED').toSorted()).toEqual(['FULL', 'FULL', 'JOINED']);
  });

  it('that are closed are joined through the captain or the tenant’s server alone', async () => {
    const id = await aTeam({ joining: 'CLOSED' });
    expect(await send(by(1), 'teamJoin', { id })).toMatchObject({ state: 'NOT_OPEN' });
    expect(membersOf(await send(by(0), 'teamJoin', { id, customerId: cus(1) }))).toEqual([cus(0), cus(1)]);
    expect(membersOf(await send(asOwner(program), 'teamJoin', { id, customerId: cus(2) }))).toHaveLength(3);
    expect(await send(by(1), 'teamJoin', { id, customerId: cus(3) })).toMatchObject({ state: 'NOT_OPEN' });
  });

  it('pass to the longest-standing member when the captain leaves, and end with the last', async () => {
    const id = await aTeam();
    await send(by(1), 'teamJoin', { id });
    await send(by(2), 'teamJoin', { id });
    expect((await send(by(0), 'teamLeave', {})).team).toMatchObject({ captainId: cus(1), disbandedAt: null });
    expect(await send(by(2), 'teamLeave', { customerId: cus(1) })).toMatchObject({ state: 'NOT_CAPTAIN' });
    await send(by(1), 'teamLeave', { customerId: cus(2) });
    const last = await send(asOwner(program), 'teamLeave', { customerId: cus(1) }, `disbanded ${TEAM}`);
    expect(last).toMatchObject({ disbanded: true, team: { members: [] } });
    expect(last.team!.disbandedAt).not.toBeNull();
    expect(await send(by(3), 'teamJoin', { id })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await send(by(3), 'teamLeave', {})).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are changed by the captain, who can hand over to a member alone', async () => {
    const id = await aTeam();
    await send(by(1), 'teamJoin', { id });
    expect(await send(by(1), 'teamUpdate', { id, name: 'Wasps' })).toMatchObject({ state: 'NOT_CAPTAIN' });
    expect(await send(by(0), 'teamUpdate', { id, captainId: cus(2) })).toMatchObject({ state: 'NOT_A_MEMBER' });
    const handed = await send(by(0), 'teamUpdate', { id, captainId: cus(1), name: 'Wasps' });
    expect(handed.team).toMatchObject({ captainId: cus(1), name: 'Wasps' });
  });

  it('are nothing that a publishable key or a role that only reads can change', async () => {
    for (const caller of [asPublishable(program), asRole(program, 'DATA_ANALYST')]) {
      const { errors } = await execute(
        deps,
        caller,
        `mutation ($input: TeamCreateInput!) { teamCreate(input: $input) { __typename } }`,
        { input: { idempotencyKey: 'k', name: 'x' } },
      );
      expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  it('are listed page by page, oldest first, without those that ended', async () => {
    const first = await aTeam();
    const second = (await send(by(1), 'teamCreate', { name: 'Second' })).team!.id;
    await send(by(2), 'teamCreate', { name: 'Third' });
    await send(by(2), 'teamLeave', {});
    const query = `query ($after: String) { teams(first: 1, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }`;
    type Page = { teams: { nodes: { id: string }[]; pageInfo: { endCursor: string; hasNextPage: boolean } } };
    const one = (await execute<Page>(deps, by(3), query)).data!.teams;
    const two = (await execute<Page>(deps, by(3), query, { after: one.pageInfo.endCursor })).data!.teams;
    expect([...one.nodes, ...two.nodes].map(({ id }) => id)).toEqual([first, second]);
    expect(two.pageInfo.hasNextPage).toBe(false);
  });
});

describe('friends', () => {
  const friend = (caller: Caller, name: string, other: number, over: object = {}): Promise<Reply> =>
    send(caller, name, { friendId: cus(other), ...over }, name === 'friendRemove' ? 'friendId' : 'accepted');
  const friendsOf = async (index: number): Promise<{ customerId: string; standing: string }[]> => {
    const { data } = await execute<{ me: { friends: { customerId: string; standing: string }[] } }>(
      deps,
      by(index),
      '{ me { friends { customerId standing } } }',
    );
    return data!.me.friends;
  };

  it('are two who asked and accepted, each seeing the other', async () => {
    expect(await friend(by(0), 'friendRequest', 1)).toMatchObject({ accepted: false });
    expect(await friendsOf(0)).toEqual([{ customerId: cus(1), standing: 'REQUESTED' }]);
    expect(await friendsOf(1)).toEqual([{ customerId: cus(0), standing: 'ASKED' }]);
    expect(await friend(by(0), 'friendAccept', 1)).toMatchObject({ state: 'NOT_REQUESTED' });
    expect(await friend(by(1), 'friendAccept', 0)).toMatchObject({ accepted: true });
    expect(await friendsOf(0)).toEqual([{ customerId: cus(1), standing: 'ACCEPTED' }]);
    expect(await friendsOf(1)).toEqual([{ customerId: cus(0), standing: 'ACCEPTED' }]);
    expect(await friend(by(1), 'friendRequest', 0)).toMatchObject({ state: 'FRIENDS' });
    await friend(by(0), 'friendRemove', 1);
    expect([await friendsOf(0), await friendsOf(1)]).toEqual([[], []]);
    expect(await friend(by(0), 'friendRemove', 1)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('become friends at once when both ask, also at the same moment', async () => {
    const replies = await Promise.all([friend(by(0), 'friendRequest', 1), friend(by(1), 'friendRequest', 0)]);
    expect(replies.map((reply) => String(reply.accepted)).toSorted()).toEqual(['false', 'true']);
    expect(await friendsOf(0)).toEqual([{ customerId: cus(1), standing: 'ACCEPTED' }]);
  });

  it('are nobody’s own self, and not made for others by a customer', async () => {
    expect(await friend(by(0), 'friendRequest', 0)).toMatchObject({ code: 'INVALID_INPUT' });
    const { errors } = await execute(
      deps,
      by(0),
      `mutation ($input: FriendRequestInput!) { friendRequest(input: $input) { __typename } }`,
      { input: { idempotencyKey: 'k', customerId: cus(1), friendId: cus(2) } },
    );
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
    expect(await friend(asOwner(program), 'friendRequest', 2, { customerId: cus(1) })).toMatchObject({
      accepted: false,
    });
  });
});
