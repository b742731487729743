// Twenty customers with balances and company, from a random place among very many.
import { acceptData, httpTarget, startServer, stopServers, type Bench, type StartedServer } from '../harness/bench.ts';
import { addCustomers, customerPositions } from '../harness/customer-tables.ts';
import { atLeast, atMost, outcomeNamed, stackCpuUs, type Goal, type GoalResult } from '../harness/goal.ts';
import { postOnce, type HttpLoad } from '../harness/http-load.ts';
import { profileShortfall } from '../harness/laurel-profile.ts';
import { ask, createWorld, laurelLoad, startLaurel, walkCursors, type World } from '../harness/laurel.ts';
import { takeTurns, type Target } from '../harness/turns.ts';

const CONNECTIONS = 32;
const PLACES = 50;
const LIMIT = 'raw pg over node:http, JSON built in SQL';
const LAUREL = 'Laurel';
const POSTGRAPHILE = 'PostGraphile 5';
const STOCK = 'Yoga + Pothos + Prisma, join strategy';

const ORDER = 'orderBy: { field: CREATED_AT, direction: ASCENDING }';
const LAUREL_WALK = `query ($after: String) { customers(first: 100, after: $after, ${ORDER}) { pageInfo { endCursor } } }`;
const LAUREL_QUERY = `query ($after: String) { customers(first: 20, after: $after, ${ORDER}) { nodes {
  id externalId displayName account { id externalId name } balances { pending available held } } } }`;
const STOCK_QUERY = `query ($after: String!) { customers(first: 20, after: $after) {
  id externalId displayName account { id externalId name } balances { pending available held } } }`;

const postgraphileList = (world: World, first: number, selection: string): string =>
  `query ($after: Cursor) { customers: allCustomers(first: ${first}, after: $after, condition: { programId: "${world.programId}" }, orderBy: [CREATED_AT_ASC]) { ${selection} } }`;
const POSTGRAPHILE_NODES = `nodes { rowId externalId displayName
  accountByProgramIdAndAccountId { rowId externalId name }
  ledgerAccountsByProgramIdAndCustomerId { nodes { pending available held } } }`;

type Walked = { customers: { pageInfo: { endCursor: string } } };

async function run(bench: Bench): Promise<GoalResult> {
  const count = bench.options.quick ? 20_000 : 100_000;
  const world = await createWorld(bench, 'customer_list', 2);
  bench.progress(`making ${count} customers`);
  await addCustomers(world, count);
  const env = { DATABASE_URL: world.databaseUrl, PROGRAM_ID: world.programId };
  const laurel = await startLaurel(bench, world);
  const limit = await startServer(bench, { name: 'raw-customers', script: 'peers/raw-customers.ts', env });
  const postgraphile = await startServer(bench, {
    name: 'postgraphile',
    script: 'peers/graphql-16/postgraphile-customers.ts',
    env,
  });
  const stock = await startServer(bench, { name: 'yoga-customers', script: 'peers/prisma/yoga-customers.mjs', env });

  const own = await laurelListLoad(laurel, world);
  const positions = await customerPositions(world, PLACES);
  const targets: Target[] = [
    httpTarget(
      bench,
      { name: LIMIT, kind: 'limit' },
      limit,
      peerLoad(
        '/',
        positions.map((position) => JSON.stringify(position)),
      ),
    ),
    httpTarget(bench, { name: LAUREL, kind: 'laurel' }, laurel, own),
    httpTarget(
      bench,
      { name: POSTGRAPHILE, kind: 'peer' },
      postgraphile,
      peerLoad('/graphql', await postgraphileBodies(postgraphile, world)),
    ),
    httpTarget(
      bench,
      { name: STOCK, kind: 'peer' },
      stock,
      peerLoad(
        '/graphql',
        positions.map(({ id }) => bodyOf(STOCK_QUERY, id)),
      ),
    ),
  ];
  const outcomes = await takeTurns(targets, bench.options.timing, bench.progress);
  await stopServers(bench, [limit, laurel, postgraphile, stock]);

  const [limitOutcome, laurelOutcome] = [outcomeNamed(outcomes, LIMIT), outcomeNamed(outcomes, LAUREL)];
  const against = (name: string): number => laurelOutcome.perSecond / outcomeNamed(outcomes, name).perSecond;
  const claims = [
    atMost('server and PostgreSQL CPU against raw pg', 0.8, stackCpuUs(laurelOutcome) / stackCpuUs(limitOutcome)),
    atLeast('requests/s against PostGraphile 5', 2, against(POSTGRAPHILE)),
    atLeast('requests/s against the stock stack', 4, against(STOCK)),
  ];
  return {
    unit: 'requests',
    asked: `${CONNECTIONS} connections, 10 to the database. Twenty of ${count.toLocaleString('en-GB')} customers from one of ${PLACES} places in the list: id, external id, name, company (id, external id, name) and balances (pending, available, held), the same fields for all.`,
    outcomes,
    claims,
    notes: ['Tiers and badges, which the goal also names, do not exist yet: the lists are without them.'],
    profile: await profileShortfall(bench, claims, world, async (server) =>
      httpTarget(bench, { name: LAUREL, kind: 'laurel' }, server, await laurelListLoad(server, world)),
    ),
  };
}

async function laurelListLoad(server: StartedServer, world: World): Promise<Omit<HttpLoad, 'port'>> {
  const cursors = await walkCursors(
    async (after) => (await ask<Walked>(server, world, LAUREL_WALK, { after })).customers.pageInfo.endCursor,
    PLACES,
  );
  const load = laurelLoad(world, LAUREL_QUERY, (index) => ({ after: cursors[index % cursors.length] }));
  return { ...load, connections: CONNECTIONS, accept: acceptList };
}

async function postgraphileBodies({ port }: StartedServer, world: World): Promise<string[]> {
  const walk = postgraphileList(world, 100, 'pageInfo { endCursor }');
  const nextPage = async (after: string | null): Promise<string> => {
    const { answer } = await postOnce({ port, path: '/graphql', headers: {}, body: () => bodyOf(walk, after) });
    acceptData(answer);
    return (JSON.parse(answer) as { data: Walked }).data.customers.pageInfo.endCursor;
  };
  const query = postgraphileList(world, 20, POSTGRAPHILE_NODES);
  return (await walkCursors(nextPage, PLACES)).map((cursor) => bodyOf(query, cursor));
}

function bodyOf(query: string, after: string | null): string {
  return JSON.stringify({ query, variables: { after } });
}

/** One prepared body after another. */
function peerLoad(path: string, bodies: readonly string[]): Omit<HttpLoad, 'port'> {
  const body = (index: number): string => bodies[index % bodies.length] ?? '';
  return { path, headers: {}, connections: CONNECTIONS, body, accept: acceptList };
}

/** A short answer would be a page without customers. */
function acceptList(answer: string): number {
  if (answer.length < 2_000) throw new Error('the page is not full');
  return acceptData(answer);
}

export const customerList: Goal = { name: 'customer-list', title: 'Twenty customers with balances and company', run };
