// How many statements and Redis commands a request causes, at few rows and many: counted, not timed.
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { Redis } from 'ioredis';

import { publicId } from '../../src/domain/ids.ts';
import type { Bench } from '../harness/bench.ts';
import { boardWorld, SMALL, type BoardWorld } from '../harness/board-world.ts';
import { customerId } from '../harness/customer-tables.ts';
import { holds, type Claim, type Goal, type GoalResult } from '../harness/goal.ts';
import { ask } from '../harness/laurel.ts';
import { runStatements } from '../harness/stores.ts';

const REQUESTS = 100;
const IDLE_MS = 2_500;
const STATEMENT = /LOG: {2}(?:statement|execute [^:]*): (.*)/;

type Counts = { statements: number; commands: number };

async function run(bench: Bench): Promise<GoalResult> {
  const boards = await boardWorld(bench);
  const { large } = boards;
  await setLogging(bench, 'all');
  try {
    const background = await namesWhileIdle(bench);
    const count = (query: string, variables: object = {}): Promise<Counts> =>
      countRequests(bench, boards, background, query, variables);
    const list = (first: number): string =>
      `{ customers(first: ${first}) { nodes { id externalId balances { available } account { name } } } }`;
    const board = (code: string): string =>
      `query ($me: ID!) { leaderboard(code: "${code}") { around(customerId: $me, radius: 50) { rank score } rank(customerId: $me) { rank } } }`;
    const me = { me: publicId('Customer', customerId(7)) };
    const claims = [
      claim('customers with balances and company, 20 and 100 rows', await count(list(20)), await count(list(100))),
      claim(
        `a hundred rows around a customer and a rank, ${SMALL.entries} and ${large.entries} entries`,
        await count(board(SMALL.code), me),
        await count(board(large.code), me),
      ),
    ];
    return {
      unit: 'requests',
      asked: `${REQUESTS} requests one after another; PostgreSQL's statement log and Redis' command counters before and after. What the worker does by itself all the time is left out.`,
      outcomes: [],
      claims,
      notes: [],
    };
  } finally {
    await setLogging(bench, 'none');
  }
}

function claim(text: string, few: Counts, many: Counts): Claim {
  const told = ({ statements, commands }: Counts): string =>
    `${statements} statements, ${commands} reads of sorted sets`;
  const same = few.statements === many.statements && few.commands === many.commands;
  return holds(`statements a request do not grow: ${text}`, same, same ? told(few) : `${told(few)} → ${told(many)}`);
}

async function setLogging(bench: Bench, kind: 'all' | 'none'): Promise<void> {
  await runStatements(bench.stores.adminUrl, [`alter system set log_statement = '${kind}'`, 'select pg_reload_conf()']);
  await sleep(300);
}

/** Statements begin with a comment that names them. */
function loggedNames(bench: Bench, from: number): string[] {
  const text = readFileSync(bench.stores.postgresLog).subarray(from).toString();
  return text.split('\n').flatMap((line) => STATEMENT.exec(line)?.[1] ?? []);
}

async function namesWhileIdle(bench: Bench): Promise<Set<string>> {
  const from = statSync(bench.stores.postgresLog).size;
  await sleep(IDLE_MS);
  return new Set(loggedNames(bench, from));
}

async function countRequests(
  bench: Bench,
  { world, server }: BoardWorld,
  background: ReadonlySet<string>,
  query: string,
  variables: object,
): Promise<Counts> {
  const redis = new Redis(world.redisUrl);
  await ask(server, world, query, variables);
  const from = statSync(bench.stores.postgresLog).size;
  const before = await commandCalls(redis);
  for (let done = 0; done < REQUESTS; done += 1) await ask(server, world, query, variables);
  const calls = (await commandCalls(redis)) - before;
  await sleep(200);
  const statements = loggedNames(bench, from).filter((name) => !background.has(name)).length;
  redis.disconnect();
  return { statements: Math.round(statements / REQUESTS), commands: Math.round(calls / REQUESTS) };
}

/** Calls of what board reads are made of since Redis started, those inside scripts included; nothing else uses them. */
async function commandCalls(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats');
  return [...stats.matchAll(/^cmdstat_(?:zrange|zrank|zcount|zcard):calls=(\d+)/gm)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  );
}

export const statements: Goal = { name: 'statements', title: 'Statements a request', run };
