/**
 * Boards of ten thousand, a hundred thousand and a million entries: how long a rank, a window, a score and a rebuild take in
 * the ranked copy, and what readers notice of a rebuild. Asks for LAUREL_TEST_DATABASE_URL and LAUREL_TEST_REDIS_URL, which
 * `npm run test:services` prints; makes a database of its own and drops it.
 *
 *   node bench/boards.ts
 */
import { randomUUID } from 'node:crypto';

import { Redis } from 'ioredis';
import pg from 'pg';
import { pino } from 'pino';

import { migrate } from '../setup/migrate.ts';
import { databaseUrlOf } from '../setup/template.ts';
import { TIE_RULES, type TieRule } from '../src/domain/leaderboard/standing.ts';
import { boardOf, rebuildSeason } from '../src/projections/rebuild.ts';
import { createBoardStore, type BoardStore } from '../src/redis/leaderboard-store.ts';
import { listSeasons, type Season } from '../src/storage/leaderboard-store.ts';
import { openPostgres, statementsOf, type Postgres } from '../src/storage/postgres.ts';

const SIZES = [10_000, 100_000, 1_000_000];
const ROUNDS = 3_000;
/** Few enough different scores that a million entries share each among many. */
const SCORES = 50_021;

const id = (number: number): string => `00000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;

type Spread = { p50: number; p99: number; max: number };

/** Milliseconds of one call after another. */
async function timed(rounds: number, call: (round: number) => Promise<unknown>): Promise<Spread> {
  const took: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now();
    await call(round);
    took.push(performance.now() - begun);
  }
  return spreadOf(took);
}

function spreadOf(took: readonly number[]): Spread {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

const text = ({ p50, p99 }: Spread): string => `${p50.toFixed(2)} / ${p99.toFixed(2)}`;

async function addBoard(pool: Postgres, programId: string, size: number, tieRule: TieRule): Promise<Season> {
  const reads = statementsOf(pool);
  const [board, season] = [randomUUID(), randomUUID()];
  await reads.query(
    `insert into leaderboard (program_id, id, code, name, metric, direction, period, tie_rule, archived_at)
     values ($1, $2, $3, 'x', 'ACTIVITY_COUNT', 'DESCENDING', 'ALL_TIME', $4, now())`,
    [programId, board, `b_${size}_${tieRule.toLowerCase()}`, tieRule],
  );
  await reads.query(`insert into season (program_id, id, leaderboard_id, key) values ($1, $2, $3, 'all')`, [
    programId,
    season,
    board,
  ]);
  await reads.query(
    `insert into leaderboard_entry (program_id, season_id, customer_id, score, reached_at)
     select $1, $2, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, (n::bigint * 7919) % ${SCORES},
       timestamptz '2026-01-01' + n * interval '1 second' from generate_series(1, $3::integer) n`,
    [programId, season, size],
  );
  const [made] = await listSeasons(reads, { leaderboardId: board });
  if (made === undefined) throw new Error('a season was just made');
  return made;
}

async function measure(store: BoardStore, season: Season, size: number): Promise<Record<string, string>> {
  const board = boardOf(season);
  const someone = (round: number): string => id(1 + ((round * 104_729) % size));
  const place = await timed(ROUNDS, (round) => store.read(board, [{ kind: 'PLACE', customerId: someone(round) }]));
  const around = await timed(ROUNDS, (round) =>
    store.read(board, [{ kind: 'AROUND', customerId: someone(round), radius: 5 }]),
  );
  const top = await timed(ROUNDS, () => store.read(board, [{ kind: 'PAGE', offset: 0, count: 10 }]));
  const apply = await timed(ROUNDS, (round) =>
    store.apply(board, 'bench', [
      {
        customerId: someone(round),
        score: (round * 31) % SCORES,
        version: round + 2,
        reachedAt: Date.UTC(2026, 5, 1) + round,
      },
    ]),
  );
  return { rank: text(place), 'window of 11': text(around), 'top 10': text(top), 'one score': text(apply) };
}

/** What a reader notices while a season is built anew beside the live copy. */
async function rebuildBesideReader(store: BoardStore, season: Season, rebuild: () => Promise<unknown>) {
  const board = boardOf(season);
  const took: number[] = [];
  const building = new AbortController();
  const begun = performance.now();
  const rebuilt = rebuild().finally(() => building.abort());
  while (!building.signal.aborted) {
    const asked = performance.now();
    await store.read(board, [{ kind: 'AROUND', customerId: id(1 + (took.length % 1_000)), radius: 5 }]);
    took.push(performance.now() - asked);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await rebuilt;
  return { seconds: (performance.now() - begun) / 1_000, reader: spreadOf(took), reads: took.length };
}

async function asAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(statement);
  await client.end();
}

async function main(): Promise<void> {
  const adminUrl = process.env['LAUREL_TEST_DATABASE_URL'] ?? '';
  const name = `laurel_boards_${randomUUID().slice(0, 8)}`;
  await asAdmin(adminUrl, `create database ${name}`);
  const url = databaseUrlOf(adminUrl, name);
  await migrate(url);
  const pool = openPostgres(url, 4, 10_000);
  pool.options.statement_timeout = 120_000;
  const redis = new Redis(process.env['LAUREL_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379', { db: 15 });
  const store = createBoardStore(redis);
  const reads = statementsOf(pool);
  const deps = { reads, store, log: pino({ level: 'silent' }), clock: () => new Date() };
  try {
    const programId = randomUUID();
    await reads.query(
      `insert into program (id, name, time_zone, currency, mode) values ($1, 'bench', 'UTC', 'EUR', 'TEST')`,
      [programId],
    );
    for (const tieRule of TIE_RULES) {
      for (const size of tieRule === 'FIRST_TO_REACH' ? SIZES.slice(-1) : SIZES) {
        const season = await addBoard(pool, programId, size, tieRule);
        const begun = performance.now();
        await rebuildSeason(deps, season);
        const seconds = (performance.now() - begun) / 1_000;
        const spreads = await measure(store, season, size);
        const row = Object.entries(spreads).map(([what, spread]) => `${what} ${spread} ms`);
        process.stdout.write(`${tieRule} ${size}: built in ${seconds.toFixed(1)} s; p50 / p99 ${row.join(', ')}\n`);
        if (size !== 1_000_000) continue;
        const beside = await rebuildBesideReader(store, season, () => rebuildSeason(deps, season));
        const { p50, p99, max } = beside.reader;
        process.stdout.write(
          `  built again in ${beside.seconds.toFixed(1)} s beside a reader: ${beside.reads} windows, p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)}, worst ${max.toFixed(1)} ms\n`,
        );
      }
    }
  } finally {
    await redis.flushdb();
    redis.disconnect();
    await pool.end();
    await asAdmin(adminUrl, `drop database ${name} with (force)`);
  }
}

await main();
