// The smallest query through the public endpoint, with every plugin on: authentication, pricing, throttling, limits.
import { acceptData, httpTarget, startServer, stopServers, type Bench } from '../harness/bench.ts';
import { atLeast, outcomeNamed, type Goal, type GoalResult } from '../harness/goal.ts';
import { profileShortfall } from '../harness/laurel-profile.ts';
import { createWorld, laurelLoad, startLaurel } from '../harness/laurel.ts';
import { takeTurns, type Target } from '../harness/turns.ts';

const CONNECTIONS = 32;
const LIMIT = 'raw node:http, constant JSON';
const LAUREL = 'Laurel';
const MERCURIUS = 'Mercurius + jit';
const APOLLO = 'Apollo Server';
const YOGA = 'Yoga as it comes';

async function run(bench: Bench): Promise<GoalResult> {
  const world = await createWorld(bench, 'smallest_query', 1);
  const laurel = await startLaurel(bench, world);
  const limit = await startServer(bench, { name: 'raw-hello', script: 'peers/raw-hello.ts' });
  const mercurius = await startServer(bench, {
    name: 'mercurius-hello',
    script: 'peers/graphql-16/mercurius-hello.ts',
  });
  const apollo = await startServer(bench, { name: 'apollo-hello', script: 'peers/graphql-16/apollo-hello.ts' });
  const yoga = await startServer(bench, { name: 'yoga-hello', script: 'peers/yoga-hello.ts' });

  const hello = {
    path: '/graphql',
    headers: {},
    connections: CONNECTIONS,
    body: () => '{"query":"{ hello }"}',
    accept: acceptData,
  };
  const own = { ...laurelLoad(world, '{ viewer { kind } }', () => ({})), connections: CONNECTIONS, accept: acceptData };
  const targets: Target[] = [
    httpTarget(bench, { name: LIMIT, kind: 'limit' }, limit, hello),
    httpTarget(bench, { name: LAUREL, kind: 'laurel' }, laurel, own),
    httpTarget(bench, { name: MERCURIUS, kind: 'peer' }, mercurius, hello),
    httpTarget(bench, { name: APOLLO, kind: 'peer' }, apollo, hello),
    httpTarget(bench, { name: YOGA, kind: 'peer' }, yoga, hello),
  ];
  const outcomes = await takeTurns(targets, bench.options.timing, bench.progress);
  await stopServers(bench, [limit, laurel, mercurius, apollo, yoga]);

  const perSecond = (name: string): number => outcomeNamed(outcomes, name).perSecond;
  const claims = [
    atLeast('requests/s against raw node:http', 0.65, perSecond(LAUREL) / perSecond(LIMIT)),
    atLeast('requests/s against Mercurius + jit', 1, perSecond(LAUREL) / perSecond(MERCURIUS)),
    atLeast('requests/s against Apollo Server', 4, perSecond(LAUREL) / perSecond(APOLLO)),
  ];
  return {
    unit: 'requests',
    asked: `${CONNECTIONS} connections. Laurel answers \`{ viewer { kind } }\` to a secret key, with authentication, pricing, throttling and all limits on; the others answer \`{ hello }\` with nothing on.`,
    outcomes,
    claims,
    notes: [],
    profile: await profileShortfall(bench, claims, world, (server) =>
      httpTarget(bench, { name: LAUREL, kind: 'laurel' }, server, own),
    ),
  };
}

export const smallestQuery: Goal = { name: 'smallest-query', title: 'Smallest query through the public endpoint', run };
