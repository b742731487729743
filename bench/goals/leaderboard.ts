// The top hundred of a million, and where I stand.
import { publicId } from '../../src/domain/ids.ts';
import { acceptData, httpTarget, startServer, stopServers, type Bench, type StartedServer } from '../harness/bench.ts';
import { untilLive } from '../harness/board-tables.ts';
import { boardWorld } from '../harness/board-world.ts';
import { customerId } from '../harness/customer-tables.ts';
import { atLeast, outcomeNamed, type Goal, type GoalResult } from '../harness/goal.ts';
import { profileShortfall } from '../harness/laurel-profile.ts';
import { ask, laurelLoad, type World } from '../harness/laurel.ts';
import { takeTurns, type Target } from '../harness/turns.ts';

const CONNECTIONS = 32;
const CALLERS = 500;
const LIMIT = 'ioredis over node:http';
const SHARED = 'Laurel, top list shared';
const UNSHARED = 'Laurel, nothing shared';
const ROW = '{ rank score customerId }';

async function run(bench: Bench): Promise<GoalResult> {
  const { world, server, large, plainRedisUrl } = await boardWorld(bench);
  const env = { REDIS_URL: plainRedisUrl, BOARD_KEY: large.code };
  const limit = await startServer(bench, { name: 'raw-leaderboard', script: 'peers/raw-leaderboard.ts', env });
  const callers = Array.from({ length: CALLERS }, (_, index) => 1 + ((index * 104_729) % large.entries));
  const plain = {
    path: '/',
    headers: {},
    connections: CONNECTIONS,
    body: (index: number) => JSON.stringify({ me: customerId(callers[index % CALLERS] ?? 1) }),
    accept: acceptBoard,
  };
  const query = await queries(server, world, large.code);
  const loadOf = (text: string) => ({
    ...laurelLoad(world, text, (index) => ({ me: publicId('Customer', customerId(callers[index % CALLERS] ?? 1)) })),
    connections: CONNECTIONS,
    accept: acceptBoard,
  });
  const targets: Target[] = [
    httpTarget(bench, { name: LIMIT, kind: 'limit' }, limit, plain),
    httpTarget(bench, { name: SHARED, kind: 'laurel' }, server, loadOf(query.shared)),
    httpTarget(bench, { name: UNSHARED, kind: 'laurel' }, server, loadOf(query.unshared)),
  ];
  const outcomes = await takeTurns(targets, bench.options.timing, bench.progress);
  await stopServers(bench, [limit]);

  const against = (name: string): number =>
    outcomeNamed(outcomes, name).perSecond / outcomeNamed(outcomes, LIMIT).perSecond;
  const claims = [
    atLeast('requests/s against ioredis over node:http, nothing shared', 0.9, against(UNSHARED)),
    atLeast('requests/s against ioredis over node:http, top list shared', 1.7, against(SHARED)),
  ];
  const size = large.entries.toLocaleString('en-GB');
  return {
    unit: 'requests',
    asked: `${CONNECTIONS} connections. A hundred rows of a board of ${size} (rank, score, customer) with rank and score of one of ${CALLERS} callers. Laurel shares the first rows among callers for 30 ms; rows 2 to 101, asked for as a page, it shares with nobody.`,
    outcomes,
    claims,
    notes: [
      'Nakama, which the goal also names, is not packaged for any registry that this project uses and was not run; elsewhere it reached 0.15 of ioredis over node:http with this read.',
    ],
    profile: await profileShortfall(bench, claims, world, async (profiled) => {
      await untilLive(profiled, world, large.code);
      return httpTarget(bench, { name: SHARED, kind: 'laurel' }, profiled, loadOf(query.shared));
    }),
  };
}

async function queries(
  server: StartedServer,
  world: World,
  code: string,
): Promise<{ shared: string; unshared: string }> {
  type First = { leaderboard: { page: { pageInfo: { endCursor: string } } } };
  const first = await ask<First>(
    server,
    world,
    `{ leaderboard(code: "${code}") { page(first: 1) { pageInfo { endCursor } } } }`,
  );
  const { endCursor } = first.leaderboard.page.pageInfo;
  const board = (rows: string): string =>
    `query ($me: ID!) { leaderboard(code: "${code}") { ${rows} rank(customerId: $me) { rank score } } }`;
  return {
    shared: board(`top(first: 100) ${ROW}`),
    unshared: board(`page(first: 100, after: "${endCursor}") { nodes ${ROW} }`),
  };
}

/** A hundred rows are longer than that. */
function acceptBoard(answer: string): number {
  if (answer.length < 5_000) throw new Error('the board is not full');
  return acceptData(answer);
}

export const leaderboard: Goal = { name: 'leaderboard', title: 'Top hundred and my rank', run };
