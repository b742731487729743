import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

import { upsertCustomers } from '#app/customer/upsert-batch.ts';
import { publicId } from '#domain/ids.ts';

import { aCustomer } from '../support/customer.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, aProgram, asOwner, execute, testDeps, type TestProgram } from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const program = await aProgram(deps);
const other = await aProgram(deps);

type Person = {
  externalId: string;
  displayName: string | null;
  email: string | null;
  plan: string | null;
  age: number | null;
  points: number;
};

// Names repeat and are missing, texts hold LIKE's wild cards and quotes, and points tie.
const NAMES = ['Ada', 'ada', 'Åsa', "O'Hara", '100%', 'a_b', 'a\\b', '{"x"}', null];
const PEOPLE: Person[] = Array.from({ length: 60 }, (_, index) => ({
  externalId: `u-${String((index * 7) % 60).padStart(2, '0')}`,
  displayName: NAMES[index % NAMES.length] ?? null,
  email: index % 4 === 0 ? null : `user${index % 10}@example.org`,
  plan: ['free', 'paid', null][index % 3] ?? null,
  age: index % 5 === 0 ? null : index % 7,
  points: (index * 13) % 10,
}));

await declareAttributes(program);
await addPeople(program);
await addPeople(other);

async function declareAttributes(of: TestProgram): Promise<void> {
  const attributes = [
    { name: 'plan', type: 'STRING' },
    { name: 'age', type: 'INTEGER' },
  ];
  const document = 'mutation ($input: AttributeSchemaSetInput!) { attributeSchemaSet(input: $input) { __typename } }';
  await execute(deps, asOwner(of), document, { input: { idempotencyKey: 'attributes', attributes } });
}

async function addPeople(of: TestProgram): Promise<string[]> {
  if (of === other) await declareAttributes(of);
  const items = PEOPLE.map(({ plan, age, points: _points, ...rest }) => ({
    ...rest,
    attributes: { plan, age },
    accountExternalId: `account-${rest.externalId.slice(-1)}`,
  }));
  const input = { items };
  const result = await upsertCustomers(deps, of.scope, aCommand('customerUpsertBatch', input), input);
  const added = result.items.map((item) => ('customerId' in item ? item.customerId : ''));
  // The first and the last never had points.
  for (const [index, person] of PEOPLE.entries()) {
    if (person.points === 0) continue;
    await deps.reads.query(
      `insert into ledger_account (program_id, id, currency_id, kind, customer_id, available) values ($1, gen_random_uuid(), $2, 'CUSTOMER', $3, $4)`,
      [of.programId, of.currencyId, added[index], person.points],
    );
  }
  return added;
}

type Page = {
  nodes: { id: string; externalId: string; displayName: string | null; balance: { available: number } }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
};

const DOCUMENT = `query ($first: Int, $after: String, $last: Int, $before: String, $where: CustomerWhere, $orderBy: CustomerOrder) {
  customers(first: $first, after: $after, last: $last, before: $before, where: $where, orderBy: $orderBy) {
    nodes { id externalId displayName balance { available } }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

async function ask(variables: Record<string, unknown>): Promise<{ page: Page | undefined; code: unknown }> {
  const { data, errors } = await execute<{ customers: Page }>(deps, asOwner(program), DOCUMENT, variables);
  return { page: data?.customers, code: errors?.[0]?.extensions['code'] };
}

async function list(variables: Record<string, unknown>): Promise<Page> {
  const { page, code } = await ask(variables);
  expect(code).toBeUndefined();
  if (page === undefined) throw new Error('no page');
  return page;
}

/** All external ids of a filter, read in pages. */
async function walk(variables: Record<string, unknown>, size: number, backwards = false): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null = null; ;) {
    const { nodes, pageInfo } = await list({
      ...variables,
      ...(backwards ? { last: size, before: cursor } : { first: size, after: cursor }),
    });
    const page = nodes.map(({ externalId }) => externalId);
    if (backwards) found.unshift(...page);
    else found.push(...page);
    if (!(backwards ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) return found;
    cursor = backwards ? pageInfo.startCursor : pageInfo.endCursor;
  }
}

const matching = (holds: (person: Person) => boolean): string[] =>
  PEOPLE.filter(holds)
    .map(({ externalId }) => externalId)
    .toSorted();

describe('a page', () => {
  it.each(
    ['CREATED_AT', 'EXTERNAL_ID', 'DISPLAY_NAME', 'AVAILABLE_POINTS'].flatMap((field) =>
      ['ASCENDING', 'DESCENDING'].map((direction) => ({ field, direction })),
    ),
  )('sorted by $field $direction is read at any size, from either end, without a gap or a double', async (orderBy) => {
    const all = await walk({ orderBy }, 100);
    expect(all.toSorted()).toEqual(matching(() => true));
    for (const size of [1, 7, 30]) expect(await walk({ orderBy }, size)).toEqual(all);
    for (const size of [7, 60]) expect(await walk({ orderBy }, size, true)).toEqual(all);
    const descending = orderBy.direction === 'DESCENDING' ? 'ASCENDING' : 'DESCENDING';
    expect(await walk({ orderBy: { ...orderBy, direction: descending } }, 20)).toEqual(all.toReversed());
  });

  it('sorted by points goes from the largest to those who never had any, and brings the balances along', async () => {
    const { nodes } = await list({ first: 100, orderBy: { field: 'AVAILABLE_POINTS', direction: 'DESCENDING' } });
    const points = nodes.map(({ balance }) => balance.available);
    expect(points).toEqual(PEOPLE.map((person) => person.points).toSorted((a, b) => b - a));
  });

  it('counts from 1 to 100 and goes one way', async () => {
    for (const bad of [{ first: 0 }, { first: 101 }, { last: -1 }, { last: 101 }, { first: 5, last: 5 }]) {
      expect((await ask(bad)).code).toBe('BAD_USER_INPUT');
    }
    expect((await list({})).nodes).toHaveLength(20);
  });

  it('between two cursors ends before the second', async () => {
    const { pageInfo } = await list({ first: 10 });
    const later = await list({ first: 3, after: pageInfo.endCursor });
    const between = await list({ first: 50, after: pageInfo.startCursor, before: later.pageInfo.endCursor });
    expect(between.nodes).toHaveLength(11);
    expect(between.pageInfo.hasNextPage).toBe(false);
  });
});

describe('a cursor', () => {
  it('of another filter, order or list is refused', async () => {
    const { pageInfo } = await list({ first: 3, where: { enrolmentState: { eq: 'NOT_ENROLLED' } } });
    const after = pageInfo.endCursor;
    expect((await ask({ first: 3, after })).code).toBe('BAD_USER_INPUT');
    expect((await ask({ first: 3, after, where: { enrolmentState: { eq: 'LEFT' } } })).code).toBe('BAD_USER_INPUT');
    const orderBy = { field: 'DISPLAY_NAME', direction: 'ASCENDING' };
    const where = { enrolmentState: { eq: 'NOT_ENROLLED' } };
    expect((await ask({ first: 3, after, where, orderBy })).code).toBe('BAD_USER_INPUT');
    const foreign = await execute(deps, asOwner(other), DOCUMENT, { first: 3, after, where });
    expect(foreign.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    expect((await list({ first: 3, after, where })).nodes).toHaveLength(3);
  });

  it('that is malformed or forged is refused, whatever it holds', async () => {
    const [binding] = JSON.parse(
      Buffer.from((await list({ first: 1 })).pageInfo.endCursor ?? '', 'base64url').toString(),
    ) as [string];
    const forge = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const id = '018f4f3e-1c2b-7d3a-9e4f-5a6b7c8d9e0f';
    const forged = [
      '',
      'x',
      '%',
      '💠',
      forge(),
      forge(1, 2, 3),
      forge(binding, 'now()', id),
      forge(binding, '1e9', id),
      forge(binding, '9'.repeat(400), id),
      forge(binding, '5', "' or true --"),
      forge(binding, '5', null),
      'a'.repeat(5_000),
    ];
    for (const after of forged) expect((await ask({ first: 3, after })).code).toBe('BAD_USER_INPUT');
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 60 }), async (after) => {
        expect((await ask({ first: 3, after })).code).toBe('BAD_USER_INPUT');
      }),
      { numRuns: 30 },
    );
  });
});

describe('a filter', () => {
  const age = (holds: (age: number) => boolean) => (person: Person) => person.age !== null && holds(person.age);

  it.each<[string, object, (person: Person) => boolean]>([
    ['eq', { externalId: { eq: ' u-07 ' } }, (person) => person.externalId === 'u-07'],
    [
      'in',
      { externalId: { in: ['u-01', 'u-02', 'nobody'] } },
      (person) => ['u-01', 'u-02'].includes(person.externalId),
    ],
    ['an empty in', { externalId: { in: [] } }, () => false],
    ['startsWith', { externalId: { startsWith: 'u-0' } }, (person) => person.externalId.startsWith('u-0')],
    ['startsWith with a wild card', { displayName: { startsWith: '100%' } }, (person) => person.displayName === '100%'],
    [
      'contains, whatever the case',
      { displayName: { contains: 'DA' } },
      (person) => person.displayName?.toLowerCase() === 'ada',
    ],
    ['contains with _', { displayName: { contains: 'a_b' } }, (person) => person.displayName === 'a_b'],
    ['contains with a backslash', { displayName: { contains: '\\' } }, (person) => person.displayName === 'a\\b'],
    ['a quote', { displayName: { eq: "O'Hara" } }, (person) => person.displayName === "O'Hara"],
    ['what would be SQL', { displayName: { eq: "' or 1 = 1 --" } }, () => false],
    ['what cannot be stored', { displayName: { eq: 'a\0b' } }, () => false],
    ['isNull', { email: { isNull: true } }, (person) => person.email === null],
    [
      'an address in another case',
      { email: { eq: 'USER1@Example.org' } },
      (person) => person.email === 'user1@example.org',
    ],
    [
      'not of something unknown',
      { not: { email: { eq: 'user1@example.org' } } },
      (person) => person.email !== 'user1@example.org',
    ],
    [
      'or',
      { or: [{ email: { isNull: true } }, { displayName: { eq: 'Ada' } }] },
      (person) => person.email === null || person.displayName === 'Ada',
    ],
    ['or of nothing', { or: [] }, () => false],
    ['and of nothing', { and: [] }, () => true],
    ['not of not', { not: { not: { displayName: { eq: 'Ada' } } } }, (person) => person.displayName === 'Ada'],
    ['a text attribute', { attributes: [{ name: 'plan', eq: 'paid' }] }, (person) => person.plan === 'paid'],
    [
      'an attribute that is not set',
      { attributes: [{ name: 'plan', isNull: true }] },
      (person) => person.plan === null,
    ],
    [
      'a number attribute',
      { attributes: [{ name: 'age', gte: '2', lt: '5' }] },
      age((years) => years >= 2 && years < 5),
    ],
    [
      'not of an attribute',
      { not: { attributes: [{ name: 'age', gt: '2' }] } },
      (person) => !age((years) => years > 2)(person),
    ],
    [
      'several attributes',
      {
        attributes: [
          { name: 'age', in: ['1', '2'] },
          { name: 'plan', eq: 'free' },
        ],
      },
      (person) => person.plan === 'free' && age((years) => years === 1 || years === 2)(person),
    ],
    ['an instant ahead', { createdAt: { gt: '2999-01-01T00:00:00Z' } }, () => false],
    ['a state', { enrolmentState: { in: ['NOT_ENROLLED'] } }, () => true],
    ['an account of nobody', { accountId: { eq: 'acc_nonsense' } }, () => false],
    ['no account', { accountId: { isNull: true } }, () => false],
  ])('with %s finds exactly those for whom it holds', async (_title, where, holds) => {
    expect((await walk({ where }, 100)).toSorted()).toEqual(matching(holds));
  });

  it('that asks for what is not declared, of the wrong type, or too much, is a bad query', async () => {
    const deep = (levels: number): object => (levels === 0 ? { externalId: { eq: 'x' } } : { not: deep(levels - 1) });
    const bad = [
      { attributes: [{ name: 'colour', eq: 'red' }] },
      { attributes: [{ name: 'age', eq: 'old' }] },
      { attributes: [{ name: 'age', gt: '1.5' }] },
      { externalId: { in: Array.from({ length: 101 }, (_, index) => `${index}`) } },
      { or: Array.from({ length: 101 }, () => ({ externalId: { eq: 'x' } })) },
      deep(9),
    ];
    for (const where of bad) expect((await ask({ where })).code).toBe('BAD_USER_INPUT');
  });
});

it('a list reads what is asked for, however it is asked, and nothing of it is missing', async () => {
  const FIELDS = `id externalId displayName email locale timeZone birthday attributes enrolmentState eligibleSince createdAt
    updatedAt balance { available } balances { held } account { id externalId name createdAt }`;
  const whole = `query ($id: ID!) { customer(id: $id) { ${FIELDS} } }`;
  const [first] = (await list({ first: 1 })).nodes;
  const { data } = await execute(deps, asOwner(program), whole, { id: first?.id });
  const forms = [
    `{ customers(first: 1) { nodes { ${FIELDS} } } }`,
    `{ customers(first: 1) { edges { node { ${FIELDS} } } } }`,
    `{ customers(first: 1) { ...page } } fragment page on CustomerConnection { nodes { ...one } } fragment one on Customer { ${FIELDS} }`,
    `{ customers(first: 1) { ... { edges { ... { node { ... on Node { ... on Customer { ${FIELDS} } } } } } } } }`,
    `{ customers(first: 1) { nodes { id } } customers(first: 1) { edges { node { ${FIELDS} } } } }`,
  ];
  for (const form of forms) {
    const reply = await execute<{ customers: { nodes?: unknown[]; edges?: { node: unknown }[] } }>(
      deps,
      asOwner(program),
      form,
    );
    expect(reply.errors).toBeUndefined();
    const { nodes, edges } = reply.data?.customers ?? {};
    expect(edges?.[0]?.node ?? nodes?.[0]).toEqual(data?.['customer']);
  }
});

it('a list counts what came due although no job has written it', async () => {
  const own = await aProgram(deps);
  const [waiting, plain] = [await aCustomer(deps, own), await aCustomer(deps, own)];
  await deps.reads.query(
    `with account as (
       insert into ledger_account (program_id, id, currency_id, kind, customer_id, pending, next_due_at)
       values ($1, gen_random_uuid(), $2, 'CUSTOMER', $3, 5, now() - interval '1 minute') returning id
     ), earned as (
       insert into ledger_transaction (program_id, id, currency_id, kind, customer_id, amount, effective_at, recorded_at, actor)
       values ($1, gen_random_uuid(), $2, 'EARN', $3, 5, now(), now(), 'test') returning id
     )
     insert into lot (program_id, id, account_id, transaction_id, state, amount, remaining, earned_at, available_at)
     select $1, gen_random_uuid(), account.id, earned.id, 'PENDING', 5, 5, now(), now() - interval '1 minute' from account, earned`,
    [own.programId, own.currencyId, waiting.id],
  );
  const { data, errors } = await execute(
    deps,
    asOwner(own),
    '{ customers { nodes { id balance { pending available } named: balance(currency: "points") { available } none: balance(currency: "x") { available } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data?.['customers']).toEqual({
    nodes: [
      { id: waiting.publicId, balance: { pending: 0, available: 5 }, named: { available: 5 }, none: null },
      { id: plain.publicId, balance: { pending: 0, available: 0 }, named: { available: 0 }, none: null },
    ],
  });
});

describe('the number of statements', () => {
  const NESTED = `query ($first: Int) { customers(first: $first) { nodes {
    externalId balance { available } balances { available currency { code } }
    account { externalId customers(first: 2) { nodes { externalId } } }
    enrolments { state } timeline(first: 3) { nodes { kind } } } } }`;

  async function statements(document: string, variables: Record<string, unknown>): Promise<number> {
    const query = vi.spyOn(deps.postgres, 'query');
    await deps.catalogues.current(program.programId);
    query.mockClear();
    const { errors } = await execute(deps, asOwner(program), document, variables);
    expect(errors).toBeUndefined();
    // Whether the catalogue is looked at again depends on the time that this takes, and not on the page.
    const count = query.mock.calls.filter(([statement]) => !JSON.stringify(statement).includes('catalogue')).length;
    query.mockRestore();
    return count;
  }

  it('is one for a page with balances and accounts, and the same for a page of 60 as for one of 2 with everything nested', async () => {
    expect(
      await statements('{ customers(first: 50) { nodes { externalId balance { available } account { name } } } }', {}),
    ).toBe(1);
    const few = await statements(NESTED, { first: 2 });
    expect(few).toBe(4);
    expect(await statements(NESTED, { first: 60 })).toBe(few);
  });
});

it('an account lists its own people, in pages', async () => {
  const document = `query ($id: ID!, $after: String) { account(id: $id) { externalId customers(first: 4, after: $after) { nodes { externalId } pageInfo { endCursor hasNextPage } } } }`;
  const [row] = await deps.reads.query<{ id: string }>(
    `select id from account where program_id = $1 and external_id = 'account-3'`,
    [program.programId],
  );
  const id = publicId('Account', row?.id ?? '');
  type Reply = { account: { customers: { nodes: Person[]; pageInfo: { endCursor: string; hasNextPage: boolean } } } };
  const first = await execute<Reply>(deps, asOwner(program), document, { id });
  const page = first.data?.account.customers;
  const second = await execute<Reply>(deps, asOwner(program), document, { id, after: page?.pageInfo.endCursor });
  const found = [...(page?.nodes ?? []), ...(second.data?.account.customers.nodes ?? [])];
  expect(found.map(({ externalId }) => externalId).toSorted()).toEqual(
    matching(({ externalId }) => externalId.endsWith('3')),
  );
  expect(second.data?.account.customers.pageInfo.hasNextPage).toBe(false);
});
