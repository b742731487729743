// From an activity that was accepted to the board on a customer's screen.
import { publicId } from '../../src/domain/ids.ts';
import { stopServers, type Bench } from '../harness/bench.ts';
import { untilLive } from '../harness/board-tables.ts';
import { customerExternalId } from '../harness/customer-tables.ts';
import { atLeast, atMost, figure, type Goal, type GoalResult } from '../harness/goal.ts';
import { ask, inWorld, type World } from '../harness/laurel.ts';
import { rankLatencyTarget } from '../harness/rank-latency-load.ts';
import { createTrackingWorld } from '../harness/tracking.ts';
import { takeTurns } from '../harness/turns.ts';

const RATES = [10, 100, 1_000, 2_000] as const;
const AIM_RATE = 2_000;
const WIDGETS = 1_000;
const QUICK_WIDGETS = 200;
const ROWS = 20;
const SCORE_EACH = 10;
/** From this rate on a mutation carries several activities, as tenants' servers send them then. */
const BATCHED_FROM = 1_000;
const BATCH = 10;
const SUBSCRIPTION = `subscription { leaderboardChanged(code: "points", top: ${ROWS}) {
  cursor isSnapshot version top { left entered { position score customerId } updated { position score customerId } } } }`;
const TRACK =
  'mutation ($input: ActivityTrackBatchInput!) { activityTrackBatch(input: $input) { __typename ... on ActivityTrackBatchPayload { items { status } } } }';

type Row = { score: string; customerId: string };
type Message = {
  payload?: { data?: { leaderboardChanged: { top: { entered: Row[]; updated: Row[] } } } };
};

async function run(bench: Bench): Promise<GoalResult> {
  const { world, server } = await createTrackingWorld(bench, 'rank_latency', 9);
  let mutations = 0;
  const track = async (rows: readonly number[]): Promise<void> => {
    mutations += 1;
    const items = rows.map((row, index) => ({
      type: 'purchase',
      customerExternalId: customerExternalId(row + 1),
      messageId: `rank-${mutations}-${index}`,
      properties: { amount: `${SCORE_EACH}.00` },
    }));
    await ask(server, world, TRACK, { input: { idempotencyKey: `rank-${mutations}`, items } });
  };
  await track(Array.from({ length: ROWS }, (_, row) => row));
  await untilLive(server, world, 'points');
  const places = await placesOf(world);
  const scoresIn = (message: string): { row: number; score: number }[] => {
    const top = (JSON.parse(message) as Message).payload?.data?.leaderboardChanged.top;
    return [...(top?.entered ?? []), ...(top?.updated ?? [])].map(({ customerId, score }) => ({
      row: places.get(customerId) ?? ROWS,
      score: Number(score),
    }));
  };
  const widgets = bench.options.quick ? QUICK_WIDGETS : WIDGETS;
  const init = JSON.stringify({ type: 'connection_init', payload: world.headers });
  const hello = [init, JSON.stringify({ id: '1', type: 'subscribe', payload: { query: SUBSCRIPTION } })];
  const outcomes = await takeTurns(
    RATES.map((rate) =>
      rankLatencyTarget(bench, nameOf(rate), {
        ...{ server, rate, widgets, track, rows: ROWS, scoreEach: SCORE_EACH, scoresIn },
        batch: rate >= BATCHED_FROM ? BATCH : 1,
        hello: () => hello,
      }),
    ),
    bench.options.timing,
    bench.progress,
  );
  await stopServers(bench, [server]);
  const claims = RATES.flatMap((rate) => {
    const outcome = outcomes.find(({ name }) => name === nameOf(rate));
    const reached = atLeast(`${nameOf(rate)}: share of the rate that was sent`, 0.9, (outcome?.perSecond ?? 0) / rate);
    const late = atMost(`${nameOf(rate)}: p99 from accepted to shown, ms`, 100, outcome?.p99Ms ?? NaN);
    return rate === AIM_RATE ? [reached, late] : [late];
  });
  return {
    unit: 'activities',
    asked: `Activities of ${ROWS} customers come at a fixed rate, whatever the answers take (from ${figure(BATCHED_FROM)} a second on ${BATCH} a mutation); ${widgets.toLocaleString('en-GB')} widgets show the ${ROWS} first of the board. p50 and p99 count from the answer that accepted an activity to the message that shows its score, on twenty of the widgets. API, relay and sockets are one process, as \`npm start\` runs it.`,
    outcomes,
    claims,
    notes: [],
  };
}

/** The number of each customer, as `customerExternalId` counts them, by public id. */
async function placesOf(world: World): Promise<Map<string, number>> {
  const numbers = Array.from({ length: ROWS }, (_, row) => row);
  const list = numbers.map((row) => `'${customerExternalId(row + 1)}'`).join(', ');
  const found = await inWorld<{ id: string; external: string }>(
    world,
    `select id, external_id as external from customer where external_id in (${list})`,
  );
  const ids = new Map(found.map(({ id, external }) => [external, publicId('Customer', id)]));
  return new Map(numbers.map((row) => [ids.get(customerExternalId(row + 1)) ?? '', row]));
}

const nameOf = (rate: number): string => `${rate.toLocaleString('en-GB')} activities a second`;

export const rankLatency: Goal = { name: 'rank-latency', title: 'From an activity to the screen', run };
