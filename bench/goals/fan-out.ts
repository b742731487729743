// One change of a board to a thousand subscribers: a base line for the live part.
import { startServer, stopServers, type Bench, type StartedServer } from '../harness/bench.ts';
import { untilLive } from '../harness/board-tables.ts';
import { customerExternalId } from '../harness/customer-tables.ts';
import { fanOutTarget, gather, type Crowd } from '../harness/fan-out-load.ts';
import { atLeast, atMost, figure, outcomeNamed, type Goal, type GoalResult } from '../harness/goal.ts';
import { postOnce } from '../harness/http-load.ts';
import { profileShortfall } from '../harness/laurel-profile.ts';
import { ask, type World } from '../harness/laurel.ts';
import { LatencyHistogram } from '../harness/statistics.ts';
import { createTrackingWorld } from '../harness/tracking.ts';
import { takeTurns, type Target } from '../harness/turns.ts';

const SUBSCRIBERS = 1_000;
const ROWS = 20;
const TRIES = 5;
const LIMIT = 'raw ws, the same bytes';
const LAUREL = 'Laurel';
const STOCK = 'graphql-ws as it comes';
const SUBSCRIPTION = `subscription { leaderboardChanged(code: "points", top: ${ROWS}) {
  isSnapshot version entryCount top { left entered { rank score customerId } updated { rank position score customerId displayName } } } }`;
const TRACK =
  'mutation ($input: ActivityTrackBatchInput!) { activityTrackBatch(input: $input) { __typename ... on ActivityTrackBatchPayload { items { status } } } }';

type Audible = { crowd: Crowd; target: Target; sinceMade: LatencyHistogram };

async function run(bench: Bench): Promise<GoalResult> {
  const { world, server } = await createTrackingWorld(bench, 'fan_out', 8);
  const laurel = await laurelTarget(bench, server, world);
  const message = await oneMessage(laurel.crowd, () => change(server, world));
  const { data } = (JSON.parse(message) as { payload: { data: { leaderboardChanged: object } } }).payload;
  const event = JSON.stringify(data.leaderboardChanged);

  const raw = await startServer(bench, { name: 'raw-ws', script: 'peers/raw-ws.ts' });
  const stock = await startServer(bench, {
    name: 'graphql-ws-stock',
    script: 'peers/graphql-ws-stock.ts',
    env: { EXAMPLE: event },
  });
  const query = `subscription { changed ${selectionOf(data.leaderboardChanged)} }`;
  const limit = await peerTarget(bench, { name: LIMIT, kind: 'limit' }, raw, query, message);
  const peer = await peerTarget(bench, { name: STOCK, kind: 'peer' }, stock, query, event);
  const all = [limit, laurel, peer];
  const outcomes = await takeTurns(
    all.map(({ target }) => target),
    bench.options.timing,
    bench.progress,
  );
  for (const { crowd } of all) crowd.close();
  await stopServers(bench, [raw, stock, server]);

  const [ours, theirs, floor] = [LAUREL, STOCK, LIMIT].map((name) => outcomeNamed(outcomes, name)) as [
    Outcomes,
    Outcomes,
    Outcomes,
  ];
  const claims = [
    atMost('server CPU a message against raw ws', 1.15, ours.cpuUs.server / floor.cpuUs.server),
    atMost('p99 against raw ws', 1.2, ours.p99Ms / floor.p99Ms),
    atLeast('times less CPU than graphql-ws as it comes', 6, theirs.cpuUs.server / ours.cpuUs.server),
  ];
  return {
    unit: 'messages',
    asked: `${SUBSCRIBERS.toLocaleString('en-GB')} subscribers get one change of ${ROWS} rows (${message.length} bytes) after another; the next is made when everybody has the last. p50 and p99 count from the first subscriber who has a change to each other one. Laurel's CPU includes tracking the ${ROWS} activities that make the change; raw ws and graphql-ws are handed it.`,
    outcomes,
    claims,
    notes: [
      `From the mutation's first byte to a subscriber, commit, relay and coalescing (at most ten items a second) included, Laurel takes ${figure(laurel.sinceMade.quantile(0.5))} ms (p50) and ${figure(laurel.sinceMade.quantile(0.99))} ms (p99).`,
    ],
    profile: await profileShortfall(
      bench,
      claims,
      world,
      async (profiled) => (await laurelTarget(bench, profiled, world)).target,
    ),
  };
}

type Outcomes = ReturnType<typeof outcomeNamed>;

async function laurelTarget(bench: Bench, server: StartedServer, world: World): Promise<Audible> {
  // The rows that will move must be there before, or the first change would be another one than all that follow.
  await change(server, world);
  await untilLive(server, world, 'points');
  const init = JSON.stringify({ type: 'connection_init', payload: world.headers });
  const crowd = await gather(server, {
    size: SUBSCRIBERS,
    path: '/graphql',
    hello: [init, subscribeMessage(SUBSCRIPTION)],
    beginsWithSnapshot: true,
  });
  const sinceMade = new LatencyHistogram();
  const target = fanOutTarget(
    bench,
    { name: LAUREL, kind: 'laurel' },
    { server, crowd, sinceMade, change: () => change(server, world) },
  );
  return { crowd, target, sinceMade };
}

async function peerTarget(
  bench: Bench,
  target: Pick<Target, 'name' | 'kind'>,
  server: StartedServer,
  query: string,
  body: string,
): Promise<Audible> {
  const crowd = await gather(server, {
    size: SUBSCRIBERS,
    path: '/graphql',
    hello: ['{"type":"connection_init"}', subscribeMessage(query)],
    beginsWithSnapshot: false,
  });
  const sinceMade = new LatencyHistogram();
  const publish = async (): Promise<void> => {
    await postOnce({ port: server.port, path: '/', headers: {}, body: () => body });
  };
  return { crowd, sinceMade, target: fanOutTarget(bench, target, { server, crowd, sinceMade, change: publish }) };
}

let changes = 0;

/** The first twenty each earn as much again, so that every row of the list changes and none leaves it. */
async function change(server: StartedServer, world: World): Promise<void> {
  changes += 1;
  const items = Array.from({ length: ROWS }, (_, index) => ({
    type: 'purchase',
    customerExternalId: customerExternalId(index + 1),
    messageId: `fan-out-${changes}-${index}`,
    properties: { amount: '10.00' },
  }));
  await ask(server, world, TRACK, { input: { idempotencyKey: `fan-out-${changes}`, items } });
}

/** A message as changes bring it while all goes well. */
async function oneMessage(crowd: Crowd, make: () => Promise<void>): Promise<string> {
  for (let tries = 0; tries < TRIES && !crowd.lastMessage.includes('"isSnapshot":false'); tries += 1) {
    const everybody = crowd.nextChange(() => {});
    await Promise.all([make(), everybody]);
  }
  return crowd.lastMessage;
}

function subscribeMessage(query: string): string {
  return JSON.stringify({ id: '1', type: 'subscribe', payload: { query } });
}

/** The selection that asks for everything in the example. */
function selectionOf(value: unknown): string {
  if (Array.isArray(value)) return selectionOf(value[0]);
  if (value === null || typeof value !== 'object') return '';
  return `{ ${Object.entries(value)
    .map(([field, inner]) => `${field} ${selectionOf(inner)}`)
    .join(' ')} }`;
}

export const fanOut: Goal = { name: 'fan-out', title: 'One change to a thousand subscribers', run };
