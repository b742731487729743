import { describe, expect, test } from 'vitest';

import { checkInvariants } from '#src/jobs/check-invariants.ts';

import { testDatabase } from '../support/database.ts';
import { testDeps } from '../support/program.ts';
import { countRetail } from './retail-count.ts';
import { aShop, importFile, rowsByCategory } from './shop.ts';

const FILE = 'data/online-retail/online_retail_2010-12_2011-06.csv.gz';
const { url } = await testDatabase();
const deps = testDeps(url);

describe('245,903 lines of Online Retail', async () => {
  const expected = countRetail(FILE);
  const shop = await aShop(deps, 'Europe/London', []);
  const report = await importFile(deps, shop, FILE, 'online-retail');

  test('go through, every one under exactly one category, as an independent count has it', () => {
    expect(report.rowsRead).toBe(245_903);
    expect(report.categories.reduce((sum, { rows }) => sum + rows, 0)).toBe(245_903);
    expect(rowsByCategory(report)).toEqual(expected.rows);
    const thousandths = report.categories.map(({ category, amount }) => [category, Math.round(Number(amount) * 1_000)]);
    expect(Object.fromEntries(thousandths)).toEqual(expected.amounts);
  });

  test('agree with what is known of the data: 69,014 lines without customer, 172,635 sale lines on 8,802 invoices', () => {
    expect(rowsByCategory(report)).toMatchObject({ no_customer: 69_014, imported: 172_635 });
    expect(report.activities).toBe(8_802);
    const sales = report.categories.find(({ category }) => category === 'imported');
    expect(Number(sales?.amount).toFixed(2)).toBe('3993805.65');
    const refunds = report.categories.filter(({ amount }) => Number(amount) < 0);
    expect(refunds.reduce((sum, { amount }) => sum + Number(amount), 0).toFixed(2)).toBe('-265304.40');
  });

  test('earn a point a whole pound of each invoice and give it back for what was cancelled of it', async () => {
    const [record] = await deps.reads.query<{
      activities: number;
      lines: number;
      customers: number;
      earned: number;
      left: number;
    }>(
      `select (select count(*) from activity where program_id = $1) as activities,
         (select sum(jsonb_array_length(lines)) from activity where program_id = $1)::bigint as lines,
         (select count(*) from customer where program_id = $1) as customers,
         (select sum(amount) from ledger_transaction where program_id = $1 and kind = 'EARN')::bigint as earned,
         (select sum(available) from ledger_account where program_id = $1 and kind = 'CUSTOMER')::bigint as left`,
      [shop.programId],
    );
    expect(record).toEqual({
      activities: expected.invoices,
      lines: 172_635,
      customers: 2_960,
      earned: expected.pointsEarned,
      left: expected.pointsLeft,
    });
    expect(report).toMatchObject({
      pointsEarned: expected.pointsEarned,
      pointsReversed: expected.pointsEarned - expected.pointsLeft,
    });
  });

  test('leave every invariant true and change nothing when they come again', async () => {
    expect(await checkInvariants(deps.reads, shop.programId)).toEqual([]);
    expect(await importFile(deps, shop, FILE, 'online-retail')).toMatchObject({ alreadyDone: true, activities: 8_802 });
  });
});
