import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { captureHold } from '#app/ledger/capture-hold.ts';
import { releaseHold } from '#app/ledger/release-hold.ts';
import { reverseTransaction } from '#app/ledger/reverse-transaction.ts';
import { spendPoints } from '#app/ledger/spend-points.ts';
import { makeStepUpCode } from '#app/redemption/step-up.ts';
import { importRewardCodes } from '#app/reward/import-codes.ts';
import { RedemptionRefusedError } from '#domain/errors.ts';
import { uuidOf } from '#domain/ids.ts';
import { readStock } from '#storage/reward-stock-store.ts';

import { checkInvariants } from '../../../src/jobs/check-invariants.ts';
import { endRedemptions } from '../../../src/jobs/end-redemptions.ts';
import { runSettleDue } from '../../../src/jobs/settle-due.ts';
import { testDatabase } from '../../support/database.ts';
import { aCustomer, balanceNow, earn } from '../../support/ledger.ts';
import { aCommand, aProgram, testDeps, type TestProgram } from '../../support/program.ts';
import { move, redeem, redemptionOf, refusalsOf } from '../../support/redemption.ts';
import { aReward, type RewardGiven } from '../../support/reward.ts';
import { draftOf, publishSet } from '../../support/rule-set.ts';

const { url } = await testDatabase();
let now = new Date('2026-03-01T12:00:00Z');
const deps = testDeps(url, { clock: () => now });
const minutesOn = (minutes: number): void => void (now = new Date(now.getTime() + minutes * 60_000));

const POOL: RewardGiven = { code: 'voucher', fulfilment: { kind: 'CODE_POOL' } };
const MADE_UP: RewardGiven = {
  code: 'coupon',
  fulfilment: { kind: 'GENERATED_CODE', prefix: 'LRL-', length: 10, alphabet: '23456789ABCDEFGH' },
};

/** A program with the rewards live, and a customer who has 1,000 points that end in a year. */
async function aShelf(...rewards: RewardGiven[]): Promise<{ program: TestProgram; customer: string }> {
  const program = await aProgram(deps);
  await publishSet(deps, program, { rewards: (rewards.length > 0 ? rewards : [{}]).map((given) => aReward(given)) });
  const customer = await aCustomer(deps, program);
  await earn(deps, program, customer, 1_000, { expiresAt: new Date('2027-03-01T00:00:00Z') });
  return { program, customer };
}

/** No law is broken. Work that is late is no error here: the test's time runs apart from the database's. */
async function expectSound(): Promise<void> {
  const offences = await checkInvariants(deps.reads);
  expect(offences.filter(({ severity }) => severity === 'ERROR')).toEqual([]);
}

const importCodes = (program: TestProgram, codes: string[], rewardCode = 'voucher') => {
  const input = { rewardCode, codes };
  return importRewardCodes(deps, program.scope, aCommand('rewardCodesImport', input), input);
};

async function stockOf(program: TestProgram): Promise<{ reserved: number; issued: number }[]> {
  const rows = await deps.reads.query<{ id: string }>(
    'select reward_id as id from reward_stock where program_id = $1',
    [program.programId],
  );
  const stock = await readStock(
    deps.reads,
    program.programId,
    rows.map(({ id }) => id),
  );
  return [...stock.values()].map(({ reserved, issued }) => ({ reserved, issued }));
}

describe('a reward', () => {
  test('that is issued at once costs its points and a piece, and says what was promised', async () => {
    const { program, customer } = await aShelf({
      stock: 5,
      texts: { de: { name: 'Becher', description: '', terms: '' } },
    });
    const made = await redeem(deps, program, customer);
    expect(made.balance).toMatchObject({ available: 900, held: 0 });
    expect(await redemptionOf(deps, program, made.redemptionId)).toMatchObject({
      state: 'ISSUED',
      points: 100,
      rewardCode: 'mug',
      revision: 1,
      issuedAt: now,
      expiresAt: null,
      terms: { fulfilment: { kind: 'GIFT' }, texts: { locale: 'de', name: 'Becher' } },
    });
    expect(await stockOf(program)).toEqual([{ reserved: 0, issued: 1 }]);
    await expectSound();
  });

  test('is had once under one key, and the same redemption is answered again', async () => {
    const { program, customer } = await aShelf();
    const first = await redeem(deps, program, customer, 'mug', {}, 'k');
    const again = await redeem(deps, program, customer, 'mug', {}, 'k');
    expect(again).toEqual({ ...first, replayed: true });
    expect(await balanceNow(deps, program, customer)).toMatchObject({ available: 900 });
  });

  test('that costs nothing moves no points', async () => {
    const { program, customer } = await aShelf({ points: 0 });
    const { redemptionId } = await redeem(deps, program, customer);
    expect(await redemptionOf(deps, program, redemptionId)).toMatchObject({ state: 'ISSUED', transactionId: null });
    await move(deps, program, 'cancel', redemptionId);
    const kept = await redeem(deps, program, customer, 'mug', { mode: 'RESERVE' });
    minutesOn(16);
    await endRedemptions(deps);
    expect(await redemptionOf(deps, program, kept.redemptionId)).toMatchObject({ state: 'EXPIRED' });
    expect(await stockOf(program)).toEqual([{ reserved: 0, issued: 0 }]);
    await expectSound();
  });

  test('hands out a made-up code that nobody else has', async () => {
    const { program, customer } = await aShelf(MADE_UP);
    const codes = new Set<string | null>();
    for (let n = 0; n < 5; n += 1) {
      const { redemptionId } = await redeem(deps, program, customer, 'coupon');
      codes.add((await redemptionOf(deps, program, redemptionId)).code);
    }
    expect(codes.size).toBe(5);
    for (const code of codes) expect(code).toMatch(/^LRL-[2-9A-H]{10}$/);
  });

  test('of several pieces costs them all, and no more than it allows', async () => {
    const { program, customer } = await aShelf({ maxQuantity: 5, stock: 6 });
    await redeem(deps, program, customer, 'mug', { quantity: 4 });
    expect(await balanceNow(deps, program, customer)).toMatchObject({ available: 600 });
    expect(await refusalsOf(redeem(deps, program, customer, 'mug', { quantity: 3 }))).toEqual(['OUT_OF_STOCK']);
    for (const quantity of [0, -1, 6, 1.5])
      await expect(redeem(deps, program, customer, 'mug', { quantity })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        path: ['quantity'],
      });
  });
});

describe('a reservation', () => {
  test('holds points, piece and code, and shows no code before it is issued', async () => {
    const { program, customer } = await aShelf({ ...POOL, stock: 1 });
    await importCodes(program, ['A']);
    const { redemptionId, balance } = await redeem(deps, program, customer, 'voucher', { mode: 'RESERVE' });
    expect(balance).toMatchObject({ available: 900, held: 100 });
    expect(await stockOf(program)).toEqual([{ reserved: 1, issued: 0 }]);
    expect(await redemptionOf(deps, program, redemptionId)).toMatchObject({ state: 'RESERVED', code: null });
    await expectSound();
    await move(deps, program, 'issue', redemptionId);
    expect(await redemptionOf(deps, program, redemptionId)).toMatchObject({ state: 'ISSUED', code: 'A' });
    expect(await balanceNow(deps, program, customer)).toMatchObject({ available: 900, held: 0 });
    expect(await stockOf(program)).toEqual([{ reserved: 0, issued: 1 }]);
    await expectSound();
  });

  const noticers: [string, (program: TestProgram, customer: string) => Promise<unknown>][] = [
    ['the job', () => runSettleDue(deps)],
    [
      'a spending of the customer',
      (program, id) => {
        const input = { customer: { id, externalId: null }, currency: null, amount: 1, reason: null };
        return spendPoints(deps, program.scope, aCommand('pointsSpend', input), input);
      },
    ],
    ['the customer’s next redemption of the same reward', (program, id) => redeem(deps, program, id, 'voucher')],
    ['an earning', (program, id) => earn(deps, program, id, 5)],
  ];
  test.each(noticers)('ends with its hold, whoever notices first: %s', async (_who, notice) => {
    const { program, customer } = await aShelf({ ...POOL, stock: 2, reservationMinutes: 30 });
    await importCodes(program, ['A', 'B']);
    const { redemptionId } = await redeem(deps, program, customer, 'voucher', { mode: 'RESERVE' });
    minutesOn(29);
    await notice(program, customer);
    expect(await redemptionOf(deps, program, redemptionId)).toMatchObject({ state: 'RESERVED' });
    minutesOn(1);
    await notice(program, customer);
    expect(await redemptionOf(deps, program, redemptionId)).toMatchObject({ state: 'EXPIRED', closedAt: now });
    expect(await balanceNow(deps, program, customer)).toMatchObject({ held: 0 });
    const [stock] = await stockOf(program);
    expect(stock?.reserved).toBe(0);
    await expectSound();
    await expect(move(deps, program, 'issue', redemptionId)).rejects.toMatchObject({ state: 'EXPIRED' });
  });

  test('cannot be taken apart by the ledger’s own hands', async () => {
    const { program, customer } = await aShelf();
    const { redemptionId } = await redeem(deps, program, customer, 'mug', { mode: 'RESERVE' });
    const { holdId } = await redemptionOf(deps, program, redemptionId);
    const release = { holdId, reason: null };
    const capture = { ...release, amount: null, releaseRest: false };
    const refused = { code: 'STATE_CONFLICT', state: 'REDEMPTION', path: ['holdId'] };
    await expect(releaseHold(deps, program.scope, aCommand('holdRelease', release), release)).rejects.toMatchObject(
      refused,
    );
    await expect(captureHold(deps, program.scope, aCommand('holdCapture', capture), capture)).rejects.toMatchObject(
      refused,
    );
    await move(deps, program, 'issue', redemptionId);
    const { transactionId } = await redemptionOf(deps, program, redemptionId);
    const reverse = { transactionId, reason: 'x', adjustmentMax: null };
    await expect(
      reverseTransaction(deps, program.scope, aCommand('ledgerTransactionReverse', reverse), reverse),
    ).rejects.toMatchObject({ code: 'STATE_CONFLICT', state: 'REDEMPTION' });
  });

  test('is issued although the reward is gone and the customer was blocked meanwhile', async () => {
    const { program, customer } = await aShelf(MADE_UP);
    const { redemptionId } = await redeem(deps, program, customer, 'coupon', { mode: 'RESERVE' });
    await publishSet(deps, program, { rewards: [] });
    await deps.reads.query(`update customer set enrolment_state = 'BLOCKED' where id = $1`, [customer]);
    await move(deps, program, 'issue', redemptionId);
    expect((await redemptionOf(deps, program, redemptionId)).code).toMatch(/^LRL-/);
    await expectSound();
  });
});

describe('a cancellation', () => {
  test('returns points to their lots with their old expiry, and the piece, but never the code', async () => {
    const { program, customer } = await aShelf({ ...POOL, stock: 1 });
    await importCodes(program, ['A', 'B']);
    await earn(deps, program, customer, 60, { expiresAt: new Date('2026-03-05T00:00:00Z') });
    const { redemptionId } = await redeem(deps, program, customer, 'voucher');
    await move(deps, program, 'cancel', redemptionId);
    const lots = await deps.reads.query(
      `select l.remaining, l.expires_at from lot l join ledger_account a on a.program_id = l.program_id and a.id = l.account_id
       where a.customer_id = $1 order by l.expires_at`,
      [customer],
    );
    expect(lots).toEqual([
      { remaining: 60, expires_at: new Date('2026-03-05T00:00:00Z') },
      { remaining: 1_000, expires_at: new Date('2027-03-01T00:00:00Z') },
    ]);
    expect(await stockOf(program)).toEqual([{ reserved: 0, issued: 0 }]);
    const next = await redeem(deps, program, customer, 'voucher');
    expect((await redemptionOf(deps, program, next.redemptionId)).code).toBe('B');
    await expectSound();
  });

  test('of points whose lot has expired meanwhile gives them back to expire at once', async () => {
    const { program, customer } = await aShelf();
    await earn(deps, program, customer, 60, { expiresAt: new Date(now.getTime() + 60_000) });
    const { redemptionId } = await redeem(deps, program, customer);
    minutesOn(2);
    await move(deps, program, 'cancel', redemptionId);
    expect(await balanceNow(deps, program, customer)).toMatchObject({ available: 1_000 });
    await expectSound();
  });

  test('by the customer reaches what is reserved and their own, and nothing else', async () => {
    const { program, customer } = await aShelf();
    const other = await aCustomer(deps, program);
    const reserved = await redeem(deps, program, customer, 'mug', { mode: 'RESERVE' });
    const issued = await redeem(deps, program, customer);
    const cancel = (id: string, by: string) => move(deps, program, 'cancel', id, by);
    await expect(cancel(reserved.redemptionId, other)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(cancel(issued.redemptionId, customer)).rejects.toMatchObject({ state: 'ISSUED' });
    await cancel(reserved.redemptionId, customer);
    expect(await balanceNow(deps, program, customer)).toMatchObject({ available: 900, held: 0 });
  });
});

describe('the states', () => {
  test.each([
    [['use'], 'cancel', 'USED'],
    [['use'], 'fulfil', 'USED'],
    [['fulfil'], 'issue', 'FULFILLED'],
    [['cancel'], 'use', 'CANCELLED'],
    [['cancel'], 'cancel', 'CANCELLED'],
    [[], 'issue', 'ISSUED'],
  ] as const)('after %j there is no %s', async (path, wrong, state) => {
    const { program, customer } = await aShelf();
    const { redemptionId } = await redeem(deps, program, customer);
    for (const step of path) await move(deps, program, step, redemptionId);
    await expect(move(deps, program, wrong, redemptionId)).rejects.toMatchObject({ code: 'STATE_CONFLICT', state });
  });

  test('what was fulfilled by hand can be used, or taken back with its points', async () => {
    const { program, customer } = await aShelf({ byHand: true });
    const [one, two] = [await redeem(deps, program, customer), await redeem(deps, program, customer)];
    for (const { redemptionId } of [one, two]) await move(deps, program, 'fulfil', redemptionId);
    await move(deps, program, 'use', one.redemptionId);
    await move(deps, program, 'cancel', two.redemptionId);
    expect(await balanceNow(deps, program, customer)).toMatchObject({ available: 900 });
    await expectSound();
  });

  test('what is issued ends with its last valid day, and its points stay spent', async () => {
    const { program, customer } = await aShelf({ ...MADE_UP, validityDays: 1 });
    const { redemptionId } = await redeem(deps, program, customer, 'coupon');
    const { expiresAt } = await redemptionOf(deps, program, redemptionId);
    expect(expiresAt?.toISOString().slice(10)).toBe('T00:00:00.000Z');
    now = new Date(expiresAt!.getTime() - 1);
    await endRedemptions(deps);
    expect(await redemptionOf(deps, program, redemptionId)).toMatchObject({ state: 'ISSUED' });
    minutesOn(1);
    await expect(move(deps, program, 'use', redemptionId)).rejects.toMatchObject({ state: 'EXPIRED' });
    await endRedemptions(deps);
    expect(await redemptionOf(deps, program, redemptionId)).toMatchObject({ state: 'EXPIRED', closedAt: expiresAt });
    expect(await balanceNow(deps, program, customer)).toMatchObject({ available: 900 });
    expect(await stockOf(program)).toEqual([{ reserved: 0, issued: 1 }]);
    await expectSound();
  });
});

describe('a refusal', () => {
  test('leaves nothing behind but its filing, with every reason and what is missing', async () => {
    const { program, customer } = await aShelf({ points: 2_000, stock: 0 });
    const failure = await redeem(deps, program, customer, 'mug', {}, 'k').catch((error: unknown) => error);
    if (!(failure instanceof RedemptionRefusedError)) throw new Error('it is refused');
    expect(failure).toMatchObject({ code: 'OUT_OF_STOCK', message: 'This reward is out of stock.' });
    const filed = await deps.reads.query(
      'select id, reward_code, mode, points, refusals from redemption_refusal where program_id = $1',
      [program.programId],
    );
    expect(filed).toEqual([
      {
        id: failure.refusalId,
        reward_code: 'mug',
        mode: 'ISSUE',
        points: 2_000,
        refusals: [
          { code: 'OUT_OF_STOCK', wanted: 1, left: 0 },
          { code: 'INSUFFICIENT_POINTS', currency: 'points', needed: 2_000, available: 1_000 },
        ],
      },
    ]);
    expect(await balanceNow(deps, program, customer)).toMatchObject({ available: 1_000, held: 0 });
    // The key is free: the same call may succeed later.
    await publishSet(deps, program, { rewards: [aReward()] });
    expect(await redeem(deps, program, customer, 'mug', {}, 'k')).toMatchObject({ replayed: false });
  });

  test('by a limit counts what was not cancelled and has not timed out, for the running period', async () => {
    const limits = [{ of: 'CUSTOMER' as const, per: 'DAY' as const, quantity: 2 }];
    const { program, customer } = await aShelf({ limits });
    const other = await aCustomer(deps, program);
    await earn(deps, program, other, 100);
    now = new Date('2026-06-01T12:00:00Z');
    const first = await redeem(deps, program, customer);
    await redeem(deps, program, customer, 'mug', { mode: 'RESERVE' });
    expect(await refusalsOf(redeem(deps, program, customer))).toEqual(['CUSTOMER_LIMIT']);
    await redeem(deps, program, other);
    await move(deps, program, 'cancel', first.redemptionId);
    await redeem(deps, program, customer);
    expect(await refusalsOf(redeem(deps, program, customer))).toEqual(['CUSTOMER_LIMIT']);
    minutesOn(15);
    await redeem(deps, program, customer);
    expect(await refusalsOf(redeem(deps, program, customer))).toEqual(['CUSTOMER_LIMIT']);
    now = new Date('2026-06-02T00:00:00Z');
    await redeem(deps, program, customer);
    await expectSound();
  });

  test('by a limit of companies counts colleagues together, and loners alone', async () => {
    const limits = [{ of: 'ACCOUNT' as const, per: 'ALL_TIME' as const, quantity: 1 }];
    const { program, customer: loner } = await aShelf({ limits });
    const people = [await aCustomer(deps, program), await aCustomer(deps, program), await aCustomer(deps, program)];
    for (const id of people) await earn(deps, program, id, 500);
    const accountId = deps.newId();
    await deps.reads.query('insert into account (program_id, id, external_id) values ($1, $2, $3)', [
      program.programId,
      accountId,
      'acme',
    ]);
    await deps.reads.query('update customer set account_id = $1 where id = any($2::uuid[])', [
      accountId,
      people.slice(0, 2),
    ]);
    await redeem(deps, program, people[0]!);
    expect(await refusalsOf(redeem(deps, program, people[1]!))).toEqual(['ACCOUNT_LIMIT']);
    await redeem(deps, program, people[2]!);
    await redeem(deps, program, loner);
    expect(await refusalsOf(redeem(deps, program, loner))).toEqual(['ACCOUNT_LIMIT']);
  });
});

describe('a step-up code', () => {
  const asked = { stepUpAbove: 100, maxQuantity: 10 };
  const send = async (program: TestProgram, id: string, key: string = randomUUID()) => {
    const input = { customer: { id, externalId: null }, rewardCode: 'mug' };
    return makeStepUpCode(deps, program.scope, aCommand('redemptionStepUp', input, key), input);
  };
  const whyOf = async (redeeming: Promise<unknown>): Promise<unknown> => {
    const failure: unknown = await redeeming.catch((error: unknown) => error);
    return failure instanceof RedemptionRefusedError ? failure.refusals : failure;
  };
  const lacks = (why: string) => [{ code: 'STEP_UP_REQUIRED', why }];

  test('confirms one redemption, is told once, and is kept as a hash only', async () => {
    const { program, customer } = await aShelf(asked);
    expect(await whyOf(redeem(deps, program, customer))).toEqual(lacks('MISSING'));
    const made = await send(program, customer, 'k');
    expect(made.code).toMatch(/^\d{6}$/);
    expect(await send(program, customer, 'k')).toMatchObject({ code: null, replayed: true });
    const stored = JSON.stringify(
      await deps.reads.query(
        `select to_jsonb(s) as s, (select jsonb_agg(result) from idempotency) as r from step_up_code s`,
      ),
    );
    expect(stored).not.toContain(made.code);
    const done = await redeem(deps, program, customer, 'mug', { stepUpCode: made.code }, 'r');
    expect(await redeem(deps, program, customer, 'mug', { stepUpCode: made.code }, 'r')).toEqual({
      ...done,
      replayed: true,
    });
    expect(await whyOf(redeem(deps, program, customer, 'mug', { stepUpCode: made.code }))).toEqual(lacks('ENDED'));
  });

  test('is tried five times at most, also by a thousand at once, and lasts ten minutes', async () => {
    const { program, customer } = await aShelf(asked);
    const { code } = await send(program, customer);
    const wrong = code === '000000' ? '000001' : '000000';
    const tries = await Promise.all(
      Array.from({ length: 30 }, () => whyOf(redeem(deps, program, customer, 'mug', { stepUpCode: wrong }))),
    );
    const counted = tries.map((refusals) => (refusals as { why: string }[])[0]?.why);
    expect(counted.filter((why) => why === 'WRONG')).toHaveLength(5);
    expect(counted.filter((why) => why === 'TRIES_USED_UP')).toHaveLength(25);
    expect(await whyOf(redeem(deps, program, customer, 'mug', { stepUpCode: code }))).toEqual(lacks('TRIES_USED_UP'));
    const next = await send(program, customer);
    minutesOn(10);
    expect(await whyOf(redeem(deps, program, customer, 'mug', { stepUpCode: next.code }))).toEqual(lacks('ENDED'));
    const last = await send(program, customer);
    minutesOn(9);
    await redeem(deps, program, customer, 'mug', { stepUpCode: last.code, quantity: 2 });
  });
});

describe('codes of a pool', () => {
  test('are taken once, whatever is imported twice, and told by their place when they are not', async () => {
    const { program } = await aShelf(POOL);
    expect(await importCodes(program, ['A', ' B ', 'A', '', 'x'.repeat(256), 'a\u0000b'])).toMatchObject({
      imported: 2,
      refused: [
        { index: 2, reason: 'DUPLICATE' },
        { index: 3, reason: 'INVALID' },
        { index: 4, reason: 'INVALID' },
        { index: 5, reason: 'INVALID' },
      ],
    });
    expect(await importCodes(program, ['C', 'B'])).toMatchObject({
      imported: 1,
      refused: [{ index: 1, reason: 'DUPLICATE' }],
    });
  });

  test('can be imported before the reward is live, and to no other kind of reward', async () => {
    const program = await aProgram(deps);
    await expect(importCodes(program, ['A'])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await draftOf(deps, program, { rewards: [aReward(POOL), aReward()] });
    expect(await importCodes(program, ['A'])).toMatchObject({ imported: 1 });
    await expect(importCodes(program, ['A'], 'mug')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(importCodes(program, [])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(importCodes(program, Array.from({ length: 10_001 }, String))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  test('are written down in one place, which no outcome, event or audit repeats', async () => {
    const { program, customer } = await aShelf(POOL);
    await importCodes(program, ['SECRET-OF-ONE']);
    const { redemptionId } = await redeem(deps, program, customer, 'voucher');
    await move(deps, program, 'use', redemptionId);
    const [everywhere] = await deps.reads.query<{ told: string }>(
      `select concat((select jsonb_agg(result) from idempotency), (select jsonb_agg(events) from outbox),
         (select jsonb_agg(to_jsonb(a)) from audit_entry a), (select jsonb_agg(to_jsonb(r)) from redemption r),
         (select jsonb_agg(to_jsonb(t)) from ledger_transaction t)) as told`,
    );
    expect(everywhere?.told).not.toContain('SECRET-OF-ONE');
    expect(await redemptionOf(deps, program, redemptionId)).toMatchObject({ code: 'SECRET-OF-ONE' });
    await expect(
      deps.reads.query(`update reward_code set redemption_id = null, handed_at = null where code = 'SECRET-OF-ONE'`),
    ).rejects.toThrow('never handed out again');
  });

  test('end with a refusal that says so', async () => {
    const { program, customer } = await aShelf(POOL);
    expect(await refusalsOf(redeem(deps, program, customer, 'voucher'))).toEqual(['NO_CODES_LEFT']);
  });
});

describe('publishing', () => {
  test('refuses a stock below what customers have, and names the reward', async () => {
    const { program, customer } = await aShelf({ stock: 5 });
    await redeem(deps, program, customer);
    await redeem(deps, program, customer, 'mug', { mode: 'RESERVE' });
    await expect(publishSet(deps, program, { rewards: [aReward({ stock: 1 })] })).rejects.toMatchObject({
      code: 'INVALID_RULE',
      problems: [
        { path: ['mug', 'stock'], message: expect.stringContaining('1 pieces are reserved and 1 issued') as string },
      ],
    });
    await publishSet(deps, program, { rewards: [aReward({ stock: 2 })] });
    expect(await refusalsOf(redeem(deps, program, customer))).toEqual(['OUT_OF_STOCK']);
  });

  test('a lower stock counts for a redemption that began before it', async () => {
    const { program, customer } = await aShelf({ stock: 5, points: 1 });
    await redeem(deps, program, customer);
    const lock = await deps.postgres.connect();
    await lock.query('begin');
    await lock.query('select from reward_stock where program_id = $1 for update', [program.programId]);
    const lowering = publishSet(deps, program, { rewards: [aReward({ stock: 1, points: 1 })] });
    await waitingFor(1);
    const redeeming = refusalsOf(redeem(deps, program, customer));
    await waitingFor(2);
    await lock.query('commit');
    lock.release();
    await lowering;
    expect(await redeeming).toEqual(['OUT_OF_STOCK']);
    await expectSound();
  });
});

/** Resolves once so many transactions wait for the stock of a reward. */
async function waitingFor(count: number): Promise<void> {
  for (;;) {
    const waiting = await deps.reads.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '/* lock-stock */%'`,
    );
    if (waiting.length >= count) return;
    await sleep(20);
  }
}

test('the id of a filed refusal begins with rfd', () => {
  expect(uuidOf('RedemptionRefusal', 'rfd_01h2xcejqtf2nbrexx3vqjhp41')).not.toBeNull();
});
