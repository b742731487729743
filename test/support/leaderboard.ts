// Boards for tests: make one, score on it, and wait for the ranked copy.
import { setTimeout as sleep } from 'node:timers/promises';

import { createLeaderboard } from '#app/leaderboard/create.ts';
import { publicId } from '#domain/ids.ts';
import type { LeaderboardDefinition } from '#domain/leaderboard/definition.ts';
import type { BoardView } from '#domain/leaderboard/standing.ts';
import type { Deps } from '#src/deps.ts';
import type { Season } from '#storage/leaderboard-store.ts';

import { aCommand, type TestProgram } from './program.ts';

export type TestBoard = { id: string; publicId: string; code: string };

let made = 0;

/** A public all-time board of points earned, unless told otherwise. */
export async function aLeaderboard(
  deps: Deps,
  program: TestProgram,
  overrides: Partial<LeaderboardDefinition> = {},
): Promise<TestBoard> {
  made += 1;
  const definition: LeaderboardDefinition = {
    code: `board_${made}`,
    name: 'A board',
    metric: 'POINTS_EARNED',
    currency: null,
    activityType: null,
    property: null,
    scoreDecimals: 0,
    direction: 'DESCENDING',
    period: 'ALL_TIME',
    isPublic: true,
    ...overrides,
  };
  const command = aCommand('leaderboardCreate', definition);
  const { leaderboardId } = await createLeaderboard(deps, program.scope, command, definition);
  return { id: leaderboardId, publicId: publicId('Leaderboard', leaderboardId), code: definition.code };
}

/** The season of a board once something has been scored in it. */
export async function seasonIn(deps: Deps, program: TestProgram, board: TestBoard, key = 'all'): Promise<Season> {
  return until(
    () => deps.boards.season(program.programId, board.id, key),
    (season) => season !== null,
  ) as Promise<Season>;
}

/** Reads the first rows of a season until they are as wanted. */
export function viewWhen(
  deps: Deps,
  season: Season,
  isWanted: (view: BoardView) => boolean,
  count = 100,
): Promise<BoardView> {
  return until(() => deps.boards.read(season, [{ kind: 'PAGE', offset: 0, count }]), isWanted);
}

/** Asks again and again until the answer is as wanted. Throws with the last answer after `withinMs`. */
export async function until<Answer>(
  ask: () => Promise<Answer> | Answer,
  isWanted: (answer: Answer) => boolean,
  withinMs = 20_000,
): Promise<Answer> {
  const end = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (performance.now() > end)
      throw new Error(`not within ${withinMs} ms; last: ${JSON.stringify(answer)?.slice(0, 2_000)}`);
    await sleep(10);
  }
}
