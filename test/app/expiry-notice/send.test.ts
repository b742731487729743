import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { holdPoints } from '#app/ledger/hold-points.ts';
import { moveExpiry } from '#app/ledger/move-expiry.ts';
import { updatePointCurrencyDetails, type PointCurrencyUpdateInput } from '#app/point-currency/update.ts';
import { runSendExpiryNotices } from '#src/jobs/send-expiry-notices.ts';

import { testDatabase } from '../../support/database.ts';
import { aCustomer, earn } from '../../support/ledger.ts';
import { aCommand, aProgram, testDeps, type TestProgram } from '../../support/program.ts';

const { url } = await testDatabase();
let now = new Date('2026-03-02T10:00:00Z');
const deps = testDeps(url, { clock: () => now });

/** Lets the job look at an instant. */
async function look(instant: string): Promise<number> {
  now = new Date(instant);
  return runSendExpiryNotices(deps);
}

async function aNotifier(changes: Partial<PointCurrencyUpdateInput>, timeZone = 'UTC'): Promise<TestProgram> {
  now = new Date('2026-03-02T10:00:00Z');
  const program = await aProgram(deps, { timeZone });
  const input = { currencyId: program.currencyId, ...changes };
  await updatePointCurrencyDetails(deps, program.scope, aCommand('pointCurrencyUpdate', input), input);
  await runSendExpiryNotices(deps);
  return program;
}

type Told = { customerId: string; days: number; points: number; expiresOn: string; expiresAt: string };

/** The events of a program so far. */
async function told({ programId }: TestProgram): Promise<Told[]> {
  return deps.reads.query<Told>(
    `select e ->> 'customerId' as "customerId", (e ->> 'days')::int as days, (e ->> 'points')::int as points, e ->> 'expiresOn' as "expiresOn", e ->> 'expiresAt' as "expiresAt"
     from outbox o cross join jsonb_array_elements(o.events::jsonb) e where o.program_id = $1 and e ->> 'type' = 'points.expiring' order by o.id`,
    [programId],
  );
}

const short = async (program: TestProgram): Promise<string[]> =>
  (await told(program)).map(({ days, points, expiresOn }) => `${points} on ${expiresOn}, ${days} days before`);

describe('a notice before points expire', () => {
  it('is sent once for each setting, on the local day that lies so many days before the last', async () => {
    const program = await aNotifier({ expiryNoticeDays: [7, 30] }, 'Europe/Berlin');
    const customerId = await aCustomer(deps, program);
    // The end of 30 May in Berlin.
    const expiresAt = new Date('2026-05-30T22:00:00Z');
    await earn(deps, program, customerId, 70, { expiresAt });
    await earn(deps, program, customerId, 30, {
      expiresAt,
      pending: { availableAt: null, activityType: null, key: null },
    });
    await earn(deps, program, customerId, 9, { expiresAt: new Date('2026-05-31T22:00:00Z') });
    await look('2026-04-29T21:59:59Z');
    expect(await told(program)).toEqual([]);
    await look('2026-04-29T22:00:00Z');
    await look('2026-04-30T08:00:00Z');
    expect(await told(program)).toEqual([
      { customerId, days: 30, points: 100, expiresOn: '2026-05-30', expiresAt: '2026-05-30T22:00:00.000Z' },
    ]);
    for (const day of ['01', '02', '22', '23', '24', '29', '30', '31']) await look(`2026-05-${day}T09:00:00Z`);
    expect(await short(program)).toEqual([
      '100 on 2026-05-30, 30 days before',
      '9 on 2026-05-31, 30 days before',
      '100 on 2026-05-30, 7 days before',
      '9 on 2026-05-31, 7 days before',
    ]);
  });

  it('is made up for after an outage, the nearest alone, and not for what has expired meanwhile', async () => {
    const program = await aNotifier({ expiryNoticeDays: [7, 30] });
    const customerId = await aCustomer(deps, program);
    for (const [points, day] of [
      [1, '2026-04-10'],
      [2, '2026-04-20'],
      [3, '2026-04-25'],
      [4, '2026-05-20'],
    ] as const)
      await earn(deps, program, customerId, points, { expiresAt: new Date(`${day}T00:00:00Z`) });
    await look('2026-04-15T09:00:00Z');
    expect(await short(program)).toEqual(['2 on 2026-04-19, 7 days before', '3 on 2026-04-24, 30 days before']);
    await look('2026-04-20T09:00:00Z');
    expect((await short(program)).slice(2)).toEqual([
      '3 on 2026-04-24, 7 days before',
      '4 on 2026-05-19, 30 days before',
    ]);
  });

  it('follows an expiry that was moved: a new date has notices of its own, an old one none any more', async () => {
    const program = await aNotifier({ expiryNoticeDays: [7] });
    const customerId = await aCustomer(deps, program);
    await earn(deps, program, customerId, 50, { expiresAt: new Date('2026-04-01T00:00:00Z') });
    const move = async (before: string, to: string): Promise<void> => {
      const lots = {
        ...{ customer: { id: customerId, externalId: null }, currency: null },
        expiresBefore: new Date(before),
      };
      const input = { lots, expiresAt: new Date(to), reason: 'More time', adjustmentMax: null };
      await moveExpiry(deps, program.scope, aCommand('pointsExpiryMove', input), input);
    };
    await look('2026-03-24T00:00:00Z');
    await move('2026-04-02T00:00:00Z', '2026-05-01T00:00:00Z');
    for (const day of ['2026-03-25', '2026-04-22', '2026-04-23', '2026-04-24']) await look(`${day}T00:00:00Z`);
    // So near that the day of its notice is over: told at the next look, and not again.
    await move('2026-05-02T00:00:00Z', '2026-04-28T12:00:00Z');
    for (const day of ['25', '26', '27']) await look(`2026-04-${day}T09:00:00Z`);
    expect(await short(program)).toEqual([
      '50 on 2026-03-31, 7 days before',
      '50 on 2026-04-30, 7 days before',
      '50 on 2026-04-28, 7 days before',
    ]);
  });

  it('is not sent to who stays active, and is to who does not', async () => {
    const length = { months: null, days: 20 };
    const counts = { earning: true, spending: true, activityTypes: [] };
    const program = await aNotifier({ expiry: { kind: 'INACTIVITY', ...length, ...counts }, expiryNoticeDays: [5] });
    const active = await aCustomer(deps, program);
    const idle = await aCustomer(deps, program);
    await earn(deps, program, active, 10);
    await earn(deps, program, idle, 20);
    now = new Date('2026-03-15T10:00:00Z');
    await earn(deps, program, active, 5);
    for (const day of ['16', '17', '18']) await look(`2026-03-${day}T09:00:00Z`);
    expect(await told(program)).toEqual([
      { customerId: idle, days: 5, points: 20, expiresOn: '2026-03-22', expiresAt: '2026-03-23T00:00:00.000Z' },
    ]);
    await look('2026-03-30T09:00:00Z');
    expect((await told(program)).slice(1)).toMatchObject([{ customerId: active, points: 15, expiresOn: '2026-04-04' }]);
  });

  it('counts no held points, and goes neither to who has left nor to who is blocked', async () => {
    const program = await aNotifier({ expiryNoticeDays: [1] });
    const expiresAt = new Date('2026-03-20T00:00:00Z');
    for (const state of ['LEFT', 'BLOCKED'])
      await earn(deps, program, await aCustomer(deps, program, state), 1, { expiresAt });
    const customerId = await aCustomer(deps, program, 'PAUSED');
    const holder = await aCustomer(deps, program);
    for (const one of [customerId, holder]) await earn(deps, program, one, 10, { expiresAt });
    now = new Date('2026-03-10T09:00:00Z');
    for (const [one, amount] of [
      [customerId, 4],
      [holder, 10],
    ] as const) {
      const input = {
        ...{ customer: { id: one, externalId: null }, currency: null, amount, reason: null },
        ...{ expiresAt: new Date('2026-03-30T00:00:00Z'), ttlSeconds: null },
      };
      await holdPoints(deps, program.scope, aCommand('pointsHold', input), input);
    }
    await look('2026-03-18T00:00:00Z');
    expect(await told(program)).toMatchObject([{ customerId, points: 6 }]);
  });

  it('is sent once however many workers look at the same time, and to all of many customers', async () => {
    const program = await aNotifier({ expiryNoticeDays: [3] });
    const customers = await Promise.all(Array.from({ length: 3 }, () => aCustomer(deps, program)));
    for (const one of customers) await earn(deps, program, one, 1, { expiresAt: new Date('2026-03-20T00:00:00Z') });
    await deps.reads.query(
      `with made as (
         insert into customer (program_id, id, external_id, enrolment_state) select $1, gen_random_uuid(), 'many ' || n, 'ENROLLED' from generate_series(1, 1100) n returning id
       ), account as (
         insert into ledger_account (program_id, id, currency_id, kind, customer_id) select $1, gen_random_uuid(), $2, 'CUSTOMER', id from made returning id
       )
       insert into lot (program_id, id, account_id, transaction_id, state, amount, remaining, earned_at, expires_at)
       select $1, gen_random_uuid(), id, $3, 'AVAILABLE', 2, 2, '2026-01-01', '2026-03-20' from account`,
      [program.programId, program.currencyId, randomUUID()],
    );
    now = new Date('2026-03-16T01:00:00Z');
    const sent = await Promise.all(Array.from({ length: 3 }, () => runSendExpiryNotices(deps)));
    expect(sent.reduce((sum, one) => sum + one, 0)).toBe(1_103);
    const events = await told(program);
    expect(new Set(events.map(({ customerId }) => customerId)).size).toBe(1_103);
    expect(events).toHaveLength(1_103);
  });
});
