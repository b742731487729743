import { expect, test } from 'vitest';

import { saveActivityType } from '#app/activity-type/save.ts';

import { testDatabase } from '../support/database.ts';
import { aCommand, aProgram, testDeps } from '../support/program.ts';
import { addBoards, importFile } from './shop.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

test('a board over reputation equals the site’s own list, ties included', async () => {
  const site = await aProgram(deps);
  const type = {
    code: 'reputation_reported',
    name: 'Reputation reported',
    customerMayTrack: false,
    properties: [{ name: 'reputation', type: 'INTEGER' as const, required: true, oneOf: null }],
  };
  await saveActivityType(deps, site.scope, aCommand('activityTypeSave', type), type);
  await addBoards(deps, site, [
    {
      code: 'reputation',
      name: 'Reputation',
      metric: 'PROPERTY_BEST',
      currency: null,
      activityType: type.code,
      property: 'reputation',
      scoreDecimals: 0,
      direction: 'DESCENDING',
      period: 'ALL_TIME',
      isPublic: true,
    },
  ]);
  const report = await importFile(deps, site, 'data/stackexchange/martialarts_users.csv.gz', 'stackexchange');
  expect(report).toMatchObject({ rowsRead: 9_714, activities: 9_714 });

  const board = await deps.reads.query<{ user: string; score: number; rank: number }>(
    `select c.external_id as user, e.score, rank() over (order by e.score desc) as rank from leaderboard_entry e
     join customer c on c.program_id = e.program_id and c.id = e.customer_id where e.program_id = $1 order by e.score desc, e.reached_at, c.id`,
    [site.programId],
  );
  expect(board.slice(0, 10).map(({ user, score }) => [user, score])).toEqual([
    ['347', 20_851],
    ['1555', 18_906],
    ['82', 14_714],
    ['5961', 14_151],
    ['1780', 11_876],
    ['25', 9_761],
    ['1598', 8_353],
    ['8910', 8_132],
    ['70', 7_815],
    ['6440', 7_540],
  ]);
  expect(board).toHaveLength(9_714);
  expect(board.filter(({ score }) => score === 101).map(({ rank }) => rank)).toEqual(
    Array.from({ length: 3_144 }, () => 996),
  );
  expect(board.filter(({ score }) => score === 1).map(({ rank }) => rank)).toEqual(
    Array.from({ length: 4_732 }, () => 4_983),
  );
});
