import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { adjustPoints } from '#app/ledger/adjust-points.ts';
import { spendPoints } from '#app/ledger/spend-points.ts';
import { publicId } from '#domain/ids.ts';

import { testDatabase } from '../support/database.ts';
import { aCustomer, earn } from '../support/ledger.ts';
import { aCommand, aProgram, asCustomer, asOwner, asRole, execute, testDeps } from '../support/program.ts';

const { url } = await testDatabase();
let now = new Date('2026-01-10T12:00:00Z');
const deps = testDeps(url, { clock: () => now });
const program = await aProgram(deps, { timeZone: 'Europe/Berlin' });
const ann = await aCustomer(deps, program);
const bob = await aCustomer(deps, program);
await deps.reads.query(
  `insert into enrolment (program_id, id, customer_id, state, from_at, actor)
   select $1, gen_random_uuid(), c, 'ENROLLED', '2026-01-01', 'test' from unnest($2::uuid[]) c`,
  [program.programId, [ann, bob]],
);

async function spend(customerId: string, amount: number): Promise<void> {
  const input = { customer: { id: customerId, externalId: null }, currency: null, amount, reason: null };
  await spendPoints(deps, program.scope, aCommand('pointsSpend', input), input);
}

// January to April: 1,000 points a month, of which 100 are redeemed in the same month and 200 in the next one.
for (const month of ['01', '02', '03', '04']) {
  now = new Date(`2026-${month}-10T12:00:00Z`);
  const earned = { expiresAt: new Date('2026-06-01T22:00:00Z') };
  await earn(deps, program, ann, 1_000, month === '04' ? {} : earned);
  await spend(ann, month === '01' ? 100 : 300);
}
const gift = { customer: { id: bob, externalId: null }, currency: null, amount: 50, reason: 'sorry', expiresAt: null };
await adjustPoints(deps, program.scope, aCommand('pointsAdjust', gift), { ...gift, adjustmentMax: null });
now = new Date('2026-05-10T12:00:00Z');

type Result = Record<string, Record<string, unknown>>;

async function ask(
  document: string,
  variables: Record<string, unknown> = {},
  caller = asOwner(program),
): Promise<Result> {
  const { data, errors } = await execute<Result>(deps, caller, document, variables);
  expect(errors).toBeUndefined();
  return data ?? {};
}

async function setValue(input: Record<string, unknown>): Promise<Result> {
  return ask(
    `mutation ($input: PointValueSetInput!) { pointValueSet(input: $input) { __typename
       ... on PointValueSetPayload { pointValue { reason validFrom minorPerThousand moneyCurrency note } } ... on UserError { path } } }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
  );
}

describe('the points economy', () => {
  test('tells days, sums, burn, redemption rate to date and by members', async () => {
    const { pointsEconomy } = await ask(
      `{ pointsEconomy(from: "2026-03-01", to: "2026-04-30") {
           opening { total } closing { total pending available held } partial closedThrough timeZone
           flows { issuedNet redeemedNet adjustments expired transactions change }
           burnRatio { value numerator denominator } redemptionRateToDate { value } memberRedemptionRate { value numerator denominator }
           days { day flows { issued } closing { total } } } }`,
    );
    const { days, ...rest } = pointsEconomy as { days: { day: string; flows: object }[] };
    expect(rest).toEqual({
      opening: { total: 1_600 },
      closing: { total: 3_050, pending: 0, available: 3_050, held: 0 },
      partial: false,
      closedThrough: null,
      timeZone: 'Europe/Berlin',
      flows: { issuedNet: 2_000, redeemedNet: 600, adjustments: 50, expired: 0, transactions: 5, change: 1_450 },
      burnRatio: { value: 0.3, numerator: 600, denominator: 2_000 },
      redemptionRateToDate: { value: 0.25 },
      memberRedemptionRate: { value: 0.5, numerator: 1, denominator: 2 },
    });
    expect(days).toHaveLength(61);
    expect(days.filter(({ flows }) => JSON.stringify(flows) !== '{"issued":0}').map(({ day }) => day)).toEqual([
      '2026-03-10',
      '2026-04-10',
    ]);
  });

  test('is refused for days out of order, days ahead, and more days than an answer holds', async () => {
    for (const [from, to] of [
      ['2026-03-02', '2026-03-01'],
      ['2026-05-01', '2026-05-11'],
      ['2020-01-01', '2026-05-01'],
    ]) {
      const { errors } = await execute(
        deps,
        asOwner(program),
        `{ pointsEconomy(from: "${from}", to: "${to}") { partial } }`,
      );
      expect(errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    }
  });

  test('has no burn ratio where nothing was issued', async () => {
    const { pointsEconomy } = await ask(
      '{ pointsEconomy(from: "2026-05-01", to: "2026-05-02") { burnRatio { value denominator } } }',
    );
    expect(pointsEconomy).toEqual({ burnRatio: { value: null, denominator: 0 } });
  });

  test('is closed to roles that have no business with it', async () => {
    const { errors } = await execute(
      deps,
      asRole(program, 'COMMUNITY_MANAGER'),
      '{ pointsEconomy(from: "2026-05-01", to: "2026-05-02") { partial } }',
    );
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('the value of a point', () => {
  test('is the latest one set for a day, and a correction counts without a loss of history', async () => {
    const value = (validFrom: string, minorPerThousand: string) =>
      setValue({ reason: 'COST', validFrom, minorPerThousand, moneyCurrency: 'CAD', note: 'budget' });
    expect((await value('2026-01-01', '800'))['pointValueSet']).toEqual({
      __typename: 'PointValueSetPayload',
      pointValue: {
        reason: 'COST',
        validFrom: '2026-01-01',
        minorPerThousand: '800',
        moneyCurrency: 'CAD',
        note: 'budget',
      },
    });
    await value('2026-03-01', '900.000000001');
    await value('2026-03-01', '1000.5');
    const on = async (day: string): Promise<unknown> =>
      (await ask(`{ pointValue(reason: COST, on: "${day}") { minorPerThousand } }`))['pointValue']?.[
        'minorPerThousand'
      ] ?? null;
    expect(await Promise.all(['2025-12-31', '2026-02-28', '2026-03-01'].map(on))).toEqual([null, '800', '1000.5']);
    expect((await ask('{ pointValues { minorPerThousand } }'))['pointValues']).toHaveLength(3);
  });

  test.each([
    ['below zero', { minorPerThousand: '-1' }, ['minorPerThousand']],
    ['beyond what money has', { minorPerThousand: '1000000000000000' }, ['minorPerThousand']],
    ['in no money', { moneyCurrency: 'euro' }, ['moneyCurrency']],
    ['of no currency', { currency: 'gold' }, ['currency']],
  ])('is refused %s', async (_name, over, path) => {
    const { pointValueSet } = await setValue({
      reason: 'COST',
      validFrom: '2026-01-01',
      minorPerThousand: '1',
      ...over,
    });
    expect(pointValueSet).toMatchObject({ path });
  });
});

describe('the liability for points', () => {
  const liability = async (args: string, fields: string): Promise<Record<string, unknown>> =>
    (await ask(`{ pointsLiability(${args}) { ${fields} } }`))['pointsLiability'] ?? {};

  test('is what is still expected to be redeemed at the value of that day, with its sensitivity', async () => {
    await setValue({ reason: 'COST', validFrom: '2026-04-01', minorPerThousand: '2000' });
    // 4,000 × 0.7 − 1,000 = 1,800 points at 2 cents.
    expect(
      await liability(
        'asOf: "2026-04-30", redemptionRate: "0.7"',
        'amount provision expectedRedemptions redemptionRate points { issued redeemed outstanding } given { issued outstanding } sensitivity { redemptionRate amount }',
      ),
    ).toEqual({
      amount: 3_600,
      provision: 70,
      expectedRedemptions: '1800',
      redemptionRate: '0.7',
      points: { issued: 4_000, redeemed: 1_000, outstanding: 3_000 },
      given: { issued: 50, outstanding: 50 },
      sensitivity: [
        { redemptionRate: '0.7', amount: 3_600 },
        { redemptionRate: '0.8', amount: 4_400 },
        { redemptionRate: '0.9', amount: 5_200 },
        { redemptionRate: '1', amount: 6_000 },
      ],
    });
  });

  test('estimates the rate from monthly cohorts where none is given', async () => {
    const shown = await liability('asOf: "2026-04-30"', 'redemptionRate estimate { rate low high factors }');
    // All 1,000 redeemed points came from January's lot: soonest-expiring first, then the oldest.
    const { rate, low, high, factors } = shown['estimate'] as {
      rate: number;
      low: number;
      high: number;
      factors: number[];
    };
    expect(factors).toEqual([4, 1.75, 1000 / 700]);
    expect(low).toBeLessThanOrEqual(rate);
    expect(high).toBeGreaterThanOrEqual(rate);
    expect(Number(shown['redemptionRate'])).toBeCloseTo(rate, 6);
  });

  test('defers the points’ share of the sales by relative stand-alone selling prices', async () => {
    await setValue({ reason: 'SELLING', validFrom: '2026-01-01', minorPerThousand: '100000' });
    // 10 points for 100,000 of money each thousand: 4,000 × 0.95 at 1.00 beside goods of 40,000.00.
    expect(
      await liability(
        'asOf: "2026-04-30", value: SELLING, redemptionRate: "0.95", sales: 4000000',
        'deferral { goods share revenueToDate liability }',
      ),
    ).toEqual({ deferral: { goods: 3_652_968, share: 347_032, revenueToDate: 91_324, liability: 255_708 } });
  });

  test('is refused where no value is set, and for a rate above one', async () => {
    for (const args of ['asOf: "2025-12-31", redemptionRate: "0.7"', 'asOf: "2026-04-30", redemptionRate: "1.1"']) {
      const { errors } = await execute(deps, asOwner(program), `{ pointsLiability(${args}) { amount } }`);
      expect(errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    }
  });
});

describe('what expires soon', () => {
  test('is told to the customer with lots and dates, counted in days of the program’s zone', async () => {
    // 1 June 22:00 UTC is the midnight after 1 June in Berlin: 22 days after 10 May.
    const own = async (days: number): Promise<unknown> => {
      const document = `query ($id: ID!) { node(id: $id) { ... on Customer {
        expiringPoints(withinDays: ${days}) { points lots { lotId points expiresAt } } } } }`;
      const { data, errors } = await execute<Result>(deps, asCustomer(program, ann), document, {
        id: publicId('Customer', ann),
      });
      expect(errors).toBeUndefined();
      return data?.['node']?.['expiringPoints'];
    };
    expect(await own(22)).toMatchObject({
      points: 2_000,
      lots: [
        { lotId: expect.stringMatching(/^lot_/), points: 1_000, expiresAt: '2026-06-01T22:00:00.000Z' },
        { points: 1_000 },
      ],
    });
    expect(await own(21)).toEqual({ points: 0, lots: [] });
  });

  test('is told for the program by 30, 60 and 90 days and by month', async () => {
    const { pointsExpiring } = await ask(
      '{ pointsExpiring { within30Days within60Days within90Days never held months { month points } redeemableShare { value } } }',
    );
    expect(pointsExpiring).toEqual({
      within30Days: 2_000,
      within60Days: 2_000,
      within90Days: 2_000,
      never: 1_050,
      held: 0,
      months: [{ month: '2026-06', points: 2_000 }],
      redeemableShare: { value: 1 },
    });
  });
});
