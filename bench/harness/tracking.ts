// Laurel as a target of writes: a program with a rule and a board, fresh tables before each turn, and all its laws
// checked after each.
import { Redis } from 'ioredis';

import { checkInvariants } from '../../src/jobs/check-invariants.ts';
import { openPostgres, statementsOf } from '../../src/storage/postgres.ts';
import { MEMBERS } from './activity-tables.ts';
import { acceptData, httpTarget, type Bench, type StartedServer } from './bench.ts';
import { assertBoardIsRight, createBoard } from './board-check.ts';
import { addCustomers, customerExternalId } from './customer-tables.ts';
import { ask, createWorld, inWorld, laurelLoad, startLaurel, type World } from './laurel.ts';
import type { Sample } from './meter.ts';
import { checkpoint } from './stores.ts';
import type { Target } from './turns.ts';

export type TrackingLoad = {
  name: string;
  connections: number;
  /** How many activities one mutation carries. */
  batch: number;
  /** Over how many customers they go, turn and turn about. */
  customers: number;
  /** What the n-th activity carries; a purchase of AMOUNT when left out. */
  properties?: (index: number) => object;
  /** Points that each activity earns; null where the rules decide that one by one. */
  pointsEach?: number | null;
};

/** What `check` makes sure of; a turn that breaks it fails the goal. */
export const NOTHING_LOST = 'ledger sums = balances, activities = accepted, every law of the record, board ranks = SQL';

/** How long what was accepted may take to reach the ranked copy. */
const HANDED_ON_WITHIN_MS = 30_000;
const AMOUNT = '10.40';
const SINGLE = `mutation ($input: ActivityTrackInput!) { activityTrack(input: $input) {
  __typename ... on ActivityTrackPayload { activity { id } balances { available } } } }`;
const BATCH = `mutation ($input: ActivityTrackBatchInput!) { activityTrackBatch(input: $input) {
  __typename ... on ActivityTrackBatchPayload { items { status } } } }`;
const WRITTEN =
  'activity, activity_message, activity_reversal, activity_day, earning_counter, budget_usage, tier_day, tier_standing, tier_membership, ledger_transaction, lot, ledger_entry, hold, hold_lot, leaderboard_entry, idempotency, outbox, customer_event, inbox_item, audit_entry';

/** A program in which a purchase earns a point per whole unit of money and moves an all-time board. */
export async function createTrackingWorld(
  bench: Bench,
  name: string,
  redisNumber: number,
): Promise<{ world: World; server: StartedServer }> {
  const world = await createWorld(bench, name, redisNumber);
  await addCustomers(world, MEMBERS, '0');
  const server = await startLaurel(bench, world);
  await ask(
    server,
    world,
    'mutation ($input: ActivityTypeSaveInput!) { activityTypeSave(input: $input) { __typename } }',
    {
      input: {
        idempotencyKey: 'type',
        code: 'purchase',
        name: 'Purchase',
        properties: [{ name: 'amount', type: 'DECIMAL', required: true }],
      },
    },
  );
  const award = { perUnit: { property: 'amount', pointsPerUnit: '1', rounding: 'FLOOR' } };
  await ask(
    server,
    world,
    'mutation ($input: EarningRuleSaveInput!) { earningRuleSave(input: $input) { __typename } }',
    {
      input: {
        idempotencyKey: 'rule',
        rule: { code: 'spend', name: 'A point a unit', activityType: 'purchase', award },
      },
    },
  );
  await ask(server, world, 'mutation ($input: RuleSetPublishInput!) { ruleSetPublish(input: $input) { __typename } }', {
    input: { idempotencyKey: 'publish' },
  });
  await createBoard(server, world);
  return { world, server };
}

/** Laurel under a load of activities. */
export function trackingTarget(bench: Bench, world: World, server: StartedServer, load: TrackingLoad): Target {
  let turn = 0;
  const properties = load.properties ?? (() => ({ amount: AMOUNT }));
  const report = (index: number): object => ({
    type: 'purchase',
    customerExternalId: customerExternalId(1 + ((index * 104_729) % load.customers)),
    messageId: `${server.port}-${turn}-${index}`,
    properties: properties(index),
  });
  const input = (index: number): object => {
    const idempotencyKey = `${server.port}-${turn}-${load.batch}-${index}`;
    if (load.batch === 1) return { idempotencyKey, ...report(index) };
    const items = Array.from({ length: load.batch }, (_, place) => report(index * load.batch + place));
    return { idempotencyKey, items };
  };
  const { connections, batch } = load;
  const accept = (answer: string): number => {
    acceptData(answer);
    const tracked =
      batch === 1 ? Number(answer.includes('"ActivityTrackPayload"')) : answer.split('"TRACKED"').length - 1;
    if (tracked !== batch) throw new Error(`${tracked} of ${batch} were tracked`);
    return tracked;
  };
  const http = laurelLoad(world, batch === 1 ? SINGLE : BATCH, (index) => ({ input: input(index) }));
  return {
    ...httpTarget(bench, { name: load.name, kind: 'laurel' }, server, { ...http, connections, accept }),
    prepare: async () => {
      turn += 1;
      await emptyTables(bench, world);
    },
    check: (sample) => assertNothingLost(world, server, sample, load.pointsEach),
  };
}

/** The triggers that keep the ledger append-only are asked to look away; nothing but a benchmark may do that. */
async function emptyTables(bench: Bench, world: World): Promise<void> {
  await inWorld(
    world,
    'set session_replication_role = replica',
    `truncate ${WRITTEN}`,
    'update ledger_account set pending = 0, available = 0, held = 0, seq = 0, next_due_at = null where seq > 0',
    'vacuum analyze ledger_account',
  );
  const redis = new Redis(world.redisUrl);
  await redis.flushdb();
  redis.disconnect();
  await checkpoint(bench.stores);
}

async function assertNothingLost(
  world: World,
  server: StartedServer,
  { accepted }: Sample,
  pointsEach: number | null = Math.floor(Number(AMOUNT)),
): Promise<void> {
  await untilHandedOn(world);
  const [found] = await inWorld<Record<'activities' | 'earned' | 'balances' | 'scores', string>>(
    world,
    `select (select count(*) from activity) as activities,
            (select coalesce(sum(amount), 0) from ledger_transaction where kind = 'EARN') as earned,
            (select coalesce(sum(available), 0) from ledger_account) as balances,
            (select coalesce(sum(score), 0) from leaderboard_entry) as scores`,
  );
  const points = pointsEach === null ? found?.earned : String(accepted * pointsEach);
  const right =
    found?.activities === String(accepted) &&
    [found.earned, found.balances, found.scores].every((sum) => sum === points);
  if (!right) throw new Error(`${accepted} accepted for ${points} points, but the tables say ${JSON.stringify(found)}`);
  const pool = openPostgres(world.databaseUrl, 1, 5_000);
  try {
    // The tables were filled within seconds: without statistics the checks would be planned for empty ones.
    await pool.query('analyze');
    const offences = await checkInvariants(statementsOf(pool));
    if (offences.length > 0) throw new Error(`broken laws: ${JSON.stringify(offences).slice(0, 600)}`);
  } finally {
    await pool.end();
  }
  await assertBoardIsRight(server, world);
}

async function untilHandedOn(world: World): Promise<void> {
  const until = Date.now() + HANDED_ON_WITHIN_MS;
  for (;;) {
    const [left] = await inWorld<{ rows: string }>(world, 'select count(*) as rows from outbox');
    if (left?.rows === '0') return;
    if (Date.now() > until) throw new Error(`${left?.rows} events were not handed on in time`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
