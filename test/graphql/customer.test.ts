import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { publicId } from '#domain/ids.ts';

import { aCustomer } from '../support/customer.ts';
import { testDatabase } from '../support/database.ts';
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

const { url } = await testDatabase();
const deps = testDeps(url);

const CUSTOMER = `id externalId displayName email locale timeZone birthday attributes enrolmentState eligibleSince account { externalId name }`;
const REFUSAL = '... on UserError { code message path }';

type Row = Record<string, unknown>;
type Reply = {
  customer?: Row | null;
  status?: string;
  code?: string;
  path?: string[];
  replayed?: boolean;
  items?: Row[];
};

async function upsert(program: TestProgram, input: Row): Promise<Reply> {
  const document = `mutation ($input: CustomerUpsertInput!) { reply: customerUpsert(input: $input) {
    ... on CustomerUpsertPayload { status replayed customer { ${CUSTOMER} } } ${REFUSAL} } }`;
  return run(program, document, { idempotencyKey: randomUUID(), ...input });
}

async function upsertBatch(program: TestProgram, items: Row[]): Promise<Reply> {
  const document = `mutation ($input: CustomerUpsertBatchInput!) { reply: customerUpsertBatch(input: $input) {
    ... on CustomerUpsertBatchPayload { items { status customer { externalId displayName } refusal { code path } } } ${REFUSAL} } }`;
  return run(program, document, { idempotencyKey: randomUUID(), items });
}

async function setSchema(program: TestProgram, attributes: Row[]): Promise<Reply> {
  const document = `mutation ($input: AttributeSchemaSetInput!) { reply: attributeSchemaSet(input: $input) {
    ... on AttributeSchemaSetPayload { attributes { name type } } ${REFUSAL} } }`;
  return run(program, document, { idempotencyKey: randomUUID(), attributes });
}

async function run(program: TestProgram, document: string, input: Row): Promise<Reply> {
  const { data, errors } = await execute<{ reply: Reply }>(deps, asOwner(program), document, { input });
  expect(errors).toBeUndefined();
  return data?.reply ?? {};
}

async function events(program: TestProgram): Promise<string[]> {
  const rows = await deps.reads.query<{ events: { type: string }[] }>(
    'select events from outbox where program_id = $1 order by id',
    [program.programId],
  );
  return rows.flatMap((row) => row.events.map(({ type }) => type));
}

describe('an upsert', () => {
  it('adds a person, then changes only what is given, and null clears', async () => {
    const program = await aProgram(deps);
    const externalId = 'u-1';
    const created = await upsert(program, {
      externalId,
      displayName: ' Ada ',
      email: ' Ada.L@Example.COM ',
      locale: 'de-ch',
      timeZone: 'Europe/Zurich',
      birthday: '1984-02-29',
      accountExternalId: 'acme',
      eligible: true,
    });
    expect(created).toMatchObject({
      status: 'CREATED',
      customer: {
        externalId,
        displayName: 'Ada',
        email: 'ada.l@example.com',
        locale: 'de-CH',
        birthday: '1984-02-29',
        attributes: {},
        enrolmentState: 'NOT_ENROLLED',
        account: { externalId: 'acme', name: null },
      },
    });
    const eligibleSince = created.customer?.['eligibleSince'];
    expect(eligibleSince).toEqual(expect.any(String));

    const changed = await upsert(program, { externalId: `${externalId} `, email: null, eligible: true });
    expect(changed).toMatchObject({ status: 'UPDATED', customer: { ...created.customer, email: null, eligibleSince } });
    expect(await upsert(program, { externalId, displayName: 'Ada' })).toMatchObject({ status: 'UNCHANGED' });
    expect(await upsert(program, { externalId, accountExternalId: null, eligible: false })).toMatchObject({
      customer: { account: null, eligibleSince: null, displayName: 'Ada' },
    });
    expect((await events(program)).filter((type) => type === 'customer.changed')).toHaveLength(3);
  });

  it('repeats its first result for the same key and refuses other input under it', async () => {
    const program = await aProgram(deps);
    const input = { idempotencyKey: 'once', externalId: 'u-1', displayName: 'Ada' };
    expect(await upsert(program, input)).toMatchObject({ status: 'CREATED', replayed: false });
    expect(await upsert(program, input)).toMatchObject({ status: 'CREATED', replayed: true });
    expect(await upsert(program, { ...input, displayName: 'Eve' })).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  });

  it.each<[string, Row, string]>([
    ['a blank external id', { externalId: '  ' }, 'externalId'],
    ['an external id that is too long', { externalId: 'x'.repeat(256) }, 'externalId'],
    ['an external id with NUL', { externalId: 'a\0b' }, 'externalId'],
    ['a blank name', { displayName: ' ' }, 'displayName'],
    ['an address without an @', { email: 'ada' }, 'email'],
    ['a locale that is none', { locale: 'not a locale' }, 'locale'],
    ['a zone that does not exist', { timeZone: 'Mars/Olympus' }, 'timeZone'],
    ['a birthday ahead of today', { birthday: '2999-01-01' }, 'birthday'],
    ['an attribute that is not declared', { attributes: { colour: 'red' } }, 'attributes'],
    ['an enrolment ahead of now', { enrol: true, enrolledAt: '2999-01-01T00:00:00Z' }, 'enrolledAt'],
    ['an enrolment date without enrolment', { enrolledAt: '2020-01-01T00:00:00Z' }, 'enrolledAt'],
  ])('refuses %s and writes nothing', async (_title, fields, field) => {
    const program = await aProgram(deps);
    const reply = await upsert(program, { externalId: 'u-1', ...fields });
    expect(reply).toMatchObject({ code: 'INVALID_INPUT' });
    expect(reply.path?.[0]).toBe(field);
    const rows = await deps.reads.query('select from customer where program_id = $1', [program.programId]);
    expect(rows).toHaveLength(0);
  });
});

describe('a batch', () => {
  it('answers each item in input order, applies repeated people one after the other, and refuses one without the others', async () => {
    const program = await aProgram(deps);
    await aCustomer(deps, program, { externalId: 'known' });
    const { items } = await upsertBatch(program, [
      { externalId: 'b', displayName: 'B' },
      { externalId: 'known', displayName: 'K' },
      { externalId: 'a', email: 'nobody' },
      { externalId: 'b', displayName: 'B2' },
      { externalId: ' ' },
      { externalId: 'a', displayName: 'A' },
      { externalId: 'known', displayName: 'K' },
    ]);
    expect(items).toEqual([
      { status: 'CREATED', customer: { externalId: 'b', displayName: 'B2' }, refusal: null },
      { status: 'UPDATED', customer: { externalId: 'known', displayName: 'K' }, refusal: null },
      { status: 'REFUSED', customer: null, refusal: { code: 'INVALID_INPUT', path: ['items', '2', 'email'] } },
      { status: 'UPDATED', customer: { externalId: 'b', displayName: 'B2' }, refusal: null },
      { status: 'REFUSED', customer: null, refusal: { code: 'INVALID_INPUT', path: ['items', '4', 'externalId'] } },
      { status: 'CREATED', customer: { externalId: 'a', displayName: 'A' }, refusal: null },
      { status: 'UNCHANGED', customer: { externalId: 'known', displayName: 'K' }, refusal: null },
    ]);
  });

  it('takes 1 to 1,000 items', async () => {
    const program = await aProgram(deps);
    const many = Array.from({ length: 1_001 }, (_, index) => ({ externalId: `u-${index}` }));
    expect(await upsertBatch(program, many)).toMatchObject({ code: 'INVALID_INPUT', path: ['items'] });
    expect(await upsertBatch(program, [])).toMatchObject({ code: 'INVALID_INPUT', path: ['items'] });
    expect((await upsertBatch(program, many.slice(1))).items).toHaveLength(1_000);
  });

  it('that runs at the same time as others over the same people adds each of them once', async () => {
    const program = await aProgram(deps);
    const batch = (offset: number): Row[] =>
      Array.from({ length: 200 }, (_, index) => ({
        externalId: `u-${(index + offset) % 250}`,
        displayName: `from ${offset}`,
        accountExternalId: `a-${index % 7}`,
        enrol: true,
      }));
    const replies = await Promise.all([0, 50, 100, 150, 200].map((offset) => upsertBatch(program, batch(offset))));
    const statuses = replies.flatMap(({ items }) => items?.map(({ status }) => status) ?? []);
    expect(statuses).toHaveLength(1_000);
    expect(statuses.filter((status) => status === 'CREATED')).toHaveLength(250);
    const [counts] = await deps.reads.query(
      `select (select count(*) from customer where program_id = $1) as customers,
        (select count(*) from enrolment where program_id = $1 and to_at is null) as enrolments,
        (select count(*) from account where program_id = $1) as accounts`,
      [program.programId],
    );
    expect(counts).toEqual({ customers: 250, enrolments: 250, accounts: 7 });
  });

  it('enrols whom it says, back-dated, and leaves those who left or are blocked alone', async () => {
    const program = await aProgram(deps);
    const left = await aCustomer(deps, program, { externalId: 'left' });
    await deps.reads.query(`update enrolment set to_at = now() where customer_id = $1`, [left.id]);
    await deps.reads.query(
      `insert into enrolment (program_id, id, customer_id, state, from_at, actor) values ($1, $2, $3, 'LEFT', now(), 'test')`,
      [program.programId, randomUUID(), left.id],
    );
    await deps.reads.query(`update customer set enrolment_state = 'LEFT' where id = $1`, [left.id]);
    const at = '1997-01-05T00:00:00.000Z';
    await upsertBatch(program, [
      { externalId: 'new', enrol: true, enrolledAt: at },
      { externalId: 'left', enrol: true, displayName: 'L' },
    ]);
    const { data } = await execute<{ customers: { nodes: Row[] } }>(
      deps,
      asOwner(program),
      '{ customers { nodes { externalId enrolmentState eligibleSince enrolments { state from until } } } }',
    );
    expect(data?.customers.nodes).toMatchObject([
      { externalId: 'left', enrolmentState: 'LEFT' },
      {
        externalId: 'new',
        enrolmentState: 'ENROLLED',
        eligibleSince: at,
        enrolments: [{ state: 'ENROLLED', from: at, until: null }],
      },
    ]);
  });
});

describe('attributes', () => {
  const plan = { name: 'plan', type: 'STRING', oneOf: ['free', 'paid'] };
  const spend = { name: 'spend', type: 'DECIMAL' };

  it('are merged by name, kept exact, and must be as declared', async () => {
    const program = await aProgram(deps);
    expect(await setSchema(program, [plan, spend])).toMatchObject({
      attributes: [{ name: 'plan' }, { name: 'spend' }],
    });
    await upsert(program, { externalId: 'u', attributes: { plan: 'free', spend: '10.10' } });
    expect(await upsert(program, { externalId: 'u', attributes: { spend: 12.5 } })).toMatchObject({
      customer: { attributes: { plan: 'free', spend: '12.5' } },
    });
    expect(await upsert(program, { externalId: 'u', attributes: { plan: null } })).toMatchObject({
      customer: { attributes: { spend: '12.5' } },
    });
    expect(await upsert(program, { externalId: 'u', attributes: { plan: 'gold' } })).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['attributes', 'plan'],
    });
  });

  it('keep their declaration while a customer has a value that a change would contradict', async () => {
    const program = await aProgram(deps);
    await setSchema(program, [plan, spend]);
    await upsert(program, { externalId: 'u', attributes: { plan: 'free' } });
    expect(await setSchema(program, [plan])).toMatchObject({ attributes: [{ name: 'plan' }] });
    expect(await setSchema(program, [])).toMatchObject({ code: 'STATE_CONFLICT', path: ['attributes', 'plan'] });
    expect(await setSchema(program, [{ name: 'plan', type: 'INTEGER' }])).toMatchObject({ code: 'STATE_CONFLICT' });
    expect(await setSchema(program, [{ ...plan, oneOf: ['paid'] }])).toMatchObject({ code: 'STATE_CONFLICT' });
    expect(await setSchema(program, [{ ...plan, oneOf: ['free'] }])).toMatchObject({ attributes: [{ name: 'plan' }] });
    await upsert(program, { externalId: 'u', attributes: { plan: null } });
    expect(await setSchema(program, [{ name: 'plan', type: 'INTEGER' }])).toMatchObject({
      attributes: [{ type: 'INTEGER' }],
    });
  });

  it('are declared by names that mean nothing to an object', async () => {
    const program = await aProgram(deps);
    for (const name of ['__proto__', '1st', 'a b', '', 'x'.repeat(61)]) {
      expect(await setSchema(program, [{ name, type: 'STRING' }])).toMatchObject({ code: 'INVALID_INPUT' });
    }
    expect(await setSchema(program, [plan, plan])).toMatchObject({ path: ['attributes', '1', 'name'] });
    expect(await setSchema(program, [{ ...spend, oneOf: ['1'] }])).toMatchObject({
      path: ['attributes', '0', 'oneOf'],
    });
  });
});

describe('who may see a customer', () => {
  const NODE = 'query ($id: ID!) { node(id: $id) { id } customer(id: $id) { id } }';

  it('another program sees nothing, and a malformed id is like a missing one', async () => {
    const [program, other] = [await aProgram(deps), await aProgram(deps)];
    const customer = await aCustomer(deps, program);
    const own = await execute(deps, asOwner(program), NODE, { id: customer.publicId });
    expect(own.data).toEqual({ node: { id: customer.publicId }, customer: { id: customer.publicId } });
    const account = publicId('Account', customer.id);
    for (const id of [customer.publicId, publicId('Customer', randomUUID()), 'cus_x', 'nonsense', '', account]) {
      const caller = id === customer.publicId ? asOwner(other) : asOwner(program);
      const { data, errors } = await execute(deps, caller, NODE, { id });
      expect(errors).toBeUndefined();
      expect(data).toEqual({ node: null, customer: null });
    }
  });

  it('a customer sees themselves and nobody else, without what is for the team', async () => {
    const program = await aProgram(deps);
    const [me, other] = [await aCustomer(deps, program), await aCustomer(deps, program)];
    const caller = asCustomer(program, me.id);
    const seen = await execute(
      deps,
      caller,
      'query ($id: ID!, $other: ID!) { me { externalId balance { available } timeline { nodes { kind } } } mine: node(id: $id) { id } node(id: $other) { id } }',
      { id: me.publicId, other: other.publicId },
    );
    expect(seen).toEqual({
      data: {
        me: { externalId: me.externalId, balance: { available: 0 }, timeline: { nodes: [{ kind: 'ENROLMENT' }] } },
        mine: { id: me.publicId },
        node: null,
      },
    });
    for (const document of ['{ customers { nodes { id } } }', '{ me { attributes } }', '{ me { account { id } } }']) {
      const { errors } = await execute(deps, caller, document);
      expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  it('a publishable key sees nobody, and a role that only reads changes nobody', async () => {
    const program = await aProgram(deps);
    const customer = await aCustomer(deps, program);
    const publishable = await execute(deps, asPublishable(program), 'query ($id: ID!) { node(id: $id) { id } }', {
      id: customer.publicId,
    });
    expect(publishable.data).toEqual({ node: null });
    const input = { idempotencyKey: 'k', externalId: customer.externalId };
    const analyst = await execute(
      deps,
      asRole(program, 'DATA_ANALYST'),
      'mutation ($input: CustomerUpsertInput!) { customerUpsert(input: $input) { __typename } }',
      { input },
    );
    expect(analyst.errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
  });
});
