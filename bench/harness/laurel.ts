// Laurel as a target: a program of its own in a database of its own, and `src/main.ts` as `npm start` runs it, API and
// worker in one process, with everything on.
import { setTimeout as sleep } from 'node:timers/promises';

import { SERVER_NODE_OPTIONS } from '../../setup/laurel-server.ts';
import { createProgram } from '../../src/app/program/create.ts';
import { readConfig } from '../../src/config.ts';
import { createDeps, type Deps } from '../../src/deps.ts';
import { startServer, type Bench, type StartedServer } from './bench.ts';
import { postOnce, type HttpLoad } from './http-load.ts';
import { runStatements } from './stores.ts';

/** One program with its owner's key. */
export type World = {
  databaseUrl: string;
  redisUrl: string;
  programId: string;
  currencyId: string;
  /** What Laurel is started with. */
  env: Record<string, string>;
  /** The owner's authorization. */
  headers: Record<string, string>;
};

const TOKEN_SECRET = 'only-for-benchmarks-on-throw-away-data';
const READY_WITHIN_MS = 30_000;
const ATTEMPTS_MAX = 10;
const RETRY_MS = 500;

/** Makes database and program. Each world of a run takes another numbered Redis database. */
export async function createWorld(bench: Bench, name: string, redisNumber: number): Promise<World> {
  const databaseUrl = await bench.stores.createLaurelDatabase(name);
  const redisUrl = bench.stores.redisUrl(redisNumber);
  const env = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    LAUREL_TOKEN_SECRET: TOKEN_SECRET,
    LAUREL_LOG_LEVEL: 'warn',
    // All of the load comes from one key: the throttle counts as ever, but has no reason to refuse.
    LAUREL_BUDGET_SECRET_KEY: '999999999/999999999',
  };
  return addProgram({ databaseUrl, redisUrl, env }, name);
}

/** One more program beside those of a world, in the same stores: what one server serves to two. */
export function addProgram(beside: Pick<World, 'databaseUrl' | 'redisUrl' | 'env'>, name: string): Promise<World> {
  return withDeps(beside, async (deps) => {
    const command = { mutation: 'programCreate', idempotencyKey: name, input: {} };
    const input = { name: 'Benchmarks', timeZone: 'UTC', currency: 'EUR', mode: 'LIVE' as const };
    const { programId, ownerSecret } = await createProgram(deps, 'operator:bench', command, input);
    const { defaultCurrency } = await deps.catalogues.current(programId);
    const headers = { authorization: `Bearer ${ownerSecret ?? ''}` };
    const { databaseUrl, redisUrl, env } = beside;
    return { databaseUrl, redisUrl, programId, currencyId: defaultCurrency.id, env, headers };
  });
}

/** Runs use cases on a world's stores from here, beside the server. */
export async function withDeps<Result>(
  { env }: Pick<World, 'env'>,
  use: (deps: Deps) => Promise<Result>,
): Promise<Result> {
  const deps = createDeps(readConfig({ ...env, PORT: '0', LAUREL_LOG_LEVEL: 'silent' }));
  try {
    return await use(deps);
  } finally {
    await deps.close();
  }
}

/** Starts Laurel on a world and resolves when it says that it is ready. */
export async function startLaurel(
  bench: Bench,
  world: World,
  nodeOptions: readonly string[] = [],
): Promise<StartedServer> {
  const server = await startServer(bench, {
    name: 'laurel',
    script: '../src/main.ts',
    env: world.env,
    nodeOptions: [...SERVER_NODE_OPTIONS, ...nodeOptions],
  });
  const until = Date.now() + READY_WITHIN_MS;
  while ((await fetch(`http://127.0.0.1:${server.port}/readyz`)).status !== 200) {
    if (Date.now() > until) throw new Error('Laurel did not become ready');
    await sleep(50);
  }
  return server;
}

/**
 * Asks Laurel once, and again when it says that a store did not answer in time, which is no wonder right after a turn.
 * Throws with the answer when there are other errors or a mutation was refused.
 */
export async function ask<Data>(
  server: StartedServer,
  world: World,
  query: string,
  variables: object = {},
): Promise<Data> {
  const load = laurelLoad(world, query, () => variables);
  for (let attempt = 1; ; attempt += 1) {
    const { answer } = await postOnce({ ...load, port: server.port });
    if (!answer.includes('"errors"') && !/"__typename":"[A-Za-z]*Error"/.test(answer)) {
      return (JSON.parse(answer) as { data: Data }).data;
    }
    if (attempt === ATTEMPTS_MAX || !answer.includes('"UNAVAILABLE"')) throw new Error(`${query}: ${answer}`);
    await sleep(RETRY_MS);
  }
}

/** The parts of a load that all loads of Laurel share. */
export function laurelLoad(
  world: World,
  query: string,
  variables: (index: number) => object,
): Pick<HttpLoad, 'path' | 'headers' | 'body'> {
  const start = `{"query":${JSON.stringify(query)},"variables":`;
  return { path: '/graphql', headers: world.headers, body: (index) => `${start}${JSON.stringify(variables(index))}}` };
}

/** The end cursors of successive pages of a list, as a GraphQL server hands them out: random places to read from. */
export async function walkCursors(
  nextPage: (after: string | null) => Promise<string>,
  pages: number,
): Promise<string[]> {
  const cursors: string[] = [];
  for (let page = 0; page < pages; page += 1) cursors.push(await nextPage(cursors.at(-1) ?? null));
  return cursors;
}

/** Runs statements on a world's database. */
export function inWorld<Row>(world: World, ...statements: string[]): Promise<Row[]> {
  return runStatements<Row>(world.databaseUrl, statements);
}
