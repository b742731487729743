import { expect, it } from 'vitest';

import { reverseActivity } from '#app/activity/reverse.ts';
import { scheduleSeason } from '#app/season/schedule.ts';
import { verifySeason } from '#app/season/verify.ts';
import { listCorrections } from '#storage/season-correction-store.ts';
import { readSealedAll } from '#storage/season-standing-store.ts';
import { listSeasonRuns } from '#storage/season-store.ts';

import { runSeasons } from '../../../src/jobs/run-seasons.ts';
import { aShop, someCustomers } from '../../support/activity.ts';
import { testDatabase } from '../../support/database.ts';
import { aLeaderboard, type TestBoard } from '../../support/leaderboard.ts';
import { expectNoOffences } from '../../support/ledger.ts';
import { aCommand, testDeps, type TestProgram } from '../../support/program.ts';
import { buy, moveTo, planSeasons, runOf } from '../../support/season.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

const WEEK = '2026-W47';
const ALL = { after: null, before: null, backwards: false };

/** A board by weeks in Berlin, on Wednesday of the week 47, with three customers. */
async function aWeeklyBoard(): Promise<{ program: TestProgram; board: TestBoard; customers: string[] }> {
  const program = await aShop(deps, { mode: 'TEST', timeZone: 'Europe/Berlin' });
  await moveTo(deps, program, '2026-11-18T12:00:00Z');
  const board = await aLeaderboard(deps, program, { period: 'WEEK' });
  return { program, board, customers: await someCustomers(deps, program, 3) };
}

async function reverse(program: TestProgram, activityId: string): Promise<void> {
  const input = {
    ...{ activityId, messageId: null, occurredAt: null, reason: null },
    request: { kind: 'WHOLE' as const },
  };
  await reverseActivity(deps, program.scope, aCommand('activityReverse', input), input);
}

const stateOf = async (program: TestProgram, board: TestBoard, key: string): Promise<string> =>
  (await runOf(deps, program, board, key)).state;

/** Sealed rows as "customer: rank score", in no order. */
async function sealedOf(program: TestProgram, board: TestBoard, customers: string[]): Promise<string[]> {
  const run = await runOf(deps, program, board, WEEK);
  const rows = await readSealedAll(deps.reads, program.programId, run.id);
  return rows.map((row) => `${customers.indexOf(row.customerId)}: ${row.rank} ${row.score}`).toSorted();
}

it('goes through its states by the clock of the program, with the next season on the calendar', async () => {
  const { program, board } = await aWeeklyBoard();
  await planSeasons(deps, program, board, { graceMinutes: 60 });
  await runSeasons(deps, program.programId);
  expect(await stateOf(program, board, WEEK)).toBe('OPEN');
  expect(await stateOf(program, board, '2026-W48')).toBe('SCHEDULED');
  await moveTo(deps, program, '2026-11-22T22:59:59.999Z');
  expect(await stateOf(program, board, WEEK)).toBe('OPEN');
  await moveTo(deps, program, '2026-11-22T23:00:00Z');
  expect(await stateOf(program, board, WEEK)).toBe('CLOSING');
  expect(await stateOf(program, board, '2026-W48')).toBe('OPEN');
  await moveTo(deps, program, '2026-11-22T23:59:59.999Z');
  expect(await stateOf(program, board, WEEK)).toBe('CLOSING');
  await moveTo(deps, program, '2026-11-23T00:00:00Z');
  const settled = await runOf(deps, program, board, WEEK);
  expect(settled).toMatchObject({ state: 'SETTLED', standingCount: 0, ruleRevision: 1 });
  expect(settled.standingHash).toMatch(/^[0-9a-f]{64}$/);
  await moveTo(deps, program, '2026-12-25T00:00:00Z');
  expect(await stateOf(program, board, WEEK)).toBe('ARCHIVED');
});

it('counts late activities by their own time until the grace is over, and afterwards corrects in the open', async () => {
  const { program, board, customers } = await aWeeklyBoard();
  const [a = '', b = '', c = ''] = customers;
  const [first = ''] = await buy(deps, program, [
    { customerId: a, amount: 50, at: '2026-11-18T10:00:00Z' },
    { customerId: b, amount: 50, at: '2026-11-18T09:00:00Z' },
  ]);
  await moveTo(deps, program, '2026-11-23T08:00:00Z');
  expect(await stateOf(program, board, WEEK)).toBe('CLOSING');
  await buy(deps, program, [
    { customerId: c, amount: 70, at: '2026-11-22T22:59:59.999Z' },
    { customerId: c, amount: 5, at: '2026-11-22T23:00:00Z' },
  ]);
  await moveTo(deps, program, '2026-11-23T11:00:00Z');
  const sealed = ['0: 2 50', '1: 2 50', '2: 1 70'];
  expect(await sealedOf(program, board, customers)).toEqual(sealed);
  const { id, standingHash } = await runOf(deps, program, board, WEEK);

  const [late = ''] = await buy(deps, program, [{ customerId: a, amount: 100, at: '2026-11-20T10:00:00Z' }]);
  await reverse(program, first);
  await reverse(program, late);
  expect(await sealedOf(program, board, customers)).toEqual(sealed);
  expect(await listCorrections(deps.reads, program.programId, id, ALL, 10)).toMatchObject([
    { customerId: a, kind: 'LATE_ACTIVITY', activityId: late, change: 100 },
    { customerId: a, kind: 'LATE_REVERSAL', activityId: first, change: -50 },
    { customerId: a, kind: 'LATE_REVERSAL', activityId: late, change: -100 },
  ]);
  expect(await verifySeason(deps, program.programId, id)).toMatchObject({
    ...{ isProven: true, recomputedHash: standingHash, rowsHash: standingHash, count: 3, recomputedCount: 3 },
    differences: [],
  });
  await expectNoOffences(deps);
});

it('finds out when a sealed row, or an activity behind it, is not what it was', async () => {
  const { program, board, customers } = await aWeeklyBoard();
  const [a = '', b = ''] = customers;
  const [bought = ''] = await buy(deps, program, [
    { customerId: a, amount: 50, at: '2026-11-18T10:00:00Z' },
    { customerId: b, amount: 40, at: '2026-11-18T09:00:00Z' },
  ]);
  await moveTo(deps, program, '2026-11-24T00:00:00Z');
  const { id } = await runOf(deps, program, board, WEEK);
  const verify = () => verifySeason(deps, program.programId, id);
  expect((await verify()).isProven).toBe(true);
  const client = await deps.postgres.connect();
  try {
    await client.query(`set session_replication_role = replica`);
    await client.query('update season_standing set score = 41 where season_id = $1 and customer_id = $2', [id, b]);
    expect(await verify()).toMatchObject({ isProven: false, differences: [{ customerId: b }] });
    await client.query('update season_standing set score = 40 where season_id = $1 and customer_id = $2', [id, b]);
    await client.query(`update ledger_transaction set amount = 39 where activity_id = $1`, [bought]);
    expect(await verify()).toMatchObject({ isProven: false, differences: expect.arrayContaining([]) });
    await client.query(`update ledger_transaction set amount = 50 where activity_id = $1`, [bought]);
  } finally {
    await client.query(`set session_replication_role = origin`);
    client.release();
  }
  expect((await verify()).isProven).toBe(true);
});

it('makes up for an outage step by step, and does each step once with two workers at it', async () => {
  const { program, board, customers } = await aWeeklyBoard();
  await buy(deps, program, [{ customerId: customers[0] ?? '', amount: 9, at: '2026-11-18T10:00:00Z' }]);
  // Nobody looked for five weeks; the activity has made its season all the same.
  const input = '2026-12-22T12:00:00Z';
  await deps.reads.query('update program set test_clock = $2 where id = $1', [program.programId, input]);
  await deps.reads.query('update program set catalogue_version = catalogue_version + 1 where id = $1', [
    program.programId,
  ]);
  await Promise.all([runSeasons(deps, program.programId), runSeasons(deps, program.programId)]);
  await runSeasons(deps, program.programId);
  const runs = await listSeasonRuns(deps.reads, program.programId, board.id, { ...ALL, limit: 10 });
  expect(runs.map(({ key, state }) => `${key} ${state}`)).toEqual([
    '2026-W53 SCHEDULED',
    '2026-W52 OPEN',
    `${WEEK} SETTLED`,
  ]);
  expect(await sealedOf(program, board, customers)).toEqual(['0: 1 9']);
  const events = await deps.reads.query<{ type: string; key: string }>(
    `select e ->> 'type' as type, e ->> 'key' as key from outbox o, json_array_elements(o.events) e
     where o.program_id = $1 and e ->> 'type' like 'season.%' and e ->> 'key' = $2`,
    [program.programId, WEEK],
  );
  expect(events.map(({ type }) => type)).toEqual(['season.opened', 'season.closed', 'season.sealed', 'season.settled']);
});

it('runs seasons by dates, with nothing between them, and takes later ones only', async () => {
  const program = await aShop(deps, { mode: 'TEST' });
  await moveTo(deps, program, '2026-11-18T12:00:00Z');
  const [customerId = ''] = await someCustomers(deps, program, 1);
  await buy(deps, program, [
    { customerId, amount: 3, at: '2026-11-17T10:00:00Z' },
    { customerId, amount: 4, at: '2026-11-12T10:00:00Z' },
  ]);
  const dated = (key: string, from: string, to: string) => ({
    ...{ key, name: key, startsAt: new Date(from), endsAt: new Date(to) },
  });
  const board = await aLeaderboard(deps, program, {
    period: 'DATES',
    dates: [dated('autumn', '2026-11-15T00:00:00Z', '2026-11-20T00:00:00Z')],
  });
  const season = dated('winter', '2026-12-01T00:00:00Z', '2026-12-31T00:00:00Z');
  const schedule = (wanted: typeof season) => {
    const input = { leaderboardId: board.id, season: wanted };
    return scheduleSeason(deps, program.scope, aCommand('seasonSchedule', input), input);
  };
  await schedule(season);
  await expect(schedule(dated('now', '2026-11-18T12:05:00Z', '2026-11-19T00:00:00Z'))).rejects.toThrow('begins after');
  await expect(schedule(dated('xmas', '2026-12-24T00:00:00Z', '2027-01-02T00:00:00Z'))).rejects.toThrow('overlap');
  await moveTo(deps, program, '2026-12-02T00:00:00Z');
  await buy(deps, program, [
    { customerId, amount: 5, at: '2026-11-25T10:00:00Z' },
    { customerId, amount: 6, at: '2026-12-01T00:00:00Z' },
  ]);
  const runs = await listSeasonRuns(deps.reads, program.programId, board.id, { ...ALL, limit: 10 });
  expect(runs.map(({ key, state }) => `${key} ${state}`)).toEqual(['winter OPEN', 'autumn SETTLED']);
  const [autumn] = await readSealedAll(deps.reads, program.programId, runs[1]?.id ?? '');
  expect(autumn?.score).toBe(3);
  expect((await verifySeason(deps, program.programId, runs[1]?.id ?? '')).isProven).toBe(true);
});

it('fills a board by schedule from the past, and seals its seasons one grace after it was made', async () => {
  const program = await aShop(deps, { mode: 'TEST', timeZone: 'Europe/Berlin' });
  await moveTo(deps, program, '2026-11-18T12:00:00Z');
  const [customerId = ''] = await someCustomers(deps, program, 1);
  // On either side of Monday at nine.
  await buy(deps, program, [
    { customerId, amount: 3, at: '2026-11-09T07:59:59.999Z' },
    { customerId, amount: 4, at: '2026-11-09T08:00:00Z' },
  ]);
  const board = await aLeaderboard(deps, program, { period: 'CRON', cron: '0 9 * * 1' });
  await runSeasons(deps, program.programId);
  const scores = await deps.reads.query(
    `select s.key, e.score, s.state from season s join leaderboard_entry e on e.program_id = s.program_id and e.season_id = s.id
     where s.leaderboard_id = $1 order by s.key`,
    [board.id],
  );
  expect(scores).toEqual([
    { key: '2026-11-02T09:00', score: 3, state: 'CLOSING' },
    { key: '2026-11-09T09:00', score: 4, state: 'CLOSING' },
  ]);
  await moveTo(deps, program, '2026-11-19T00:00:00Z');
  expect(await stateOf(program, board, '2026-11-02T09:00')).toBe('SETTLED');
});
