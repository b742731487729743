// One change of a board to a thousand, five thousand and ten thousand subscribers.
import { randomUUID } from 'node:crypto';

import { startServer, stopServers, type Bench, type StartedServer } from '../harness/bench.ts';
import { untilLive } from '../harness/board-tables.ts';
import { customerExternalId } from '../harness/customer-tables.ts';
import { fanOutTarget, gather, type FanOut } from '../harness/fan-out-load.ts';
import { memoryInTurns, type Held } from '../harness/fan-out-memory.ts';
import { atLeast, atMost, figure, outcomeNamed, type Claim, type Goal, type GoalResult } from '../harness/goal.ts';
import { postOnce } from '../harness/http-load.ts';
import { profileShortfall } from '../harness/laurel-profile.ts';
import { ask, startLaurel, type World } from '../harness/laurel.ts';
import { LatencyHistogram } from '../harness/statistics.ts';
import { createTrackingWorld } from '../harness/tracking.ts';
import { takeTurns, type Outcome, type Target } from '../harness/turns.ts';

const SIZES = [1_000, 5_000, 10_000] as const;
const [SMALL, MIDDLE] = SIZES;
const QUICK_SIZES = [SMALL] as const;
const ROWS = 20;
const TRIES = 20;
const LIMIT = 'raw ws, the same bytes';
const ANY = 'Laurel, any client';
const OWN = 'Laurel, own widget';
const STOCK = 'graphql-ws as it comes';
const SUBSCRIPTION = `subscription { leaderboardChanged(code: "points", top: ${ROWS}) {
  isSnapshot version entryCount top { left entered { rank score customerId } updated { rank position score customerId displayName } } } }`;
const TRACK =
  'mutation ($input: ActivityTrackBatchInput!) { activityTrackBatch(input: $input) { __typename ... on ActivityTrackBatchPayload { items { status } } } }';

type Who = { name: string; kind: Target['kind'] };
/** A kind of server with its subscribers, whatever their number. */
type Cast = Who & Pick<FanOut, 'server' | 'change'> & { hello: (number: number) => string[]; hasSnapshot: boolean };
type Part = Who & { size: number; target: Target; fanOut: FanOut };

async function run(bench: Bench): Promise<GoalResult> {
  const { world, server: tracker } = await createTrackingWorld(bench, 'fan_out', 8);
  // The rows that will move must be there before, or the first change would be another one than all that follow.
  await change(tracker, world);
  await untilLive(tracker, world, 'points');
  // Subscribers have a process of their own, as large installations run it; what tracks and relays is not its work.
  const server = await startLaurel(bench, apiOf(world));
  const message = await oneMessage(server, world, () => change(tracker, world));
  const { data } = (JSON.parse(message) as { payload: { data: { leaderboardChanged: object } } }).payload;
  const event = JSON.stringify(data.leaderboardChanged);
  const query = `subscription { changed ${selectionOf(data.leaderboardChanged)} }`;
  const rawStart = { name: 'raw-ws', script: 'peers/raw-ws.ts' };
  const stockStart = { name: 'graphql-ws-stock', script: 'peers/graphql-ws-stock.ts', env: { EXAMPLE: event } };
  const raw = await startServer(bench, rawStart);
  const stock = await startServer(bench, stockStart);
  const rawOn = (on: StartedServer): Cast => peerCast({ name: LIMIT, kind: 'limit' }, on, query, message);
  const anyOn = (on: StartedServer): Cast => laurelCast(ANY, on, tracker, world);
  const stockOn = (on: StartedServer): Cast => peerCast({ name: STOCK, kind: 'peer' }, on, query, event);
  const casts = [rawOn(raw), anyOn(server), laurelCast(OWN, server, tracker, world), stockOn(stock)];
  const sizes = bench.options.quick ? QUICK_SIZES : SIZES;
  const parts = sizes.flatMap((size) => casts.map((cast) => partOf(bench, cast, size)));
  const outcomes = await takeTurns(
    parts.map(({ target }) => target),
    bench.options.timing,
    bench.progress,
  );
  await stopServers(bench, [raw, stock, server]);
  const held = bench.options.quick
    ? []
    : await memoryInTurns(bench, [
        { name: LIMIT, start: () => startServer(bench, rawStart), on: (on) => loadOf(rawOn(on), MIDDLE) },
        { name: ANY, start: () => startLaurel(bench, apiOf(world)), on: (on) => loadOf(anyOn(on), MIDDLE) },
        { name: STOCK, start: () => startServer(bench, stockStart), on: (on) => loadOf(stockOn(on), MIDDLE) },
      ]);
  const claims = [
    ...sizes.flatMap((size) => claimsOf(outcomes, size)),
    ...growthClaims(outcomes, sizes),
    ...memoryClaims(held),
  ];
  return {
    unit: 'messages',
    asked: `Subscribers get one change of ${ROWS} rows (${message.length} bytes) after another; the next is made when everybody has the last. p50 and p99 count from the first subscriber who has a change to each other one. Laurel's subscribers are on an API process of their own: its CPU is told, from Redis' announcement to the last frame, reading the board included; activities are tracked and relayed by another process, as raw ws and graphql-ws are handed the change by a POST. Any client takes an id of its own (a UUID), the own widget always the same. All callers hold one key. graphql-ws as it comes executes the same selection over the same types once a subscriber, with plain objects behind it.`,
    outcomes,
    claims,
    notes: [latencyNote(parts), ...held.map(memoryNote)],
    profile: await profileShortfall(
      bench,
      claims,
      apiOf(world),
      (profiled) => partOf(bench, laurelCast(ANY, profiled, tracker, world), SMALL).target,
    ),
  };
}

const apiOf = (world: World): World => ({ ...world, env: { ...world.env, LAUREL_ROLE: 'api' } });
const nameOf = (who: string, size: number): string => `${who}, ${size.toLocaleString('en-GB')}`;

function claimsOf(outcomes: readonly Outcome[], size: number): Claim[] {
  const of = (who: string): Outcome => outcomeNamed(outcomes, nameOf(who, size));
  const [limit, any, own] = [of(LIMIT), of(ANY), of(OWN)];
  const to = `${size.toLocaleString('en-GB')} subscribers`;
  return [
    atMost(`${to}, any client: CPU a message against raw ws`, 1.15, any.cpuUs.server / limit.cpuUs.server),
    atMost(`${to}, own widget: CPU a message against raw ws`, 1, own.cpuUs.server / limit.cpuUs.server),
    atMost(`${to}, any client: p99 against raw ws`, 1.2, any.p99Ms / limit.p99Ms),
    atLeast(
      `${to}, any client: times less CPU than graphql-ws as it comes`,
      6,
      of(STOCK).cpuUs.server / any.cpuUs.server,
    ),
  ];
}

function growthClaims(outcomes: readonly Outcome[], sizes: readonly number[]): Claim[] {
  const largest = Math.max(...sizes);
  if (largest === SMALL) return [];
  const cpuOf = (size: number): number => outcomeNamed(outcomes, nameOf(ANY, size)).cpuUs.server;
  return [
    atMost('any client: growth of CPU a message from fewest to most subscribers', 1.1, cpuOf(largest) / cpuOf(SMALL)),
  ];
}

function memoryClaims(held: readonly Held[]): Claim[] {
  const [limit, any] = [LIMIT, ANY].map((name) => held.find((each) => each.name === name));
  if (limit === undefined || any === undefined) return [];
  const size = MIDDLE.toLocaleString('en-GB');
  return [
    atMost(`memory of the process with ${size} subscribers against raw ws`, 1.2, any.bytes / limit.bytes),
    atMost(`memory that each of ${size} subscribers adds against raw ws`, 1.2, any.bytesEach / limit.bytesEach),
  ];
}

function memoryNote({ name, bytes, bytesEach }: Held): string {
  return `Memory of ${name} with ${MIDDLE.toLocaleString('en-GB')} subscribers, in a process of its own: ${figure(bytes / 1e6)} MB; each of them added ${figure(bytesEach / 1e3)} kB.`;
}

function latencyNote(parts: readonly Part[]): string {
  const told = parts
    .filter(({ name }) => name === ANY)
    .map(({ size, fanOut: { sinceMade } }) => {
      const [p50, p99] = [sinceMade.quantile(0.5), sinceMade.quantile(0.99)];
      return `${figure(p50)} ms (p50) and ${figure(p99)} ms (p99) with ${size.toLocaleString('en-GB')} subscribers`;
    });
  return `From the mutation's first byte to a subscriber, commit, relay and coalescing (at most twenty items a second) included: ${told.join(', ')}.`;
}

function loadOf({ change: make, hello, hasSnapshot }: Cast, size: number): Pick<FanOut, 'audience' | 'change'> {
  return { change: make, audience: { size, path: '/graphql', hello, beginsWithSnapshot: hasSnapshot } };
}

function partOf(bench: Bench, cast: Cast, size: number): Part {
  const { name, kind, server } = cast;
  const fanOut: FanOut = { server, ...loadOf(cast, size), sinceMade: new LatencyHistogram() };
  return { name, kind, size, fanOut, target: fanOutTarget(bench, { name: nameOf(name, size), kind }, fanOut) };
}

function laurelCast(name: typeof ANY | typeof OWN, server: StartedServer, tracker: StartedServer, world: World): Cast {
  const init = JSON.stringify({ type: 'connection_init', payload: world.headers });
  return {
    name,
    kind: 'laurel',
    server,
    change: () => change(tracker, world),
    hello: () => [init, subscribeMessage(SUBSCRIPTION, name === OWN ? '1' : randomUUID())],
    hasSnapshot: true,
  };
}

function peerCast(who: Who, server: StartedServer, query: string, body: string): Cast {
  return {
    ...who,
    server,
    change: async () => {
      await postOnce({ port: server.port, path: '/', headers: {}, body: () => body });
    },
    hello: () => ['{"type":"connection_init"}', subscribeMessage(query, '1')],
    hasSnapshot: false,
  };
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
async function oneMessage(server: StartedServer, world: World, make: () => Promise<void>): Promise<string> {
  const init = JSON.stringify({ type: 'connection_init', payload: world.headers });
  const one = await gather(server, {
    size: 1,
    path: '/graphql',
    hello: () => [init, subscribeMessage(SUBSCRIPTION, '1')],
    beginsWithSnapshot: true,
  });
  for (let tries = 0; tries < TRIES && !one.lastMessage.includes('"isSnapshot":false'); tries += 1) {
    const everybody = one.nextChange(() => {});
    await Promise.all([make(), everybody]);
  }
  one.close();
  return one.lastMessage;
}

function subscribeMessage(query: string, id: string): string {
  return JSON.stringify({ id, type: 'subscribe', payload: { query } });
}

/** The selection that asks for everything in the example. */
function selectionOf(value: unknown): string {
  if (Array.isArray(value)) return selectionOf(value[0]);
  if (value === null || typeof value !== 'object') return '';
  return `{ ${Object.entries(value)
    .map(([field, inner]) => `${field} ${selectionOf(inner)}`)
    .join(' ')} }`;
}

export const fanOut: Goal = { name: 'fan-out', title: 'One change to thousands of subscribers', run };
