// Whether the board that Laurel shows is the one that the record says.
import type { StartedServer } from './bench.ts';
import { ask, inWorld, type World } from './laurel.ts';

const SHOWN = 100;
const CODE = 'points';

type Row = { customerId: string; score: string; rank: number };

/** Makes the board that a tracking world is checked by: points earned, all-time. */
export async function createBoard(server: StartedServer, world: World): Promise<void> {
  const input = { idempotencyKey: 'board', code: CODE, name: 'Points', metric: 'POINTS_EARNED' };
  await ask(
    server,
    world,
    'mutation ($input: LeaderboardCreateInput!) { leaderboardCreate(input: $input) { __typename } }',
    { input },
  );
}

/** Compares the ranked copy with the record by Laurel's own check, and the rows it shows with SQL's ranks. */
export async function assertBoardIsRight(server: StartedServer, world: World): Promise<void> {
  const { leaderboard } = await ask<{ leaderboard: { id: string; state: string; top: Row[] } }>(
    server,
    world,
    `{ leaderboard(code: "${CODE}") { id state top(first: ${SHOWN}) { rank score } } }`,
  );
  const { leaderboardCheck } = await ask<{ leaderboardCheck: { drift: number } | null }>(
    server,
    world,
    'query ($id: ID!) { leaderboardCheck(id: $id) { drift } }',
    { id: leaderboard.id },
  );
  if (leaderboardCheck?.drift !== 0)
    throw new Error(`the ranked copy differs from the record: ${JSON.stringify(leaderboardCheck)}`);
  const expected = await inWorld<{ rank: string; score: string }>(
    world,
    `select rank() over (order by score desc) as rank, score from leaderboard_entry where score is not null
      order by score desc, reached_at, customer_id limit ${SHOWN}`,
  );
  const told = (rows: readonly { rank: number | string; score: string }[]): string =>
    rows.map(({ rank, score }) => `${rank}:${Number(score)}`).join(' ');
  if (told(leaderboard.top) !== told(expected)) throw new Error('the ranks that are shown are not those of SQL');
}
