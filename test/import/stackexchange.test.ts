import { isDeepStrictEqual } from 'node:util';

import { expect, test } from 'vitest';

import { saveActivityType } from '#app/activity-type/save.ts';
import { TIE_RULES, type BoardWindow, type Standing, type TieRule } from '#domain/leaderboard/standing.ts';
import { createBoardStore } from '#redis/leaderboard-store.ts';
import { boardOf, rebuildSeason } from '#src/projections/rebuild.ts';
import { listSeasons } from '#storage/leaderboard-store.ts';
import { readStandings } from '#storage/sql/read-standings.ts';

import { testDatabase } from '../support/database.ts';
import { aCommand, aProgram, testDeps } from '../support/program.ts';
import { testRedis } from '../support/redis.ts';
import { addBoards, importFile } from './shop.ts';

const { url } = await testDatabase();
const { url: redisUrl } = await testRedis();
const deps = testDeps(url, { redisUrl });

/** One board over reputation a tie rule. */
const BOARDS = TIE_RULES.map((tieRule) => ({
  code: `reputation_${tieRule.toLowerCase()}`,
  name: 'Reputation',
  metric: 'PROPERTY_BEST' as const,
  currency: null,
  activityType: 'reputation_reported',
  property: 'reputation',
  scoreDecimals: 0,
  direction: 'DESCENDING' as const,
  period: 'ALL_TIME' as const,
  isPublic: true,
  tieRule,
}));

test('a board over reputation equals the site’s own list, ties included', async () => {
  const site = await aProgram(deps);
  const type = {
    code: 'reputation_reported',
    name: 'Reputation reported',
    customerMayTrack: false,
    properties: [{ name: 'reputation', type: 'INTEGER' as const, required: true, oneOf: null }],
  };
  await saveActivityType(deps, site.scope, aCommand('activityTypeSave', type), type);
  await addBoards(deps, site, BOARDS);
  const report = await importFile(deps, site, 'data/stackexchange/martialarts_users.csv.gz', 'stackexchange');
  expect(report).toMatchObject({ rowsRead: 9_714, activities: 9_714 });

  const board = await deps.reads.query<{ user: string; score: number; rank: number }>(
    `select c.external_id as user, e.score, rank() over (order by e.score desc) as rank from leaderboard_entry e
     join customer c on c.program_id = e.program_id and c.id = e.customer_id
     join season s on s.program_id = e.program_id and s.id = e.season_id
     join leaderboard l on l.program_id = s.program_id and l.id = s.leaderboard_id and l.tie_rule = 'COMPETITION'
     where e.program_id = $1 order by e.score desc, e.reached_at, c.id`,
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
  await compareEveryPlace(site.programId);
}, 180_000);

type Row = { customerId: string; score: number; reachedAt: Date };
const RADIUS = 5;
const WINDOWS_AT_ONCE = 200;

/** The whole list by one tie rule: sorted and numbered here, from nothing but the scores on record. */
function listOf(rows: readonly Row[], tieRule: TieRule): Standing[] {
  const sorted = rows.toSorted(
    (a, b) =>
      b.score - a.score || a.reachedAt.getTime() - b.reachedAt.getTime() || (a.customerId < b.customerId ? -1 : 1),
  );
  const firstOf = new Map<number, number>();
  for (const [index, { score }] of sorted.entries()) if (!firstOf.has(score)) firstOf.set(score, index);
  const levels = new Map([...firstOf.keys()].map((score, index) => [score, index + 1]));
  const rankOf = (score: number, index: number): number =>
    ({ COMPETITION: 1 + firstOf.get(score)!, DENSE: levels.get(score)!, FIRST_TO_REACH: index + 1 })[tieRule];
  return sorted.map(({ customerId, score, reachedAt }, index) => ({
    customerId,
    position: index + 1,
    rank: rankOf(score, index),
    score,
    subScore: 0,
    reachedAt,
  }));
}

/** Everybody's rank, and the window around everybody, in Redis; of both ends of both large ties in PostgreSQL too. */
async function compareEveryPlace(programId: string): Promise<void> {
  const store = createBoardStore(deps.redis);
  for (const season of await listSeasons(deps.reads, { programId })) {
    await rebuildSeason({ ...deps, store }, season);
    const rows = await deps.reads.query<Row>(
      `select customer_id as "customerId", score, reached_at as "reachedAt" from leaderboard_entry
       where program_id = $1 and season_id = $2`,
      [programId, season.id],
    );
    const list = listOf(rows, season.tieRule);
    const around = (index: number): Standing[] => {
      const start = Math.max(0, Math.min(index - RADIUS, list.length - (2 * RADIUS + 1)));
      return list.slice(start, start + 2 * RADIUS + 1);
    };
    const windowsOf = ({ customerId }: Standing): BoardWindow[] => [
      { kind: 'PLACE', customerId },
      { kind: 'AROUND', customerId, radius: RADIUS },
    ];
    for (let from = 0; from < list.length; from += WINDOWS_AT_ONCE) {
      const part = list.slice(from, from + WINDOWS_AT_ONCE);
      const reading = await store.read(boardOf(season), part.flatMap(windowsOf));
      const expected = part.flatMap((row, index) => [[row], around(from + index)]);
      if (reading.status !== 'LIVE') throw new Error(`the board is ${reading.status}`);
      // Compared by the runtime: there are 350,000 rows, of which only the first that differ are shown.
      const wrong = expected.findIndex((window, index) => !isDeepStrictEqual(window, reading.windows[index]));
      expect(reading.windows[wrong]).toEqual(expected[wrong]);
    }
    const ends = [101, 1].flatMap((score) => {
      const first = list.findIndex((row) => row.score === score);
      const last = list.findLastIndex((row) => row.score === score);
      return [first - 1, first, first + 1, Math.floor((first + last) / 2), last - 1, last];
    });
    const record = await readStandings(
      deps.reads,
      season,
      ends.flatMap((index) => windowsOf(list[index]!)),
    );
    expect(record.windows).toEqual(ends.flatMap((index) => [[list[index]!], around(index)]));
  }
}
