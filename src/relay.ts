import pg from 'pg';

import { createBadgeStore } from '#redis/badge-store.ts';
import { createBoardStore } from '#redis/leaderboard-store.ts';
import { createRelayPulse, type RelayPulse } from '#redis/relay-pulse.ts';
import { announcementsOf } from '#src/projections/announce.ts';
import { createBadgeProjection, type BadgeProjection } from '#src/projections/badge-projection.ts';
import { createCustomerTeller, type CustomerTeller } from '#src/projections/customer-teller.ts';
import { createLeaderboardProjection, type LeaderboardProjection } from '#src/projections/leaderboard-projection.ts';
import { boardOf, createRebuilder, type Rebuilder } from '#src/projections/rebuild.ts';
import { listSeasons, readSeasons, type Season } from '#storage/leaderboard-store.ts';
import { deleteOutbox, readOutbox, readOutboxAge, type OutboxRow } from '#storage/outbox-store.ts';

import type { Deps } from './deps.ts';

/**
 * The relay hands on what was committed: events to the customers' logs and inboxes, scores to the ranked copies,
 * announcements to everybody who watches. One process leads, by an advisory lock on a connection of its own; the others wait
 * for the lock. What waited for another goes behind it; a row is forgotten only after everything about it has been handed on. So each event is handed on at least once, wherever this process dies, and all consumers stand repetition.
 */
export type Relay = { stop(): Promise<void> };

const LEADER_LOCK = "hashtextextended('laurel relay', 0)";
const ROWS_AT_ONCE = 200;
const IDLE_WAIT_MIN_MS = 5;
const IDLE_WAIT_MAX_MS = 400;
const FAILURE_WAIT_MAX_MS = 1_000;
const LEADER_RETRY_MS = 500;
const PULSE_EVERY_MS = 1_000;
/** Further behind than this, boards are read from the record instead. */
const LAG_MAX_MS = 3_000;
/** Seasons that ended longer ago come back to Redis only when somebody asks for them. */
const RUNNING_DAYS = 2;
const DAY_MS = 86_400_000;

type RelayDeps = Pick<Deps, 'config' | 'reads' | 'redis' | 'live' | 'log' | 'clock'>;

export function startRelay(deps: RelayDeps): Relay {
  const stopping = new AbortController();
  const rebuilder = createRebuilder({ ...deps, store: createBoardStore(deps.redis) }, async (season, version) => {
    await deps.live.announce([{ kind: 'board', of: season, message: { seasonId: season.id, version } }]);
  });
  const running = lead(deps, rebuilder, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      rebuilder.close();
      await running;
      await rebuilder.idle();
    },
  };
}

/** Waits to become the leader, leads until the connection breaks, and so on. */
async function lead(deps: RelayDeps, rebuilder: Rebuilder, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    const lease = new AbortController();
    const wake = createWake();
    const client = new pg.Client({
      connectionString: deps.config.databaseUrl,
      application_name: 'laurel-relay',
      keepAlive: true,
    });
    client.on('error', () => lease.abort());
    client.on('end', () => lease.abort());
    client.on('notification', ({ channel, payload }) => {
      if (channel === 'laurel_boards') void hearWish(deps, rebuilder, payload ?? '');
      wake.call();
    });
    stopping.addEventListener('abort', wake.call, { once: true });
    try {
      await client.connect();
      if (await isLeader(client)) {
        await client.query('listen laurel_outbox; listen laurel_boards');
        await relayWhile(deps, rebuilder, wake, () => !lease.signal.aborted && !stopping.aborted);
      }
    } catch (error) {
      deps.log.warn({ err: error }, 'the relay could not reach the database');
    } finally {
      stopping.removeEventListener('abort', wake.call);
      await client.end().catch(() => undefined);
    }
    if (!stopping.aborted) await createWake().wait(LEADER_RETRY_MS);
  }
}

async function isLeader(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ leads: boolean }>(`select pg_try_advisory_lock(${LEADER_LOCK}) as leads`);
  return rows[0]?.leads === true;
}

async function relayWhile(deps: RelayDeps, rebuilder: Rebuilder, wake: Wake, leads: () => boolean): Promise<void> {
  const pulse = createRelayPulse(deps.redis);
  const boards = createLeaderboardProjection({ ...deps, store: createBoardStore(deps.redis), rebuilder });
  const teller = createCustomerTeller(deps.reads);
  const badges = createBadgeProjection({ ...deps, store: createBadgeStore(deps.redis) });
  let idleMs = IDLE_WAIT_MIN_MS;
  let failures = 0;
  let beatAt = Number.NEGATIVE_INFINITY;
  let isNew = true;
  while (leads()) {
    try {
      if (performance.now() - beatAt >= PULSE_EVERY_MS) {
        await beat(deps, pulse, rebuilder, badges, isNew);
        beatAt = performance.now();
        isNew = false;
      }
      const rows = await readOutbox(deps.reads, ROWS_AT_ONCE);
      if (rows.length > 0) await handOn(deps, boards, badges, teller, rows);
      failures = 0;
      idleMs = rows.length > 0 ? IDLE_WAIT_MIN_MS : Math.min(idleMs * 2, IDLE_WAIT_MAX_MS);
      if (rows.length === 0 && (await wake.wait(idleMs))) idleMs = IDLE_WAIT_MIN_MS;
    } catch (error) {
      failures += 1;
      deps.log.warn({ err: error, failures }, 'the relay waits for a store to come back');
      await tellAhead(deps, teller).catch(() => undefined);
      await wake.wait(Math.min(50 * 2 ** Math.min(failures, 6), FAILURE_WAIT_MAX_MS));
    }
  }
  await badges.idle();
}

/** Hands rows on and forgets them. Throws when a store is away; they are handed on again then. */
async function handOn(
  deps: RelayDeps,
  boards: LeaderboardProjection,
  badges: BadgeProjection,
  teller: CustomerTeller,
  rows: readonly OutboxRow[],
): Promise<void> {
  await Promise.all([
    boards.project(rows).then((moved) => deps.live.announce(moved)),
    badges.project(rows),
    tell(deps, teller, rows),
  ]);
  await deleteOutbox(deps.reads, rows);
}

/** Without Redis the rows stay, and those behind them would wait; customers are told all the same. */
async function tellAhead(deps: RelayDeps, teller: CustomerTeller): Promise<void> {
  for (let rows = await teller.next(ROWS_AT_ONCE); rows.length > 0; rows = await teller.next(ROWS_AT_ONCE)) {
    await teller.tell(rows);
    // Listeners in this process hear of it also when the others do not.
    await deps.live.announce(announcementsOf(rows)).catch(() => undefined);
  }
}

/** Only what is on record already is announced: whoever hears of it finds it. */
async function tell(deps: RelayDeps, teller: CustomerTeller, rows: readonly OutboxRow[]): Promise<void> {
  await teller.tell(rows);
  await deps.live.announce(announcementsOf(rows));
}

/**
 * Once a second: says how far the relay is, and notices a Redis that was emptied. A new leader looks too, because the one
 * before it may have died over the rebuilding.
 */
async function beat(
  deps: RelayDeps,
  pulse: RelayPulse,
  rebuilder: Rebuilder,
  badges: BadgeProjection,
  isNew: boolean,
): Promise<void> {
  const now = deps.clock();
  if ((await pulse.claim(now)) || isNew) {
    badges.restore();
    await restoreRunning(deps, rebuilder, now);
  }
  const { handedOnUntil, lagMs } = await readOutboxAge(deps.reads);
  if (lagMs < LAG_MAX_MS) await pulse.beat(handedOnUntil);
}

/** Rebuilds the running seasons that are not in Redis. */
async function restoreRunning(deps: RelayDeps, rebuilder: Rebuilder, now: Date): Promise<void> {
  const endedBefore = new Date(now.getTime() - RUNNING_DAYS * DAY_MS);
  for (const season of await listSeasons(deps.reads, { endedBefore })) {
    await restore(deps, rebuilder, season, 'MISSING');
  }
}

/** Somebody misses a board: `programId seasonId why`. Anybody may send a notice, so anything else is passed over. */
async function hearWish(deps: RelayDeps, rebuilder: Rebuilder, payload: string): Promise<void> {
  const [programId, seasonId, why] = payload.split(' ');
  if (programId === undefined || seasonId === undefined) return;
  try {
    const [season] = await readSeasons(deps.reads, programId, [seasonId]);
    if (season !== undefined) await restore(deps, rebuilder, season, why === 'ANEW' ? 'ANEW' : 'MISSING');
  } catch (error) {
    deps.log.warn({ err: error }, 'a wish for a rebuild could not be met');
  }
}

/** Rebuilds a season that is not in Redis; one that is there only when it shall be built anew. */
async function restore(deps: RelayDeps, rebuilder: Rebuilder, season: Season, why: 'MISSING' | 'ANEW'): Promise<void> {
  const reading = why === 'ANEW' ? null : await createBoardStore(deps.redis).read(boardOf(season), []);
  if (reading?.status !== 'LIVE') rebuilder.request(season, why);
}

type Wake = { call: () => void; wait: (ms: number) => Promise<boolean> };

/** A wait that a call ends early; a call while nobody waits ends the next wait at once. Resolves true when called. */
function createWake(): Wake {
  let called = false;
  let end: ((called: boolean) => void) | null = null;
  return {
    call: () => {
      if (end === null) called = true;
      else end(true);
    },
    wait: (ms) => {
      if (called) {
        called = false;
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        const timer = setTimeout(() => end?.(false), ms);
        end = (wasCalled) => {
          clearTimeout(timer);
          end = null;
          resolve(wasCalled);
        };
      });
    },
  };
}
