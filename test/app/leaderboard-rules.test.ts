import { beforeEach, describe, expect, it } from 'vitest';

import { reverseActivity } from '#app/activity/reverse.ts';
import { trackActivities } from '#app/activity/track.ts';
import { setAppearance } from '#app/appearance/set.ts';
import { createTeam } from '#app/team/create.ts';
import { joinTeam } from '#app/team/join.ts';
import { leaveTeam } from '#app/team/leave.ts';
import type { Effect } from '#domain/activity/effect.ts';
import type { LeaderboardDefinition } from '#domain/leaderboard/definition.ts';
import { listSeasons, type Season } from '#storage/leaderboard-store.ts';
import { readStandings } from '#storage/sql/read-standings.ts';

import { aPurchase, aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, type TestBoard } from '../support/leaderboard.ts';
import { aCommand, testDeps, type TestProgram } from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const LAST: Partial<LeaderboardDefinition> = { metric: 'PROPERTY_LAST', activityType: 'purchase', property: 'amount' };
const SUM: Partial<LeaderboardDefinition> = { metric: 'PROPERTY_SUM', activityType: 'purchase', property: 'amount' };

let program: TestProgram;
let people: string[];

beforeEach(async () => {
  program = await aShop(deps);
  people = await someCustomers(deps, program, 4);
});

const at = (minute: number): Date => new Date(Date.UTC(2026, 2, 1, 12, minute));

/** Tracks one purchase and gives its id and effects. */
async function buy(customer: number, amount: string, minute = 0): Promise<{ id: string; effects: Effect[] }> {
  const reports = [aPurchase(people[customer]!, { occurredAt: at(minute), properties: { amount } })];
  const { items } = await trackActivities(
    deps.tracking,
    program.scope,
    aCommand('activityTrackBatch', reports),
    reports,
  );
  const [item] = items;
  if (item?.status !== 'TRACKED') throw new Error('a purchase was not tracked');
  const [row] = await deps.reads.query<{ effects: Effect[] }>('select effects from activity where id = $1', [
    item.activityId,
  ]);
  return { id: item.activityId, effects: row!.effects };
}

async function undo(activityId: string): Promise<void> {
  const input = { activityId, messageId: null, request: { kind: 'WHOLE' as const }, reason: null, occurredAt: null };
  await reverseActivity(deps, program.scope, aCommand('activityReverse', input), input);
}

async function seasonOf(board: TestBoard): Promise<Season> {
  const [season] = await listSeasons(deps.reads, { leaderboardId: board.id });
  return season!;
}

/** The board as it stands on record: who, by number, with rank and score. */
async function standings(board: TestBoard, part = ''): Promise<[number, number, number][]> {
  const { windows } = await readStandings(deps.reads, await seasonOf(board), [
    { kind: 'PAGE', offset: 0, count: 100, part },
  ]);
  return windows[0]!.map((row) => [people.indexOf(row.customerId), row.rank, row.score]);
}

describe('a board of the last value', () => {
  it('keeps the newest by when it happened, whatever comes late, and falls back when it is undone', async () => {
    const board = await aLeaderboard(deps, program, LAST);
    await buy(0, '5', 10);
    const newest = await buy(0, '3', 20);
    await buy(0, '9', 15);
    expect(await standings(board)).toEqual([[0, 1, 3]]);
    await undo(newest.id);
    expect(await standings(board)).toEqual([[0, 1, 9]]);
  });

  it('takes the better of two of one instant, in whatever order they come', async () => {
    const board = await aLeaderboard(deps, program, LAST);
    await buy(0, '5', 10);
    await buy(0, '4', 10);
    await buy(1, '4', 10);
    await buy(1, '5', 10);
    expect((await standings(board)).map(([, rank, score]) => [rank, score])).toEqual([
      [1, 5],
      [1, 5],
    ]);
  });
});

describe('bounds', () => {
  it('keep out an activity that is worth more or less, tell so, and let its reversal be', async () => {
    const board = await aLeaderboard(deps, program, { ...SUM, scoreMin: '2', scoreMax: '10' });
    const tooMuch = await buy(0, '11');
    const tooLittle = await buy(0, '1');
    expect((await buy(0, '10')).effects.filter(({ kind }) => kind === 'SCORE_REFUSED')).toEqual([]);
    expect(tooMuch.effects).toContainEqual(
      expect.objectContaining({ kind: 'SCORE_REFUSED', leaderboardCode: board.code, reason: 'ABOVE_MAX', score: '11' }),
    );
    expect(tooLittle.effects).toContainEqual(expect.objectContaining({ kind: 'SCORE_REFUSED', reason: 'BELOW_MIN' }));
    await undo(tooMuch.id);
    expect(await standings(board)).toEqual([[0, 1, 10]]);
  });
});

describe('attempts', () => {
  it('count the first ones recorded, tell which it was, and stay used when undone', async () => {
    const board = await aLeaderboard(deps, program, { ...SUM, attemptsMax: 2 });
    const first = await buy(0, '5');
    expect(first.effects).toContainEqual(
      expect.objectContaining({ kind: 'BOARD_COUNTED', leaderboardCode: board.code, attempt: 1, attemptsMax: 2 }),
    );
    await buy(0, '3');
    const third = await buy(0, '100');
    expect(third.effects).toContainEqual(
      expect.objectContaining({ kind: 'SCORE_REFUSED', reason: 'NO_ATTEMPTS_LEFT' }),
    );
    await undo(first.id);
    await undo(third.id);
    await buy(0, '50');
    await buy(1, '1');
    expect(await standings(board)).toEqual([
      [0, 1, 3],
      [1, 2, 1],
    ]);
  });

  it('hold within one batch and over concurrent ones', async () => {
    const board = await aLeaderboard(deps, program, { ...SUM, attemptsMax: 3 });
    const reports = Array.from({ length: 5 }, () => aPurchase(people[0]!, { properties: { amount: '1' } }));
    await Promise.all(
      [1, 2, 3].map(() =>
        trackActivities(
          deps.tracking,
          program.scope,
          aCommand('activityTrackBatch', reports),
          reports.map((report) => ({ ...report, messageId: null })),
        ),
      ),
    );
    expect(await standings(board)).toEqual([[0, 1, 3]]);
  });

  it('find the best again among those that counted alone', async () => {
    const board = await aLeaderboard(deps, program, { ...SUM, metric: 'PROPERTY_BEST', attemptsMax: 2 });
    const best = await buy(0, '8');
    await buy(0, '5');
    await buy(0, '7');
    await undo(best.id);
    expect(await standings(board)).toEqual([[0, 1, 5]]);
  });
});

describe('a board of teams', () => {
  const run = <Input, Result>(
    use: (d: typeof deps, s: typeof program.scope, c: ReturnType<typeof aCommand>, input: Input) => Promise<Result>,
    input: Input,
  ): Promise<Result> => use(deps, program.scope, aCommand('team', input), input);
  const customer = (index: number) => ({ id: people[index]!, externalId: null });

  it('adds up what members did for their team, which stays with it when they leave', async () => {
    const board = await aLeaderboard(deps, program, { ...SUM, scope: 'TEAM' });
    const joined = { joining: 'OPEN' as const, sizeMax: 5 };
    const { teamId: bees } = await run(createTeam, { ...joined, name: 'Bees', captain: customer(0) });
    const { teamId: wasps } = await run(createTeam, { ...joined, name: 'Wasps', captain: customer(1) });
    await run(joinTeam, { teamId: bees, customer: customer(2), by: null });
    const now = async (index: number, amount: string): Promise<string> => {
      const reports = [aPurchase(people[index]!, { occurredAt: new Date(), properties: { amount } })];
      const { items } = await trackActivities(
        deps.tracking,
        program.scope,
        aCommand('activityTrackBatch', reports),
        reports,
      );
      return items[0]?.status === 'TRACKED' ? items[0].activityId : '';
    };
    await now(0, '5');
    const mine = await now(2, '4');
    await now(1, '8');
    await now(3, '100');
    await run(leaveTeam, { customer: customer(2), by: null });
    await run(joinTeam, { teamId: wasps, customer: customer(2), by: null });
    await now(2, '2');
    const ranked = async (): Promise<[string, number][]> => {
      const season = await seasonOf(board);
      const { windows } = await readStandings(deps.reads, season, [{ kind: 'PAGE', offset: 0, count: 10 }]);
      return windows[0]!.map((row) => [row.customerId, row.score]);
    };
    expect(await ranked()).toEqual([
      [wasps, 10],
      [bees, 9],
    ]);
    // What is undone is taken from the team that it was made for.
    await undo(mine);
    expect(await ranked()).toEqual([
      [wasps, 10],
      [bees, 5],
    ]);
  });
});

describe('privacy', () => {
  it('takes who hides off the list at once, lets the others close up, and tells the rank it would have', async () => {
    const board = await aLeaderboard(deps, program, SUM);
    for (const [index, amount] of ['9', '7', '5', '3'].entries()) await buy(index, amount);
    const choose = (appearance: 'HIDDEN' | 'NAME') => {
      const input = { customer: { id: people[1]!, externalId: null }, appearance, alias: null };
      return setAppearance(deps, program.scope, aCommand('boardAppearanceSet', input), input);
    };
    await choose('HIDDEN');
    expect(await standings(board)).toEqual([
      [0, 1, 9],
      [2, 2, 5],
      [3, 3, 3],
    ]);
    await buy(1, '10');
    const season = await seasonOf(board);
    const { windows } = await readStandings(deps.reads, season, [{ kind: 'PLACE', customerId: people[1]! }]);
    expect(windows[0]).toMatchObject([{ rank: 1, score: 17, isUnlisted: true }]);
    await choose('NAME');
    expect((await standings(board))[0]).toEqual([1, 1, 17]);
  });

  it('also keeps whoever hid before off boards that are made, or scored on, later', async () => {
    await buy(0, '9');
    await buy(1, '7');
    const input = { customer: { id: people[0]!, externalId: null }, appearance: 'HIDDEN' as const, alias: null };
    await setAppearance(deps, program.scope, aCommand('boardAppearanceSet', input), input);
    const filled = await aLeaderboard(deps, program, SUM);
    const fresh = await aLeaderboard(deps, program, { ...SUM, attemptsMax: 5 });
    await buy(0, '1');
    await buy(1, '1');
    expect(await standings(filled)).toEqual([[1, 1, 8]]);
    expect(await standings(fresh)).toEqual([[1, 1, 1]]);
  });
});
