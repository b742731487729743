import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { aShop } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { asOwner, asRole, execute, testDeps, type TestProgram } from '../support/program.ts';
import { draftOf, fixed, publishSet } from '../support/rule-set.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

const INVALID = '... on InvalidRuleError { problems { path message } }';
const STALE = '... on StaleVersionError { currentVersion }';
const SECOND = '... on SecondPersonError { proposedBy }';
/** Beside the refusals that every mutation may answer. */
const REFUSALS: Record<string, string> = {
  ruleSetPublish: `${INVALID} ${STALE}`,
  ruleSetRollback: INVALID,
  ruleSetCancel: '',
  ruleSetApprove: `${INVALID} ${STALE} ${SECOND}`,
  ruleSetReject: SECOND,
};
const REVISION = 'revision { revision state startsAt restoresRevision proposalId cancellationReason }';
const RELEASED = `${REVISION} proposal { id state proposedBy decidedBy diff { code change } content }`;

/** Runs a mutation of the lifecycle, as the owner's key or as a programme manager with another name. */
async function run(
  shop: TestProgram,
  mutation: string,
  input: object,
  actor: string | null = null,
): Promise<Record<string, unknown>> {
  const name = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}`;
  const caller = actor === null ? asOwner(shop) : { ...asRole(shop, 'PROGRAM_MANAGER'), actor };
  const { data, errors } = await execute<Record<string, Record<string, unknown>>>(
    deps,
    caller,
    `mutation ($input: ${name}Input!) { ${mutation}(input: $input) { __typename
      ... on ${name}Payload { ${mutation === 'ruleSetCancel' ? REVISION : RELEASED} }
      ... on UserError { code path } ... on StateConflictError { state } ${REFUSALS[mutation]} } }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
  );
  expect(errors).toBeUndefined();
  return data?.[mutation] ?? {};
}

const ask = async (shop: TestProgram, query: string): Promise<Record<string, unknown>> => {
  const { data, errors } = await execute(deps, asRole(shop, 'DATA_ANALYST'), query);
  expect(errors).toBeUndefined();
  return data ?? {};
};

describe('revisions in the graph', () => {
  test('are listed newest first with their states, and compared with each other and with the draft', async () => {
    const shop = await aShop(deps, {}, []);
    await publishSet(deps, shop, { earningRules: [fixed(1)] });
    await draftOf(deps, shop, { earningRules: [fixed(2)] });
    const at = new Date(Date.now() + 3_600_000).toISOString();
    expect(await run(shop, 'ruleSetPublish', { at })).toMatchObject({
      revision: { revision: 2, state: 'SCHEDULED', startsAt: at },
      proposal: null,
    });
    await draftOf(deps, shop, { earningRules: [fixed(3)] });
    const points = (before: number, after: number) => ({
      code: 'fixed',
      fields: [
        {
          field: 'award',
          before: JSON.stringify({ kind: 'FIXED', points: before }),
          after: JSON.stringify({ kind: 'FIXED', points: after }),
        },
      ],
    });
    const FIELDS = '{ code fields { field before after } }';
    expect(
      await ask(
        shop,
        `{ ruleSetRevisions(first: 5) { nodes { revision state } pageInfo { hasNextPage } }
          toDraft: ruleSetDiff ${FIELDS} between: ruleSetDiff(from: 1, to: 2) ${FIELDS}
          program { liveRevision } ruleSetDraft { diff { code } } }`,
      ),
    ).toEqual({
      ruleSetRevisions: {
        nodes: [
          { revision: 2, state: 'SCHEDULED' },
          { revision: 1, state: 'LIVE' },
        ],
        pageInfo: { hasNextPage: false },
      },
      toDraft: [points(1, 3)],
      between: [points(1, 2)],
      program: { liveRevision: 1 },
      ruleSetDraft: { diff: [{ code: 'fixed' }] },
    });
    const { errors } = await execute(deps, asOwner(shop), '{ ruleSetDiff(from: 7) { code } }');
    expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  });

  test('are read page by page in both directions', async () => {
    const shop = await aShop(deps, {}, []);
    for (let points = 1; points <= 5; points += 1) await publishSet(deps, shop, { earningRules: [fixed(points)] });
    const page = async (args: string) =>
      (await ask(
        shop,
        `{ ruleSetRevisions(${args}) { nodes { revision } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
      )) as {
        ruleSetRevisions: { nodes: { revision: number }[]; pageInfo: { startCursor: string; endCursor: string } };
      };
    const first = (await page('first: 2')).ruleSetRevisions;
    const second = (await page(`first: 2, after: "${first.pageInfo.endCursor}"`)).ruleSetRevisions;
    const back = (await page(`last: 2, before: "${second.pageInfo.startCursor}"`)).ruleSetRevisions;
    const numbers = ({ nodes }: typeof first) => nodes.map(({ revision }) => revision);
    expect([numbers(first), numbers(second), numbers(back)]).toEqual([
      [5, 4],
      [3, 2],
      [5, 4],
    ]);
  });

  test('are cancelled, rolled back and refused with typed errors', async () => {
    const shop = await aShop(deps, {}, [fixed(1)]);
    await draftOf(deps, shop, { earningRules: [fixed(2)] });
    await run(shop, 'ruleSetPublish', { at: new Date(Date.now() + 3_600_000).toISOString() });
    expect(await run(shop, 'ruleSetCancel', { revision: 2, reason: 'no' })).toMatchObject({
      revision: { state: 'CANCELLED', cancellationReason: 'no' },
    });
    expect(await run(shop, 'ruleSetCancel', { revision: 1 })).toMatchObject({ code: 'STATE_CONFLICT', state: 'LIVE' });
    expect(await run(shop, 'ruleSetRollback', { revision: 1 })).toMatchObject({ state: 'UNCHANGED' });
    expect(await run(shop, 'ruleSetRollback', { revision: 2 })).toMatchObject({ revision: { restoresRevision: 2 } });
    expect(await run(shop, 'ruleSetRollback', { revision: 9 })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await run(shop, 'ruleSetPublish', { expectedVersion: 1 })).toMatchObject({ code: 'STALE_VERSION' });
    expect(await run(shop, 'ruleSetPublish', { at: '2020-01-01T00:00:00Z' })).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['at'],
    });
    await draftOf(deps, shop, { earningRules: [fixed(2, { condition: 'activity.properties.nothing > 1' })] });
    expect(await run(shop, 'ruleSetPublish', {})).toMatchObject({ code: 'INVALID_RULE', problems: [{}] });
  });
});

test('with a second person, one proposes and another one decides', async () => {
  const shop = await aShop(deps, {}, []);
  await draftOf(deps, shop, { earningRules: [fixed(1)] });
  const { errors } = await execute(
    deps,
    asOwner(shop),
    `mutation { programUpdate(input: { idempotencyKey: "two", policies: { publishApproval: SECOND_PERSON } }) {
      ... on ProgramUpdatePayload { program { policies { publishApproval } } } } }`,
  );
  expect(errors).toBeUndefined();
  const proposed = await run(shop, 'ruleSetPublish', { note: 'please' }, 'staff:ann');
  expect(proposed).toMatchObject({
    revision: null,
    proposal: {
      state: 'PENDING',
      proposedBy: 'staff:ann',
      diff: [{ code: 'fixed', change: 'ADDED' }],
      content: { earningRules: [{ code: 'fixed' }] },
    },
  });
  const { id } = (proposed as { proposal: { id: string } }).proposal;
  expect(await run(shop, 'ruleSetApprove', { proposalId: id }, 'staff:ann')).toMatchObject({
    __typename: 'SecondPersonError',
    proposedBy: 'staff:ann',
  });
  expect(await run(shop, 'ruleSetApprove', { proposalId: 'rsp_nonsense' }, 'staff:bob')).toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await run(shop, 'ruleSetApprove', { proposalId: id }, 'staff:bob')).toMatchObject({
    revision: { revision: 1, state: 'LIVE', proposalId: id },
    proposal: { state: 'APPROVED', decidedBy: 'staff:bob' },
  });
  expect(await run(shop, 'ruleSetReject', { proposalId: id }, 'staff:bob')).toMatchObject({ state: 'APPROVED' });
  expect(await ask(shop, '{ ruleSetProposals(state: PENDING) { id } all: ruleSetProposals { state } }')).toEqual({
    ruleSetProposals: [],
    all: [{ state: 'APPROVED' }],
  });
  const own = await ask(shop, `{ ruleSetProposal(id: "${id}") { revisionNumber note } }`);
  expect(own).toEqual({ ruleSetProposal: { revisionNumber: 1, note: 'please' } });
});
