import { beforeAll, describe, expect, test } from 'vitest';

import { setPointValue } from '#app/point-value/set.ts';
import type { ImportReport } from '#src/import/report.ts';
import { checkInvariants } from '#src/jobs/check-invariants.ts';
import { closeDaysOfAll } from '#src/jobs/close-days.ts';

import { testDatabase } from '../support/database.ts';
import { aCommand, asOwner, execute, testDeps, type TestProgram } from '../support/program.ts';
import { AIRLINE, anAirline } from './airline.ts';
import { importFile, rowsByCategory } from './shop.ts';

const { url } = await testDatabase();
let now = new Date('2026-03-02T12:00:00Z');
const deps = testDeps(url, { clock: () => now });

let program: TestProgram;
let report: ImportReport;
/** The whole economy as the entries themselves tell it, before anything was summed up. */
let unsummed: Numbers;

type Numbers = Record<string, Record<string, unknown>>;

async function ask(document: string): Promise<Numbers> {
  const { data, errors } = await execute<Numbers>(deps, asOwner(program), document);
  expect(errors).toBeUndefined();
  return data ?? {};
}

const economy = (from: string, to: string, basis: string, fields: string): Promise<Numbers> =>
  ask(`{ pointsEconomy(from: "${from}", to: "${to}", basis: ${basis}) { ${fields} } }`);

const ALL = `opening { total } closing { total } flows { issuedNet redeemedNet expired forfeited adjustments }
  redemptionRateToDate { value } memberRedemptionRate { value numerator denominator }`;

/** The whole set is imported once; everything is asserted on it. Points are hundredths of the airline's. */
beforeAll(async () => {
  program = await anAirline(deps);
  report = await importFile(deps, program, AIRLINE, 'airline');
  // 501,620 dollars were paid for 6,197,774 redeemed points: 80.9355… cents for ten of them, which are 1,000 here.
  const cost = {
    currency: null,
    reason: 'COST' as const,
    validFrom: '2017-01-01',
    minorPerThousand: '80.935510072',
    moneyCurrency: 'CAD',
    note: null,
  };
  await setPointValue(deps, program.scope, aCommand('pointValueSet', cost), cost);
  unsummed = await economy('2017-01-01', '2018-12-31', 'EFFECTIVE', ALL);
  now = new Date('2026-03-05T12:00:00Z');
  await closeDaysOfAll(deps);
}, 300_000);

describe('the airline set of 8,323 members', () => {
  test('is imported whole: every row under one category, and what the data forces is told', () => {
    expect(rowsByCategory(report)).toEqual({ no_points: 98_457, imported: 103_311 });
    expect(report).toMatchObject({
      finished: true,
      rowsRead: 201_768,
      activities: 103_311,
      pointsEarned: 2_496_707_893,
      redemptions: 12_023,
      pointsRedeemed: 619_777_400,
      openingBalances: 1_673,
      pointsOpened: 42_778_401,
    });
  });

  test('gives the totals, the burn ratios and the redemption rates of the reference', async () => {
    const { pointsEconomy: all } = await economy('2017-01-01', '2018-12-31', 'EFFECTIVE', ALL);
    expect(all).toEqual(unsummed['pointsEconomy']);
    expect(all).toMatchObject({
      opening: { total: 0 },
      closing: { total: 1_919_708_894 },
      flows: { issuedNet: 2_496_707_893, redeemedNet: 619_777_400, expired: 0, forfeited: 0, adjustments: 42_778_401 },
      memberRedemptionRate: { numerator: 5_725, denominator: 8_323 },
    });
    const rates = all as { redemptionRateToDate: { value: number }; memberRedemptionRate: { value: number } };
    expect(rates.redemptionRateToDate.value).toBeCloseTo(0.248238, 6);
    expect(rates.memberRedemptionRate.value).toBeCloseTo(0.687853, 6);
    const burn = async (from: string, to: string): Promise<number> => {
      const { pointsEconomy } = await economy(from, to, 'EFFECTIVE', 'burnRatio { value }');
      return (pointsEconomy as { burnRatio: { value: number } }).burnRatio.value;
    };
    expect(await burn('2017-01-01', '2017-01-31')).toBeCloseTo(0.2588, 4);
    expect(await burn('2018-12-01', '2018-12-31')).toBeCloseTo(0.2498, 4);
  });

  test('owes at cost 912,886 / 1,114,959 / 1,317,031 / 1,519,103 dollars at rates of .7 / .8 / .9 / 1', async () => {
    const { pointsLiability } = await ask(
      `{ pointsLiability(asOf: "2018-12-31", basis: EFFECTIVE, redemptionRate: "0.8") {
           points { outstanding } given { issued redeemed outstanding } amount provision sensitivity { amount } estimate { rate low high } } }`,
    );
    const { sensitivity, amount, points, given, estimate } = pointsLiability as {
      sensitivity: { amount: number }[];
      amount: number;
      points: object;
      given: object;
      estimate: { rate: number; low: number; high: number };
    };
    const dollars = (cents: number): number => Math.round(cents / 100);
    expect(sensitivity.map((line) => dollars(line.amount))).toEqual([912_886, 1_114_959, 1_317_031, 1_519_103]);
    expect(dollars(amount)).toBe(1_114_959);
    expect(points).toEqual({ outstanding: 1_876_930_493 });
    expect(given).toEqual({ issued: 42_778_401, redeemed: 42_778_401, outstanding: 0 });
    expect(estimate.low).toBeLessThanOrEqual(estimate.rate);
    expect(estimate.rate).toBeGreaterThan(0.23);
    expect(estimate.high).toBeLessThanOrEqual(1);
  });

  test('leaves nobody below zero in any month, closed days as they were booked, and every invariant true', async () => {
    const negative = await deps.reads.query(
      `select 1 from (
         select sum(amount) over (partition by account_id order by effective_at) as balance
         from ledger_entry where program_id = $1 and seq is not null
       ) running where balance < 0 limit 1`,
      [program.programId],
    );
    expect(negative).toEqual([]);
    const fields = 'closedThrough days { flows { issued } }';
    expect((await economy('2026-03-01', '2026-03-04', 'RECORDED', fields))['pointsEconomy']).toEqual({
      closedThrough: '2026-03-04',
      days: [0, 2_496_707_893, 0, 0].map((issued) => ({ flows: { issued } })),
    });
    expect(await checkInvariants(deps.reads, program.programId)).toEqual([]);
  }, 120_000);
});
