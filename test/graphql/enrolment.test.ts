import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { publicId } from '#domain/ids.ts';

import { aCustomer, type TestCustomer } from '../support/customer.ts';
import { testDatabase } from '../support/database.ts';
import { aProgram, asCustomer, asOwner, asRole, execute, testDeps, type TestProgram } from '../support/program.ts';

const { url } = await testDatabase();
let now = new Date('2026-11-22T10:00:00Z');
const deps = testDeps(url, { clock: () => now });

type Verb = 'Invite' | 'Enrol' | 'Pause' | 'Resume' | 'Leave' | 'Block' | 'Unblock';
type Reply = {
  from?: string;
  to?: string;
  at?: string;
  code?: string;
  state?: string;
  until?: string | null;
  path?: string[];
};

async function change(program: TestProgram, verb: Verb, customer: TestCustomer, more: object = {}): Promise<Reply> {
  const { data, errors } = await execute<{ reply: Reply }>(
    deps,
    asOwner(program),
    `mutation ($input: Customer${verb}Input!) { reply: customer${verb}(input: $input) {
      ... on Customer${verb}Payload { from to at customer { enrolmentState } }
      ... on UserError { code path } ... on StateConflictError { state } ... on RejoinRefusedError { until } } }`,
    { input: { idempotencyKey: randomUUID(), customerId: customer.publicId, ...more } },
  );
  expect(errors).toBeUndefined();
  return data?.reply ?? {};
}

type Interval = { state: string; from: string; until: string | null; reason: string | null };

async function history(program: TestProgram, customer: TestCustomer): Promise<Interval[]> {
  const { data } = await execute<{ customer: { enrolments: Interval[] } }>(
    deps,
    asOwner(program),
    'query ($id: ID!) { customer(id: $id) { enrolments { state from until reason } } }',
    { id: customer.publicId },
  );
  return data?.customer.enrolments ?? [];
}

describe('enrolment', () => {
  it('goes from verb to verb, and its history is intervals that touch', async () => {
    const program = await aProgram(deps);
    const customer = await aCustomer(deps, program, { enrol: false });
    const at = (day: number): string => new Date(Date.UTC(2026, 10, day)).toISOString();
    expect(await change(program, 'Invite', customer, { at: at(1) })).toMatchObject({
      from: 'NOT_ENROLLED',
      to: 'INVITED',
    });
    expect(await change(program, 'Enrol', customer, { at: at(3) })).toMatchObject({
      from: 'INVITED',
      to: 'ENROLLED',
      at: at(3),
      customer: { enrolmentState: 'ENROLLED' },
    });
    await change(program, 'Pause', customer, { at: at(5), reason: 'on leave' });
    await change(program, 'Resume', customer, { at: at(8) });
    expect(await change(program, 'Block', customer)).toMatchObject({ to: 'BLOCKED' });
    expect(await change(program, 'Unblock', customer)).toMatchObject({ from: 'BLOCKED', to: 'ENROLLED' });
    expect(await history(program, customer)).toMatchObject([
      { state: 'ENROLLED', from: now.toISOString(), until: null },
      { state: 'BLOCKED', from: now.toISOString(), until: now.toISOString() },
      { state: 'ENROLLED', from: at(8), until: now.toISOString() },
      { state: 'PAUSED', from: at(5), until: at(8), reason: 'on leave' },
      { state: 'ENROLLED', from: at(3), until: at(5) },
      { state: 'INVITED', from: at(1), until: at(3) },
    ]);
  });

  it('refuses a way that the table does not have, and tells the state', async () => {
    const program = await aProgram(deps);
    const customer = await aCustomer(deps, program);
    expect(await change(program, 'Enrol', customer)).toMatchObject({ code: 'STATE_CONFLICT', state: 'ENROLLED' });
    expect(await change(program, 'Unblock', customer)).toMatchObject({ code: 'STATE_CONFLICT', state: 'ENROLLED' });
  });

  it('refuses an instant ahead of now or inside the history, and an id of another program', async () => {
    const program = await aProgram(deps);
    const customer = await aCustomer(deps, program, { enrolledAt: new Date('2026-11-10T00:00:00Z') });
    const foreign = await aCustomer(deps, await aProgram(deps));
    const nobody = { ...customer, publicId: publicId('Account', customer.id) };
    expect(await change(program, 'Pause', customer, { at: '2026-11-22T10:00:01Z' })).toMatchObject({ path: ['at'] });
    expect(await change(program, 'Pause', customer, { at: '2026-11-09T00:00:00Z' })).toMatchObject({ path: ['at'] });
    expect(await change(program, 'Pause', foreign)).toMatchObject({ code: 'NOT_FOUND', path: ['customerId'] });
    expect(await change(program, 'Pause', nobody)).toMatchObject({ code: 'NOT_FOUND', path: ['customerId'] });
    expect(await history(program, customer)).toHaveLength(1);
  });

  it('lets nobody back before the rejoin rule does, and says when', async () => {
    const program = await aProgram(deps, {
      timeZone: 'Asia/Tokyo',
      policies: { rejoinPolicy: 'AFTER_DAYS', rejoinAfterDays: 30 },
    });
    const customer = await aCustomer(deps, program);
    await change(program, 'Leave', customer);
    // 22 November in Tokyo, so that joining again is allowed from 22 December, 00:00 there.
    const until = '2026-12-21T15:00:00.000Z';
    expect(await change(program, 'Enrol', customer)).toMatchObject({ code: 'REJOIN_REFUSED', until });
    expect(await change(program, 'Invite', customer)).toMatchObject({ code: 'REJOIN_REFUSED', until });
    const before = now;
    now = new Date(until);
    expect(await change(program, 'Enrol', customer)).toMatchObject({ from: 'LEFT', to: 'ENROLLED' });
    now = before;
  });

  it('is decided one after the other when two calls come at once', async () => {
    const program = await aProgram(deps);
    const customer = await aCustomer(deps, program);
    const replies = await Promise.all(Array.from({ length: 10 }, () => change(program, 'Leave', customer)));
    expect(replies.filter(({ to }) => to === 'LEFT')).toHaveLength(1);
    expect(replies.filter(({ state }) => state === 'LEFT')).toHaveLength(9);
    expect((await history(program, customer)).filter(({ until }) => until === null)).toHaveLength(1);
  });

  it('is announced, and is the business of those who hold enrolment:write', async () => {
    const program = await aProgram(deps);
    const customer = await aCustomer(deps, program);
    await change(program, 'Leave', customer);
    const rows = await deps.reads.query<{ events: { type: string; state?: string }[] }>(
      'select events from outbox where program_id = $1 order by id desc limit 1',
      [program.programId],
    );
    expect(rows[0]?.events).toMatchObject([{ type: 'enrolment.changed', customerId: customer.id, state: 'LEFT' }]);
    const document = 'mutation ($input: CustomerEnrolInput!) { customerEnrol(input: $input) { __typename } }';
    const input = { idempotencyKey: 'k', customerId: customer.publicId };
    for (const caller of [asRole(program, 'DATA_ANALYST'), asCustomer(program, customer.id)]) {
      const { errors } = await execute(deps, caller, document, { input });
      expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
    }
  });
});
