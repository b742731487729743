// What the environment gives: DATABASE_URL, REDIS_URL and PORT, each checked before anything else happens, each wrong
// one answered with one line that says what to do.
import process from 'node:process';

import { Redis } from 'ioredis';
import { Client, DatabaseError } from 'pg';

import { freePort, freePortFrom, portIsFree } from './ports.ts';
import { SetupError, note } from './steps.mjs';
import { databaseUrlOf } from './template.ts';

const OLDEST_POSTGRES = 15;
const OLDEST_REDIS = 7;
const CONNECT_WITHIN_MS = 8_000;
export const DEFAULT_PORT = 4000;

/** A variable of the environment; an empty one counts as not set. */
export function given(name: 'DATABASE_URL' | 'REDIS_URL' | 'PORT' | 'LAUREL_TOKEN_SECRET'): string | undefined {
  const value = process.env[name]?.trim();
  return value === '' ? undefined : value;
}

/** The port to serve on: the given one or nothing else, the default one or the next that is free. */
export async function choosePort(): Promise<number> {
  const text = given('PORT');
  if (text === undefined) {
    if (await portIsFree(DEFAULT_PORT)) return DEFAULT_PORT;
    const port = await freePortFrom(DEFAULT_PORT + 1);
    note(`· Port ${DEFAULT_PORT} is taken by something else, so it is ${port} this time; PORT chooses another.`);
    return port;
  }
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new SetupError(`PORT is "${text}", which is no port: give a number from 1 to 65535.`);
  }
  if (port === 0) return freePort();
  if (!(await portIsFree(port))) {
    throw new SetupError(
      `Port ${port} is in use by something else or not open to this user: free it, or give another with PORT.`,
    );
  }
  return port;
}

/** Makes sure that this PostgreSQL can be used, creating the named database when it is missing. Tells what it found. */
export async function checkDatabase(url: string): Promise<string> {
  const parsed = parseUrl(
    'DATABASE_URL',
    url,
    ['postgresql:', 'postgres:'],
    'postgresql://user:password@host:5432/laurel',
  );
  const name = decodeURIComponent(parsed.pathname.slice(1));
  if (name === '')
    throw new SetupError('DATABASE_URL names no database: end it with one, as in postgresql://host:5432/laurel.');
  try {
    return `${await databaseVersion(url)}, database ${name}`;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== '3D000') throw databaseTrouble(error, parsed);
  }
  try {
    await withClient(databaseUrlOf(url, 'postgres'), (client) =>
      client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`),
    );
    return `${await databaseVersion(url)}, created the database ${name}`;
  } catch (error) {
    throw new SetupError(
      `There is no database ${name} on ${parsed.host} and it could not be created (${messageOf(error)}): create it.`,
    );
  }
}

async function databaseVersion(url: string): Promise<string> {
  const { rows } = await withClient(url, (client) =>
    client.query<{ number: number; may: boolean }>(
      `SELECT current_setting('server_version_num')::int AS number,
              has_schema_privilege(current_schema(), 'CREATE') AS may`,
    ),
  );
  const { number, may } = rows[0] ?? { number: 0, may: false };
  const major = Math.floor(number / 10_000);
  if (major < OLDEST_POSTGRES) {
    throw new SetupError(`DATABASE_URL leads to PostgreSQL ${major}; Laurel needs ${OLDEST_POSTGRES} or newer.`);
  }
  if (!may)
    throw new SetupError(
      'The user in DATABASE_URL may not create tables there: grant it CREATE on the schema, or make it the owner.',
    );
  return `PostgreSQL ${major}`;
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

function databaseTrouble(error: unknown, { host, username }: URL): SetupError {
  if (error instanceof SetupError) return error;
  const code = codeOf(error);
  if (code === '28P01' || code === '28000') {
    return new SetupError(
      `PostgreSQL at ${host} does not let ${username || 'this user'} in: check user and password in DATABASE_URL.`,
    );
  }
  return new SetupError(
    `DATABASE_URL: no PostgreSQL at ${host} can be reached (${reasonOf(error)}): start it, or unset DATABASE_URL to use the embedded one.`,
  );
}

/** Makes sure that the given Redis can be used. Tells its version. */
export async function checkRedis(url: string): Promise<string> {
  const { host } = parseUrl('REDIS_URL', url, ['redis:', 'rediss:'], 'redis://host:6379/0');
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_WITHIN_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  let trouble: unknown;
  client.on('error', (error) => {
    trouble ??= error;
  });
  let version: string;
  try {
    await client.connect();
    version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? '0';
  } catch (error) {
    const why = messageOf(error);
    if (/NOAUTH|WRONGPASS/.test(why))
      throw new SetupError(`Redis at ${host} wants another password: check the one in REDIS_URL.`);
    throw new SetupError(
      `REDIS_URL: no Redis at ${host} can be reached (${reasonOf(trouble ?? error)}): start it, or unset REDIS_URL to use a local one.`,
    );
  } finally {
    client.disconnect();
  }
  if (Number(version.split('.')[0]) < OLDEST_REDIS) {
    throw new SetupError(
      `REDIS_URL leads to Redis ${version}; Laurel needs Redis ${OLDEST_REDIS} or newer, or Valkey.`,
    );
  }
  return `Redis ${version}`;
}

function parseUrl(name: string, text: string, protocols: readonly string[], example: string): URL {
  if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol) || new URL(text).host === '') {
    throw new SetupError(`${name} is not an address such as ${example}.`);
  }
  return new URL(text);
}

function reasonOf(error: unknown): string {
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'the connection was refused',
    ENOTFOUND: 'the host name is not known',
    EAI_AGAIN: 'the host name could not be looked up',
    ETIMEDOUT: 'there was no answer in time',
    EHOSTUNREACH: 'there is no way to the host',
    ECONNRESET: 'the connection was cut',
  };
  return reasons[codeOf(error)] ?? messageOf(error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
