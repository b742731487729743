// PostgreSQL and Redis of one run: throw-away data, but fsync on, as in production.
import { existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { Client } from 'pg';

import { startPostgres } from '../../setup/postgres.ts';
import { redisBinary, startRedis } from '../../setup/redis.ts';
import type { Servers } from '../../setup/servers.ts';
import { databaseUrlOf, ensureTemplate } from '../../setup/template.ts';

export type Stores = {
  adminUrl: string;
  postgresPid: number;
  postgresLog: string;
  redisPid: number;
  /** The address of a numbered Redis database, empty at the start of the run. */
  redisUrl: (number: number) => string;
  /** Creates a database with Laurel's tables and answers its address. */
  createLaurelDatabase: (name: string) => Promise<string>;
  /** Creates a database with nothing in it, for the limits and peers. */
  createEmptyDatabase: (name: string) => Promise<string>;
};

const REDIS_DATABASES = 16;

/** Starts both in `folder`; whoever owns `servers` stops them. */
export async function startStores(servers: Servers, folder: string, redisFolder: string): Promise<Stores> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const binary = await redisBinary(redisFolder, () => {});
  const postgres = await startPostgres({ servers, folder: join(folder, 'postgres'), durable: true });
  const redis = await startRedis({
    servers,
    binary,
    folder: join(folder, 'redis'),
    durable: false,
    databases: REDIS_DATABASES,
  });
  const adminUrl = postgres.url('postgres');
  const template = await ensureTemplate(adminUrl);
  const create = async (name: string, from: string): Promise<string> => {
    await runStatements(adminUrl, [`create database ${name} template ${from}`]);
    return databaseUrlOf(adminUrl, name);
  };
  return {
    adminUrl,
    postgresPid: postgres.server.pid,
    postgresLog: postgres.server.log,
    redisPid: redis.server.pid,
    redisUrl: (number) => redis.url(number),
    createLaurelDatabase: (name) => create(name, template),
    createEmptyDatabase: (name) => create(name, 'template0'),
  };
}

/** Removes what the stores kept, once they have stopped: below a closed home folder PostgreSQL's data stands elsewhere. */
export function removeStores(folder: string): void {
  for (const data of [join(folder, 'postgres'), join(folder, 'redis')]) {
    if (existsSync(data)) rmSync(realpathSync(data), { recursive: true, force: true });
    rmSync(data, { recursive: true, force: true });
  }
}

/** Runs statements one after another on a connection of their own and answers the rows of the last. */
export async function runStatements<Row>(url: string, statements: readonly string[]): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) ({ rows } = await client.query<Record<string, unknown>>(statement));
    return rows as Row[];
  } finally {
    await client.end();
  }
}

/** Writes out what is dirty, so that the next target does not pay for the last one's pages. */
export async function checkpoint(stores: Stores): Promise<void> {
  await runStatements(stores.adminUrl, ['checkpoint']);
}
