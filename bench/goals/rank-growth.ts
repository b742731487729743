// One rank on a board of a thousand and on a board of a million: what grows, and how much of it is Redis' own.
import { publicId } from '../../src/domain/ids.ts';
import { acceptData, httpTarget, type Bench } from '../harness/bench.ts';
import { boardWorld, SMALL } from '../harness/board-world.ts';
import { customerId } from '../harness/customer-tables.ts';
import { atMost, figure, outcomeNamed, type Goal, type GoalResult } from '../harness/goal.ts';
import { laurelLoad } from '../harness/laurel.ts';
import { processTarget } from '../harness/process-load.ts';
import { takeTurns, type Target } from '../harness/turns.ts';

const CONNECTIONS = 32;

async function run(bench: Bench): Promise<GoalResult> {
  const { world, server, large, plainRedisUrl } = await boardWorld(bench);
  const nameOf = (who: string, entries: number): string => `${who}, ${entries.toLocaleString('en-GB')} entries`;
  const raw = ({ code, entries }: typeof large): Target =>
    processTarget(bench, { name: nameOf('Redis ZREVRANK', entries), kind: 'limit' }, 'peers/raw-rank.ts', {
      REDIS_URL: plainRedisUrl,
      BOARD_KEY: code,
    });
  const laurel = ({ code, entries }: typeof large): Target => {
    const query = `query ($me: ID!) { leaderboard(code: "${code}") { rank(customerId: $me) { rank } } }`;
    const me = (index: number): string => publicId('Customer', customerId(1 + ((index * 104_729) % entries)));
    const load = laurelLoad(world, query, (index) => ({ me: me(index) }));
    return httpTarget(bench, { name: nameOf('Laurel', entries), kind: 'laurel' }, server, {
      ...load,
      connections: CONNECTIONS,
      accept: acceptRank,
    });
  };
  const targets = [raw(SMALL), raw(large), laurel(SMALL), laurel(large)];
  const outcomes = await takeTurns(targets, bench.options.timing, bench.progress);

  const growth = (who: string, part: 'redis' | 'server'): number =>
    outcomeNamed(outcomes, nameOf(who, large.entries)).cpuUs[part] /
    outcomeNamed(outcomes, nameOf(who, SMALL.entries)).cpuUs[part];
  const [own, ours] = [growth('Redis ZREVRANK', 'redis'), growth('Laurel', 'redis')];
  return {
    unit: 'ranks',
    asked: `The rank of one customer after another, on a board of ${SMALL.entries.toLocaleString('en-GB')} and of ${large.entries.toLocaleString('en-GB')} entries in turns. Redis alone is asked in pipelines of 16 from one connection, Laurel over ${CONNECTIONS} connections.`,
    outcomes,
    claims: [
      atMost("growth of Redis CPU a rank against Redis' own growth", 1.1, ours / own),
      atMost("growth of Laurel's own CPU a request", 1.1, growth('Laurel', 'server')),
    ],
    notes: [
      `Redis CPU a rank grew ${figure(own)} times by itself and ${figure(ours)} times under Laurel, whose script also reads what the board's size does not change.`,
    ],
  };
}

function acceptRank(answer: string): number {
  if (!/"rank":\d/.test(answer)) throw new Error('there is no rank');
  return acceptData(answer);
}

export const rankGrowth: Goal = { name: 'rank-growth', title: 'Rank on a small and a large board', run };
