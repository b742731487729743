import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { checkInvariants } from '#src/jobs/check-invariants.ts';

import { testDatabase } from '../support/database.ts';
import { testDeps } from '../support/program.ts';
import { aShop, CDNOW, importFile, pictureOf, rowsByCategory } from './shop.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

describe('the CDNOW tenth at one point a whole dollar', async () => {
  const shop = await aShop(deps);
  const trial = await importFile(deps, shop, CDNOW, 'cdnow', { dryRun: true });
  const untouched = await pictureOf(deps, shop);
  const report = await importFile(deps, shop, CDNOW, 'cdnow');

  /** The best of a board's season, as `external id: score`. */
  const top = async (board: string, season: string): Promise<{ customer: string; score: number }[]> =>
    deps.reads.query(
      `select c.external_id as customer, e.score from leaderboard_entry e
       join season s on s.program_id = e.program_id and s.id = e.season_id
       join leaderboard b on b.program_id = s.program_id and b.id = s.leaderboard_id
       join customer c on c.program_id = e.program_id and c.id = e.customer_id
       where e.program_id = $1 and b.code = $2 and s.key = $3 order by e.score desc, e.reached_at, c.id`,
      [shop.programId, board, season],
    );

  test('gives 6,919 activities of 2,357 customers with 239,444 points', async () => {
    expect(report).toMatchObject({
      finished: true,
      alreadyDone: false,
      rowsRead: 6_919,
      activities: 6_919,
      pointsEarned: 239_444,
    });
    expect(rowsByCategory(report)).toEqual({ imported: 6_919 });
    const [totals] = await deps.reads.query(
      `select (select count(*) from activity where program_id = $1) as activities,
         (select count(*) from customer where program_id = $1 and enrolment_state = 'ENROLLED') as customers,
         (select sum(available) from ledger_account where program_id = $1 and kind = 'CUSTOMER')::bigint as points,
         (select count(*) from activity where program_id = $1 and (properties ->> 'amount')::numeric = 0 and effects = '[]') as free`,
      [shop.programId],
    );
    expect(totals).toEqual({ activities: 6_919, customers: 2_357, points: 239_444, free: 8 });
  });

  test('puts 6,517 / 1,930 / 1,712 / 1,615 / 1,538 on top of the board of all time', async () => {
    const board = await top('points_all_time', 'all');
    expect(board.slice(0, 5).map(({ score }) => score)).toEqual([6_517, 1_930, 1_712, 1_615, 1_538]);
    expect(board.slice(0, 3).map(({ customer }) => customer)).toEqual(['1901', '0509', '1981']);
    expect(board.reduce((sum, { score }) => sum + score, 0)).toBe(239_444);
  });

  test('gives March 1998 211 customers with 9,657 points', async () => {
    const board = await top('points_month', '1998-03');
    expect(board).toHaveLength(211);
    expect(board.reduce((sum, { score }) => sum + score, 0)).toBe(9_657);
  });

  test('keeps two identical rows as two purchases', async () => {
    const twins = await deps.reads.query(
      `select 1 from activity where program_id = $1 group by customer_id, occurred_at, properties having count(*) > 1`,
      [shop.programId],
    );
    expect(twins.length).toBeGreaterThan(0);
  });

  test('is told the same by a dry run, which writes nothing', () => {
    expect(rowsByCategory(trial)).toEqual(rowsByCategory(report));
    expect(trial).toMatchObject({ dryRun: true, activities: 6_919, refusedFile: null });
    expect(Object.values(untouched).every((table) => table === '0 rows null')).toBe(true);
  });

  test('changes nothing when it is imported again, nor when the place of the first import is forgotten', async () => {
    const before = await pictureOf(deps, shop);
    expect(await importFile(deps, shop, CDNOW, 'cdnow')).toMatchObject({
      alreadyDone: true,
      rowsRead: 6_919,
      activities: 6_919,
    });
    await deps.reads.query('delete from import_run where program_id = $1', [shop.programId]);
    expect(await importFile(deps, shop, CDNOW, 'cdnow')).toMatchObject({
      alreadyDone: false,
      activities: 6_919,
      pointsEarned: 239_444,
    });
    expect(await pictureOf(deps, shop)).toEqual(before);
  });

  test('gives each customer the recap of 1997 that the file itself comes to, and the place among all others', async () => {
    const year = readFileSync(CDNOW, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , day]) => day?.startsWith('1997'));
    const byCustomer = Map.groupBy(year, ([, customer = '']) => customer);
    const pointsOf = (rows: string[][]): number => rows.reduce((sum, row) => sum + Math.floor(Number(row.at(-1))), 0);
    const points = [...byCustomer.values()].map(pointsOf);
    const customers = await deps.reads.query<{ id: string; name: string }>(
      `select id, external_id as name from customer where program_id = $1 order by external_id limit 25`,
      [shop.programId],
    );
    for (const { id, name } of customers) {
      const rows = byCustomer.get(name) ?? [];
      const own = pointsOf(rows);
      const recap = await deps.recaps.of(shop.programId, id, { from: '1997-01-01', to: '1998-01-01' });
      expect(recap, name).toMatchObject({
        points: own,
        activities: rows.length,
        activeDays: new Set(rows.map(([, , day]) => day)).size,
        percentile: {
          active: byCustomer.size,
          less: points.filter((one) => one < own).length,
          tied: points.filter((one) => one === own).length,
        },
      });
    }
  });

  test('leaves every invariant true', async () => {
    expect(await checkInvariants(deps.reads, shop.programId)).toEqual([]);
  });
});
