import { randomUUID } from 'node:crypto';

import { afterEach, describe, expect, test } from 'vitest';

import { spendPoints } from '#app/ledger/spend-points.ts';
import { transferPoints } from '#app/ledger/transfer-points.ts';
import {
  IdempotencyMismatchError,
  InsufficientPointsError,
  InvalidInputError,
  NotFoundError,
  PointsOutOfRangeError,
  StateConflictError,
} from '#domain/errors.ts';

import { testDatabase } from '../../support/database.ts';
import { aCustomer, balanceNow, earn, expectNoOffences } from '../../support/ledger.ts';
import { aCommand, aProgram, testDeps } from '../../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const second = testDeps(url);
const program = await aProgram(deps);

afterEach(() => expectNoOffences(deps));

function spend(on: typeof deps, customerId: string, amount: number, key: string = randomUUID()) {
  const input = { customer: { id: customerId, externalId: null }, currency: null, amount, reason: null };
  return spendPoints(on, program.scope, aCommand('pointsSpend', input, key), input);
}

describe('spending', () => {
  test('takes the lot that expires soonest, also when it was earned last', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 50);
    await earn(deps, program, ann, 30, { expiresAt: new Date(Date.now() + 9 * 86_400_000) });
    await earn(deps, program, ann, 20, { expiresAt: new Date(Date.now() + 86_400_000) });
    const { balance } = await spend(deps, ann, 40);
    expect(balance).toMatchObject({ available: 60, pending: 0, held: 0 });
    const lots = await deps.reads.query<{ amount: number; remaining: number }>(
      'select l.amount, l.remaining from lot l join ledger_account a on a.id = l.account_id where a.customer_id = $1 order by l.id',
      [ann],
    );
    expect(lots).toEqual([
      { amount: 50, remaining: 50 },
      { amount: 30, remaining: 10 },
      { amount: 20, remaining: 0 },
    ]);
  });

  test.each([
    [0, InvalidInputError],
    [-1, InvalidInputError],
    [1.5, InvalidInputError],
    [2 ** 53, PointsOutOfRangeError],
    [Number.MAX_SAFE_INTEGER, InsufficientPointsError],
  ])('refuses an amount of %d', async (amount, refusal) => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 10);
    await expect(spend(deps, ann, amount)).rejects.toBeInstanceOf(refusal);
    expect(await balanceNow(deps, program, ann)).toMatchObject({ available: 10 });
  });

  test('is exact up to 2^53−1 and refuses a credit beyond it', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, Number.MAX_SAFE_INTEGER);
    await expect(earn(deps, program, ann, 1)).rejects.toBeInstanceOf(PointsOutOfRangeError);
    const { balance } = await spend(deps, ann, Number.MAX_SAFE_INTEGER - 1);
    expect(balance.available).toBe(1);
  });

  test.each(['BLOCKED', 'LEFT'])('is refused for a customer who is %s', async (state) => {
    const ann = await aCustomer(deps, program, state);
    await earn(deps, program, ann, 10);
    await expect(spend(deps, ann, 5)).rejects.toMatchObject({ code: 'STATE_CONFLICT', state });
  });

  test('is open to a customer who is not enrolled and has points', async () => {
    const ann = await aCustomer(deps, program, 'NOT_ENROLLED');
    await earn(deps, program, ann, 10);
    expect((await spend(deps, ann, 5)).balance.available).toBe(5);
  });

  test('is refused for status points', async () => {
    const ann = await aCustomer(deps, program);
    const status = deps.newId();
    await deps.reads.query(
      `with made as (insert into point_currency (program_id, id, code, name, kind) values ($1, $2, 'status', 'Status', 'STATUS'))
       update program set catalogue_version = catalogue_version + 1 where id = $1`,
      [program.programId, status],
    );
    await earn(deps, program, ann, 10, { currencyId: status });
    const input = { customer: { id: ann, externalId: null }, currency: 'status', amount: 5, reason: null };
    await expect(spendPoints(deps, program.scope, aCommand('pointsSpend', input), input)).rejects.toBeInstanceOf(
      StateConflictError,
    );
  });

  test('does not find another program’s customer', async () => {
    const other = await aProgram(deps);
    const stranger = await aCustomer(deps, other);
    await earn(deps, other, stranger, 10);
    await expect(spend(deps, stranger, 5)).rejects.toBeInstanceOf(NotFoundError);
  });
});

describe('at the same time', () => {
  test('200 spends of 10 from 1,000 over two instances: exactly 100 pass, and no reader sees a negative balance', async () => {
    const ann = await aCustomer(deps, program);
    for (let lot = 0; lot < 10; lot += 1) await earn(deps, program, ann, 100);
    const until = new AbortController();
    const seen: number[] = [];
    const reader = (async () => {
      while (!until.signal.aborted) seen.push((await balanceNow(deps, program, ann)).available);
    })();
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) => spend(index % 2 === 0 ? deps : second, ann, 10)),
    );
    until.abort();
    await reader;
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect(refusals.length).toBe(100);
    for (const refusal of refusals) expect(refusal).toBeInstanceOf(InsufficientPointsError);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(0);
    expect(await balanceNow(deps, program, ann)).toMatchObject({ available: 0 });
  });

  test('50 calls with one idempotency key over two instances have one effect', async () => {
    const ann = await aCustomer(deps, program);
    await earn(deps, program, ann, 1_000);
    const key = randomUUID();
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => spend(index % 2 === 0 ? deps : second, ann, 10, key)),
    );
    const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS' });
    expect(answers.filter((answer) => !answer.replayed).length).toBe(1);
    expect(new Set(answers.map((answer) => answer.transactionId)).size).toBe(1);
    expect(await balanceNow(deps, program, ann)).toMatchObject({ available: 990 });
  });

  test('moves from A to B and from B to A, 200 each way, all settle without a deadlock reaching a caller', async () => {
    const [ann, bob] = [await aCustomer(deps, program), await aCustomer(deps, program)];
    await earn(deps, program, ann, 1_000);
    await earn(deps, program, bob, 1_000);
    const move = (on: typeof deps, from: string, to: string) => {
      const input = {
        from: { id: from, externalId: null },
        to: { id: to, externalId: null },
        currency: null,
        amount: 1,
        reason: null,
      };
      return transferPoints(on, program.scope, aCommand('pointsTransfer', input), input);
    };
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const on = index % 2 === 0 ? deps : second;
        return Promise.all([move(on, ann, bob), move(on, bob, ann)]);
      }),
    );
    expect((await balanceNow(deps, program, ann)).available).toBe(1_000);
    expect((await balanceNow(deps, program, bob)).available).toBe(1_000);
  });
});

describe('idempotency', () => {
  test('the same key answers the first result again; other input under it is refused; a refusal leaves it free', async () => {
    const ann = await aCustomer(deps, program);
    const key = randomUUID();
    await expect(spend(deps, ann, 10, key)).rejects.toBeInstanceOf(InsufficientPointsError);
    await earn(deps, program, ann, 100);
    const first = await spend(deps, ann, 10, key);
    expect(first.replayed).toBe(false);
    expect(await spend(second, ann, 10, key)).toEqual({ ...first, replayed: true });
    await expect(spend(deps, ann, 11, key)).rejects.toBeInstanceOf(IdempotencyMismatchError);
    expect((await balanceNow(deps, program, ann)).available).toBe(90);
  });
});
