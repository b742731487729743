import { randomUUID } from 'node:crypto';

import { afterAll, describe, expect, it } from 'vitest';

import { setAppearance } from '#app/appearance/set.ts';
import { setProgramClock } from '#app/program/set-clock.ts';
import type { LeaderboardDefinition } from '#domain/leaderboard/definition.ts';
import { startRelay } from '#src/relay.ts';

import { runTellRanks } from '../../src/jobs/tell-ranks.ts';
import { aShop, someCustomers } from '../support/activity.ts';
import { testDatabase } from '../support/database.ts';
import { aLeaderboard, type TestBoard } from '../support/leaderboard.ts';
import { expectNoOffences } from '../support/ledger.ts';
import { aCommand, asCustomer, asOwner, execute, testDeps, type TestProgram } from '../support/program.ts';
import { testRedis } from '../support/redis.ts';
import { buy } from '../support/season.ts';
import { openStream } from '../support/stream.ts';

const { url } = await testDatabase();
const { url: redisUrl } = await testRedis();
const deps = testDeps(url, { redisUrl });
const relay = startRelay(deps);
afterAll(() => relay.stop());

type Step = { code: string; season: string; from: number | null; to: number | null };
type Item = {
  cursor: string;
  isSnapshot: boolean;
  step: Step | null;
  ranks: { rank: number; toldAt: string | null }[];
};

const RANKS = `subscription ($after: String) { rankChanged(after: $after) {
  cursor isSnapshot step { code season from to leaderboard { code } } ranks { rank toldAt } } }`;
const SET = `mutation ($input: RankNoticesSetInput!) { rankNoticesSet(input: $input) { __typename
  ... on UserError { path } ... on RankNoticesSetPayload { leaderboard { rankNotices { first everyMinutes } } } } }`;

const START = Date.parse('2026-11-18T12:00:00Z');

/** Moves the program to so many minutes after its start, scores, and looks at the boards as the job does. */
async function look(program: TestProgram, minutes: number, scores: Record<string, number> = {}): Promise<number> {
  const now = new Date(START + minutes * 60_000);
  await setProgramClock(deps, program.scope, aCommand('programClockSet', { now }), { now });
  const purchases = Object.entries(scores).map(([customerId, amount]) => ({
    customerId,
    amount,
    at: now.toISOString(),
  }));
  if (purchases.length > 0) await buy(deps, program, purchases);
  return runTellRanks(deps);
}

async function setNotices(
  program: TestProgram,
  board: TestBoard,
  first: number | null,
): Promise<Record<string, unknown>> {
  const input = { idempotencyKey: randomUUID(), leaderboardId: board.publicId, first };
  const { data, errors } = await execute<{ rankNoticesSet: Record<string, unknown> }>(deps, asOwner(program), SET, {
    input,
  });
  expect(errors).toBeUndefined();
  return data!.rankNoticesSet;
}

/** Three customers with 30, 20 and 10 points on a board that tells the first two, and has been looked at once. */
async function aWatchedBoard(overrides: Partial<LeaderboardDefinition> = {}) {
  const program = await aShop(deps, { mode: 'TEST' });
  const board = await aLeaderboard(deps, program, overrides);
  const [one = '', two = '', three = ''] = await someCustomers(deps, program, 3);
  expect(await setNotices(program, board, 2)).toMatchObject({
    leaderboard: { rankNotices: { first: 2, everyMinutes: 15 } },
  });
  expect(await look(program, 0, { [one]: 30, [two]: 20, [three]: 10 })).toBe(0);
  return { program, board, one, two, three };
}

describe('rankChanged', () => {
  it('tells each customer once in fifteen minutes, on from a cursor, and in the inbox', async () => {
    const { program, board, one, two, three } = await aWatchedBoard();
    const first = await openStream<Item>(deps, asCustomer(program, one), RANKS);
    const begun = await first.next();
    expect(begun).toMatchObject({ isSnapshot: true, step: null, ranks: [{ rank: 1, toldAt: null }] });
    expect(await look(program, 1, { [two]: 20 })).toBe(2);
    const told = await first.next();
    const step = { code: board.code, season: 'all', from: 1, to: 2, leaderboard: { code: board.code } };
    expect(told).toMatchObject({ isSnapshot: false, step, ranks: [] });
    await first.close();
    // Overtaken again within the quarter of an hour: told when that is over, with the rank of then.
    expect(await look(program, 2, { [three]: 60 })).toBe(1);
    expect(await look(program, 15)).toBe(0);
    expect(await look(program, 16)).toBe(2);
    const again = await openStream<Item>(deps, asCustomer(program, one), RANKS, { after: told!.cursor });
    expect(await again.next()).toMatchObject({ isSnapshot: false, step: { from: 2, to: null } });
    await again.close();
    const { data } = await execute<{ inbox: { nodes: { kind: string; body: string }[] } }>(
      deps,
      asCustomer(program, one),
      '{ inbox { nodes { kind body } } }',
    );
    expect(data!.inbox.nodes).toEqual([
      { kind: 'RANK_CHANGED', body: 'You are no longer among the first 2.' },
      { kind: 'RANK_CHANGED', body: 'You are now at rank 2, after rank 1.' },
    ]);
    await expectNoOffences(deps);
  });

  it('tells nobody of who hides, of boards that customers do not see, or once it is ended', async () => {
    const { program, board, one, two, three } = await aWatchedBoard();
    const hide = { customer: { id: one, externalId: null }, appearance: 'HIDDEN' as const, alias: null };
    await setAppearance(deps, program.scope, aCommand('boardAppearanceSet', hide), hide);
    // The two behind move up, and the one who hid is told nothing.
    expect(await look(program, 1)).toBe(2);
    const rows = await deps.reads.query<{ id: string }>(
      'select customer_id as id from rank_told where customer_id = any($1)',
      [[one, two, three]],
    );
    expect(rows.map(({ id }) => id).toSorted()).toEqual([two, three].toSorted());
    await setNotices(program, board, null);
    expect(await look(program, 60, { [three]: 500 })).toBe(0);
    const closed = await aWatchedBoard({ isPublic: false });
    expect(await look(closed.program, 1, { [closed.three]: 500 })).toBe(0);
  });

  it('is refused for boards of parts, and for limits out of bounds', async () => {
    const program = await aShop(deps);
    const parts = await aLeaderboard(deps, program, { scope: 'ACCOUNT' });
    expect(await setNotices(program, parts, 10)).toEqual({ __typename: 'InvalidInputError', path: ['leaderboardId'] });
    const board = await aLeaderboard(deps, program);
    expect(await setNotices(program, board, 1_001)).toEqual({ __typename: 'InvalidInputError', path: ['first'] });
  });
});
