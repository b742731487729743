import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { ROLES } from '#domain/caller.ts';
import { publicId, type IdType } from '#domain/ids.ts';

import { testDatabase } from '../support/database.ts';
import {
  aKey,
  anonymous,
  aProgram,
  asCustomer,
  asOperator,
  asOwner,
  asPublishable,
  asRole,
  execute,
  testDeps,
} from '../support/program.ts';
import { addProvider, aProvider } from '../support/tokens.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

/** A program with one of each noun, by public id. */
async function aFurnishedProgram() {
  const program = await aProgram(deps);
  const customerId = deps.newId();
  await deps.reads.query('insert into customer (program_id, id, external_id) values ($1, $2, $3)', [
    program.programId,
    customerId,
    'c1',
  ]);
  const { keyId } = await aKey(deps, program, 'DATA_ANALYST');
  const providerId = await addProvider(deps, program, await aProvider('https://id.example', program.publicId));
  const ids = {
    Program: program.publicId,
    PointCurrency: publicId('PointCurrency', program.currencyId),
    ApiKey: publicId('ApiKey', keyId),
    IdentityProvider: publicId('IdentityProvider', providerId),
    Customer: publicId('Customer', customerId),
  };
  return { program, ids };
}

const mine = await aFurnishedProgram();
const theirs = await aFurnishedProgram();

type Noun = keyof typeof mine.ids;

/** Ids that stand for nothing here: another program's, one that never was, one of another type, and no id at all. */
const strangers = (noun: Noun, other: IdType): [string, string][] => [
  ['of another program', theirs.ids[noun]],
  ['that never was', publicId(noun, deps.newId())],
  ['of another type', publicId(other, deps.newId())],
  ['in capitals', mine.ids[noun].toUpperCase()],
  ['as a bare UUID', randomUUID()],
  ['of nothing', ''],
  ['with a quote', `${mine.ids[noun]}'`],
];

const MUTATIONS: [name: string, noun: Noun, field: string, more: object][] = [
  ['apiKeyRotate', 'ApiKey', 'apiKeyId', {}],
  ['apiKeyRevoke', 'ApiKey', 'apiKeyId', {}],
  ['pointCurrencyUpdate', 'PointCurrency', 'pointCurrencyId', { name: 'x' }],
  ['identityProviderRemove', 'IdentityProvider', 'identityProviderId', {}],
  ['customerTokenMint', 'Customer', 'customerId', {}],
  ['tierAssign', 'Customer', 'customerId', { ladder: 'status', tier: 'gold', reason: 'x' }],
  ['tierRelease', 'Customer', 'customerId', { ladder: 'status', reason: 'x' }],
  ['tierReview', 'Customer', 'customerId', { reason: 'x' }],
  ['customerTokensRevoke', 'Customer', 'customerId', {}],
];

/** Everything on record of the other program. */
async function theirRecord(): Promise<unknown> {
  return deps.reads.query(
    `select (select jsonb_agg(t order by id) from api_key t where program_id = $1) as keys,
       (select jsonb_agg(t order by id) from point_currency t where program_id = $1) as currencies,
       (select jsonb_agg(t order by id) from identity_provider t where program_id = $1) as providers,
       (select jsonb_agg(t order by id) from customer t where program_id = $1) as customers,
       (select jsonb_agg(t) from program t where id = $1) as program, (select count(*) from audit_entry where program_id = $1) as audits`,
    [theirs.program.programId],
  );
}

describe('an id that is not of the program', () => {
  it.each(MUTATIONS)(
    'answers NOT_FOUND to %s, whatever it is, and nothing is written',
    async (name, noun, field, more) => {
      const before = await theirRecord();
      const type = name[0]?.toUpperCase() + name.slice(1);
      const document = `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename ... on UserError { code message path } ... on NotFoundError { subject } } }`;
      const replies = [];
      for (const [title, id] of strangers(noun, noun === 'ApiKey' ? 'Customer' : 'ApiKey')) {
        const input = { idempotencyKey: randomUUID(), [field]: id, ...more };
        const { data, errors } = await execute(deps, asOwner(mine.program), document, { input });
        expect(errors, title).toBeUndefined();
        replies.push(data?.[name]);
      }
      expect(replies[0]).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND', path: [field] });
      expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
      expect(await theirRecord()).toEqual(before);
    },
  );

  it.each(['Program', 'PointCurrency', 'ApiKey', 'IdentityProvider'] as const)(
    'is null as a node of type %s',
    async (noun) => {
      const document = 'query ($id: ID!) { node(id: $id) { __typename id } }';
      const own = await execute(deps, asOwner(mine.program), document, { id: mine.ids[noun] });
      expect(own).toEqual({ data: { node: { __typename: noun, id: mine.ids[noun] } } });
      for (const [title, id] of strangers(noun, 'Lot')) {
        const { data, errors } = await execute(deps, asOwner(mine.program), document, { id });
        expect([data, errors], title).toEqual([{ node: null }, undefined]);
      }
    },
  );

  it('archives nothing for the operator, and cannot be reached with a key of a program', async () => {
    const document = `mutation ($input: ProgramArchiveInput!) { programArchive(input: $input) { __typename ... on UserError { code } } }`;
    for (const programId of [
      publicId('Program', deps.newId()),
      'prg_x',
      mine.ids.ApiKey,
      publicId('Program', '00000000-0000-0000-0000-000000000000'),
    ]) {
      const { data } = await execute(deps, asOperator(), document, {
        input: { idempotencyKey: randomUUID(), programId },
      });
      expect(data).toEqual({ programArchive: { __typename: 'NotFoundError', code: 'NOT_FOUND' } });
    }
    const own = await execute(deps, asOwner(mine.program), document, {
      input: { idempotencyKey: randomUUID(), programId: theirs.ids.Program },
    });
    expect(own.errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('lists of a program', () => {
  it('hold nothing of another one', async () => {
    const { data } = await execute(
      deps,
      asOwner(mine.program),
      '{ program { id pointCurrencies { id } } apiKeys { nodes { id } } identityProviders { id } auditEntries { nodes { subject } } }',
    );
    const text = JSON.stringify(data);
    for (const id of [mine.ids.Program, mine.ids.PointCurrency, mine.ids.ApiKey, mine.ids.IdentityProvider])
      expect(text).toContain(id);
    for (const id of Object.values(theirs.ids)) expect(text).not.toContain(id);
  });

  it('take no cursor of another list, and no cursor that was made up', async () => {
    const page = await execute<{ apiKeys: { pageInfo: { endCursor: string } } }>(
      deps,
      asOwner(mine.program),
      '{ apiKeys(first: 1) { pageInfo { endCursor } } }',
    );
    const cursor = page.data?.apiKeys.pageInfo.endCursor ?? '';
    for (const after of [cursor, 'made up', '', Buffer.from('["a","b","c"]').toString('base64url')]) {
      const { errors } = await execute(
        deps,
        asOwner(mine.program),
        'query ($after: String) { auditEntries(after: $after) { nodes { id } } }',
        { after },
      );
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
    }
  });

  it.each([0, -1, 101])('take no page of %s', async (first) => {
    const { errors } = await execute(
      deps,
      asOwner(mine.program),
      'query ($first: Int) { apiKeys(first: $first) { nodes { id } } }',
      { first },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('keys and identity providers as nodes', () => {
  it('are null to everybody who does not hold key:read', async () => {
    const callers = [
      ...ROLES.map((role) => asRole(mine.program, role)),
      asCustomer(mine.program, deps.newId()),
      asPublishable(mine.program),
    ];
    for (const caller of callers) {
      for (const id of [mine.ids.ApiKey, mine.ids.IdentityProvider]) {
        const { data } = await execute(deps, caller, 'query ($id: ID!) { node(id: $id) { id } }', { id });
        expect(data, caller.kind).toEqual({ node: caller.permissions.has('key:read') ? { id } : null });
      }
    }
    const { errors } = await execute(deps, anonymous(), 'query ($id: ID!) { node(id: $id) { id } }', {
      id: mine.ids.ApiKey,
    });
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
