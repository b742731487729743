import { setTimeout as pause } from 'node:timers/promises';

import { beforeAll, expect, test } from 'vitest';

import { checkInvariants } from '#src/jobs/check-invariants.ts';

import { DEMO_LEADERBOARDS } from '../../prisma/demo-program.ts';
import { startLaurel } from '../cli/run-laurel.ts';
import { testDatabase } from '../support/database.ts';
import { testDeps, type TestProgram } from '../support/program.ts';
import { aShop, CDNOW, importFile, pictureOf } from './shop.ts';

/** The demo's boards of points: enough to see a score counted twice. */
const BOARDS = DEMO_LEADERBOARDS.slice(0, 2);

const { url } = await testDatabase();
const deps = testDeps(url);
const command = (shop: TestProgram): string[] => [
  'import',
  CDNOW,
  '--mapping',
  'cdnow',
  '--program',
  shop.publicId,
  '--json',
];

let undisturbed: Record<string, string>;

beforeAll(async () => {
  const shop = await aShop(deps, 'America/New_York', BOARDS);
  await importFile(deps, shop, CDNOW, 'cdnow');
  undisturbed = await pictureOf(deps, shop);
}, 180_000);

/** How many purchases are on record. */
async function count(shop: TestProgram): Promise<number> {
  const [row] = await deps.reads.query<{ count: number }>('select count(*) from activity where program_id = $1', [
    shop.programId,
  ]);
  return row?.count ?? 0;
}

test(
  'an import that is killed again and again, and resumed, ends as one that was left alone',
  { timeout: 180_000 },
  async () => {
    const shop = await aShop(deps, 'America/New_York', BOARDS);
    let kills = 0;
    const places = new Set<number>();
    while (places.size < 3) {
      const running = startLaurel(command(shop), url);
      const before = await count(shop);
      // Not before it has begun to write, and then at any moment of a chunk.
      for (const until = Date.now() + 30_000; Date.now() < until && (await count(shop)) === before;) await pause(40);
      await pause(Math.random() * 150);
      running.kill();
      const { exitCode } = await running.done;
      if (exitCode === 0) break;
      kills += 1;
      places.add(await count(shop));
    }
    expect(kills).toBeGreaterThan(1);
    const last = await startLaurel(command(shop), url).done;
    expect(last).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(last.stdout)).toMatchObject({
      finished: true,
      rowsRead: 6_919,
      activities: 6_919,
      pointsEarned: 239_444,
    });
    expect(await pictureOf(deps, shop)).toEqual(undisturbed);
    expect(await checkInvariants(deps.reads, shop.programId)).toEqual([]);
  },
);

test('four imports of one file at once end as one', { timeout: 240_000 }, async () => {
  const shop = await aShop(deps, 'America/New_York', BOARDS);
  const runs = await Promise.all(Array.from({ length: 4 }, () => startLaurel(command(shop), url).done));
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  const reports = runs.map(({ stdout }) => JSON.parse(stdout) as { alreadyDone: boolean; activities: number });
  expect(reports.filter(({ alreadyDone }) => alreadyDone)).toHaveLength(3);
  expect(reports.map(({ activities }) => activities)).toEqual([6_919, 6_919, 6_919, 6_919]);
  expect(await pictureOf(deps, shop)).toEqual(undisturbed);
  expect(await checkInvariants(deps.reads, shop.programId)).toEqual([]);
});
