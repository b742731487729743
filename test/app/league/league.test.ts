import { expect, it } from 'vitest';

import { verifySeason } from '#app/season/verify.ts';
import type { LeaguePlan } from '#domain/league/plan.ts';
import { readLeaguesOf, readResults } from '#storage/league-store.ts';

import { aShop, someCustomers } from '../../support/activity.ts';
import { testDatabase } from '../../support/database.ts';
import { aLeaderboard, type TestBoard } from '../../support/leaderboard.ts';
import { expectNoOffences } from '../../support/ledger.ts';
import { testDeps, type TestProgram } from '../../support/program.ts';
import { buy, moveTo, runOf } from '../../support/season.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

const LEAGUE: LeaguePlan = {
  levels: ['bronze', 'silver', 'gold'],
  cohortSize: 3,
  promote: { kind: 'COUNT', value: 1 },
  relegate: { kind: 'COUNT', value: 1 },
  idleDropMax: 1,
};

async function aLeague(): Promise<{ program: TestProgram; board: TestBoard; customers: string[] }> {
  const program = await aShop(deps, { mode: 'TEST' });
  await moveTo(deps, program, '2026-11-16T12:00:00Z');
  const board = await aLeaderboard(deps, program, { period: 'WEEK', scope: 'LEAGUE', league: LEAGUE });
  return { program, board, customers: await someCustomers(deps, program, 5) };
}

/** Where customers stand in a season, by their places in the list: "0 bronze:1 30". */
async function partsOf(board: TestBoard, key: string, customers: readonly string[]): Promise<string[]> {
  const rows = await deps.reads.query<{ customer_id: string; part: string; score: number }>(
    `select e.customer_id, e.part, e.score from leaderboard_entry e
     join season s on s.program_id = e.program_id and s.id = e.season_id where s.leaderboard_id = $1 and s.key = $2`,
    [board.id, key],
  );
  return rows.map((row) => `${customers.indexOf(row.customer_id)} ${row.part} ${row.score}`).toSorted();
}

const levelOf = async (program: TestProgram, customerId: string): Promise<string> =>
  LEAGUE.levels[(await readLeaguesOf(deps.reads, program.programId, customerId))[0]?.level ?? -1] ?? 'none';

it('seats customers as they come, moves them after the season, and drops those who do not come back', async () => {
  const { program, board, customers } = await aLeague();
  for (const [index, customerId] of customers.entries()) {
    await buy(deps, program, [{ customerId, amount: 10 * (index + 1), at: '2026-11-16T12:00:00Z' }]);
  }
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = customers;
  expect(await partsOf(board, '2026-W47', customers)).toEqual([
    ...['0 bronze:1 10', '1 bronze:1 20', '2 bronze:1 30', '3 bronze:2 40', '4 bronze:2 50'],
  ]);
  await moveTo(deps, program, '2026-11-24T00:00:00Z');
  const week = await runOf(deps, program, board, '2026-W47');
  expect(week.state).toBe('SETTLED');
  expect((await verifySeason(deps, program.programId, week.id)).isProven).toBe(true);
  expect(await levelOf(program, third)).toBe('silver');
  expect(await levelOf(program, fifth)).toBe('silver');
  expect(await levelOf(program, first)).toBe('bronze');

  // The next week: the two who rose meet, one of the others plays, and two do not.
  await buy(deps, program, [
    { customerId: third, amount: 5, at: '2026-11-24T00:00:00Z' },
    { customerId: fifth, amount: 6, at: '2026-11-24T00:00:00Z' },
    { customerId: second, amount: 7, at: '2026-11-24T00:00:00Z' },
  ]);
  expect(await partsOf(board, '2026-W48', customers)).toEqual(['1 bronze:1 7', '2 silver:1 5', '4 silver:1 6']);
  await moveTo(deps, program, '2026-12-01T00:00:00Z');
  expect(await levelOf(program, fifth)).toBe('gold');
  expect(await levelOf(program, third)).toBe('bronze');
  expect(await levelOf(program, second)).toBe('silver');
  expect(await levelOf(program, fourth)).toBe('bronze');

  // Then nobody plays for two weeks: who is above the lowest level falls by one, once.
  await buy(deps, program, [{ customerId: first, amount: 1, at: '2026-12-01T00:00:00Z' }]);
  await moveTo(deps, program, '2026-12-08T00:00:00Z');
  await moveTo(deps, program, '2026-12-15T00:00:00Z');
  expect(await levelOf(program, fifth)).toBe('silver');
  const history = await readResults(deps.reads, program.programId, { leaderboardId: board.id, customerId: fifth }, 10);
  expect(history.map(({ key, from, to, outcome }) => `${key} ${from}-${to} ${outcome}`)).toEqual([
    '2026-W49 2-1 DROPPED_IDLE',
    '2026-W48 1-2 PROMOTED',
    '2026-W47 0-1 PROMOTED',
  ]);
  await expectNoOffences(deps);
});

it('takes who plays the new season already into a cohort of the new level, with the score', async () => {
  const { program, board, customers } = await aLeague();
  const [a = '', b = ''] = customers;
  await buy(deps, program, [
    { customerId: a, amount: 10, at: '2026-11-16T12:00:00Z' },
    { customerId: b, amount: 20, at: '2026-11-16T12:00:00Z' },
  ]);
  // Within the grace: the week before is not sealed.
  await moveTo(deps, program, '2026-11-23T06:00:00Z');
  await buy(deps, program, [
    { customerId: a, amount: 3, at: '2026-11-23T05:00:00Z' },
    { customerId: b, amount: 4, at: '2026-11-23T05:00:00Z' },
  ]);
  expect(await partsOf(board, '2026-W48', customers)).toEqual(['0 bronze:1 3', '1 bronze:1 4']);
  await moveTo(deps, program, '2026-11-23T12:00:00Z');
  expect(await partsOf(board, '2026-W48', customers)).toEqual(['0 bronze:1 3', '1 silver:1 4']);
});
