// Boards with very many entries, written straight into the record, and the same scores as plain sorted sets: what
// Laurel's board reads are compared with.
import { Redis } from 'ioredis';

import type { StartedServer } from './bench.ts';
import { customerId } from './customer-tables.ts';
import { ask, inWorld, type World } from './laurel.ts';

const COPIED_WITHIN_MS = 240_000;
const SCORE_MODULUS = 10_000_019;
const CUSTOMER_PREFIX = customerId(0).slice(0, -12);

/** Adds an all-time board of that many entries; Laurel must not run yet, or its catalogue would be older. */
export async function addBoard(world: World, code: string, entries: number): Promise<void> {
  const { programId, currencyId } = world;
  const [leaderboard, season] = [`md5('board ' || '${code}')::uuid`, `md5('season ' || '${code}')::uuid`];
  await inWorld(
    world,
    'set session_replication_role = replica',
    `insert into leaderboard (program_id, id, code, name, metric, currency_id, direction, period)
     values ('${programId}', ${leaderboard}, '${code}', '${code}', 'POINTS_EARNED', '${currencyId}', 'DESCENDING', 'ALL_TIME')`,
    `insert into season (program_id, id, leaderboard_id, key) values ('${programId}', ${season}, ${leaderboard}, 'all')`,
    `insert into leaderboard_entry (program_id, season_id, customer_id, score, reached_at)
     select '${programId}', ${season}, ('${CUSTOMER_PREFIX}' || lpad(to_hex(n), 12, '0'))::uuid,
            (n::bigint * 7919) % ${SCORE_MODULUS}, timestamptz '2026-01-01' + n * interval '1 second'
       from generate_series(1, ${entries}) as n`,
    `update program set catalogue_version = catalogue_version + 1 where id = '${programId}'`,
    'vacuum analyze leaderboard_entry',
  );
}

/** Adds the same scores as a plain sorted set, with no more than a score a customer. */
export async function addSortedSet(redisUrl: string, key: string, entries: number): Promise<void> {
  const redis = new Redis(redisUrl);
  const chunk = 20_000;
  const script = `for n = tonumber(ARGV[1]), tonumber(ARGV[2]) do
    redis.call('ZADD', KEYS[1], (n * 7919) % ${SCORE_MODULUS}, string.format('${CUSTOMER_PREFIX}%012x', n)) end`;
  for (let first = 1; first <= entries; first += chunk) {
    await redis.eval(script, 1, key, first, Math.min(entries, first + chunk - 1));
  }
  redis.disconnect();
}

/** Waits until Laurel has built its ranked copy of the board. */
export async function untilLive(server: StartedServer, world: World, code: string): Promise<void> {
  const until = Date.now() + COPIED_WITHIN_MS;
  const query = 'query ($code: String!) { leaderboard(code: $code) { state } }';
  for (;;) {
    const { leaderboard } = await ask<{ leaderboard: { state: string } }>(server, world, query, { code });
    if (leaderboard.state === 'LIVE') return;
    if (Date.now() > until)
      throw new Error(`the ranked copy of ${code} is ${leaderboard.state} after ${COPIED_WITHIN_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
