import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { upsertCustomer } from '#app/customer/upsert.ts';

import { aCustomer, type TestCustomer } from '../support/customer.ts';
import { testDatabase } from '../support/database.ts';
import { aCommand, aProgram, asCustomer, asOwner, execute, testDeps, type TestProgram } from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

type Entry = { __typename: string; id: string; kind: string; at: string };
type Timeline = {
  nodes: Entry[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
};

const FIELDS = `nodes { __typename id kind at } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;

async function timeline(program: TestProgram, customer: TestCustomer, args: string): Promise<Timeline> {
  const { data, errors } = await execute<{ customer: { timeline: Timeline } }>(
    deps,
    asOwner(program),
    `query ($id: ID!) { customer(id: $id) { timeline(${args}) { ${FIELDS} } } }`,
    { id: customer.publicId },
  );
  expect(errors).toBeUndefined();
  if (data === null || data === undefined) throw new Error('no answer');
  return data.customer.timeline;
}

/** Writes one of each kind of record on days of 2020, as other parts of the service do. */
async function live(program: TestProgram, customer: TestCustomer): Promise<void> {
  const { programId, currencyId } = program;
  const at = (day: number): string => new Date(Date.UTC(2020, 0, day)).toISOString();
  const [type, activity] = [randomUUID(), randomUUID()];
  await deps.reads.query(
    `insert into activity_type (program_id, id, code, name) values ($1, $2, 'made_' || left($3, 8), 'T')`,
    [programId, type, type],
  );
  await deps.reads.query(
    `insert into activity (program_id, id, customer_id, activity_type_id, message_id, occurred_at, recorded_at, channel, rule_revision, actor)
     values ($1, $2, $3, $4, $6, $5, now(), 'WEB', 0, 'test')`,
    [programId, activity, customer.id, type, at(2), activity],
  );
  await deps.reads.query(
    `insert into activity_reversal (program_id, id, activity_id, kind, actor, occurred_at, recorded_at, points_reversed)
     values ($1, $2, $3, 'WHOLE', 'test', $4, now(), 5)`,
    [programId, randomUUID(), activity, at(4)],
  );
  for (const [day, kind] of [
    [3, 'EARN'],
    [5, 'SPEND'],
  ] as const) {
    await deps.reads.query(
      `insert into ledger_transaction (program_id, id, currency_id, kind, customer_id, amount, effective_at, recorded_at, actor)
       values ($1, $2, $3, $4, $5, 7, $6, now(), 'test')`,
      [programId, randomUUID(), currencyId, kind, customer.id, at(day)],
    );
  }
}

async function aLife(): Promise<{ program: TestProgram; customer: TestCustomer }> {
  const program = await aProgram(deps);
  const customer = await aCustomer(deps, program, { enrolledAt: new Date('2020-01-01T00:00:00Z') });
  await live(program, customer);
  const input = { externalId: customer.externalId, displayName: 'Ada' };
  await upsertCustomer(deps, program.scope, aCommand('customerUpsert', input), input);
  return { program, customer };
}

const ALL = ['PROFILE', 'POINTS', 'REVERSAL', 'POINTS', 'ACTIVITY', 'ENROLMENT'];

describe('a timeline', () => {
  it('tells everything that happened, newest first by the instant that counts', async () => {
    const { program, customer } = await aLife();
    const { nodes } = await timeline(program, customer, 'first: 20');
    expect(nodes.map(({ kind }) => kind)).toEqual(ALL);
    expect(nodes.slice(1).map(({ at }) => at.slice(0, 10))).toEqual([5, 4, 3, 2, 1].map((day) => `2020-01-0${day}`));
    expect(nodes.map(({ id }) => id.slice(0, 3))).toEqual(['aud', 'ltx', 'arv', 'ltx', 'act', 'enr']);
  });

  it('is read in pages of any size, forwards and backwards, without a gap or a double', async () => {
    const { program, customer } = await aLife();
    for (const size of [1, 2, 3, 5]) {
      const [forwards, backwards]: [Entry[], Entry[]] = [[], []];
      for (let after = ''; ;) {
        const page = await timeline(program, customer, `first: ${size}${after}`);
        forwards.push(...page.nodes);
        if (!page.pageInfo.hasNextPage) break;
        after = `, after: "${page.pageInfo.endCursor}"`;
      }
      for (let before = ''; ;) {
        const page = await timeline(program, customer, `last: ${size}${before}`);
        backwards.unshift(...page.nodes);
        if (!page.pageInfo.hasPreviousPage) break;
        before = `, before: "${page.pageInfo.startCursor}"`;
      }
      expect(forwards.map(({ kind }) => kind)).toEqual(ALL);
      expect(backwards).toEqual(forwards);
    }
  });

  it('can be narrowed to kinds, and a cursor belongs to its kinds', async () => {
    const { program, customer } = await aLife();
    const page = await timeline(program, customer, 'first: 1, kinds: [POINTS, ENROLMENT]');
    expect(page.nodes).toMatchObject([{ __typename: 'TimelinePoints' }]);
    const { errors } = await execute(
      deps,
      asOwner(program),
      `query ($id: ID!, $after: String!) { customer(id: $id) { timeline(first: 1, after: $after) { nodes { id } } } }`,
      { id: customer.publicId, after: page.pageInfo.endCursor },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('shows what changed to the team, and hides from the customer what the team writes', async () => {
    const { program, customer } = await aLife();
    const document = (fields: string): string =>
      `query ($id: ID!) { node(id: $id) { ... on Customer { timeline(kinds: [PROFILE]) { nodes { ${fields} } } } } }`;
    const team = await execute(deps, asOwner(program), document('... on TimelineProfile { action before after }'), {
      id: customer.publicId,
    });
    expect(team.data).toEqual({
      node: {
        timeline: {
          nodes: [{ action: 'customer.updated', before: { displayName: null }, after: { displayName: 'Ada' } }],
        },
      },
    });
    const caller = asCustomer(program, customer.id);
    const own = await execute(deps, caller, document('kind at'), { id: customer.publicId });
    expect(own.errors).toBeUndefined();
    const hidden = await execute(deps, caller, document('actor'), { id: customer.publicId });
    expect(hidden.errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('leaves out the kinds that a narrowed key may not read', async () => {
    const { program, customer } = await aLife();
    const caller = { ...asOwner(program), permissions: new Set(['customer:read'] as const) };
    const { data } = await execute<{ customer: { timeline: Timeline } }>(
      deps,
      caller,
      `query ($id: ID!) { customer(id: $id) { timeline { ${FIELDS} } } }`,
      { id: customer.publicId },
    );
    expect(data?.customer.timeline.nodes.map(({ kind }) => kind)).toEqual(['PROFILE', 'ENROLMENT']);
  });

  it('tells a transfer to both sides', async () => {
    const program = await aProgram(deps);
    const [giver, taker] = [await aCustomer(deps, program), await aCustomer(deps, program)];
    await deps.reads.query(
      `insert into ledger_transaction (program_id, id, currency_id, kind, customer_id, to_customer_id, amount, effective_at, recorded_at, actor)
       values ($1, $2, $3, 'TRANSFER', $4, $5, 7, now(), now(), 'test')`,
      [program.programId, randomUUID(), program.currencyId, giver.id, taker.id],
    );
    const { data } = await execute(
      deps,
      asOwner(program),
      '{ customers { nodes { id timeline(kinds: [POINTS]) { nodes { ... on TimelinePoints { amount isReceived transaction { kind } } } } } } }',
    );
    const transaction = { kind: 'TRANSFER' };
    expect(data?.['customers']).toEqual({
      nodes: [
        { id: giver.publicId, timeline: { nodes: [{ amount: 7, isReceived: false, transaction }] } },
        { id: taker.publicId, timeline: { nodes: [{ amount: 7, isReceived: true, transaction }] } },
      ],
    });
  });
});
