import { createHash } from 'node:crypto';

import { Client } from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';

import { migrate, type Migration } from '../../setup/migrate.ts';
import { emptyDatabase } from '../support/database.ts';

const FIRST = migration('20260101000000_first', 'CREATE TABLE first (id int); CREATE TABLE second (id int);');
const FUNCTION = migration(
  '20260102000000_function',
  `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no; never'; END; $$;`,
);

let url: string;
let client: Client;

beforeEach(async () => {
  const database = await emptyDatabase();
  url = database.url;
  client = new Client({ connectionString: url });
  await client.connect();
  return async () => {
    await client.end();
    await database.drop();
  };
});

describe('migrating', () => {
  it('applies what is missing, in order, and nothing twice', async () => {
    expect(await migrate(url, [FIRST])).toEqual([FIRST.name]);
    expect(await migrate(url, [FIRST, FUNCTION])).toEqual([FUNCTION.name]);
    expect(await migrate(url, [FIRST, FUNCTION])).toEqual([]);
    expect(await tables()).toEqual(['_prisma_migrations', 'first', 'second']);
  });

  it('writes the table as Prisma does', async () => {
    await migrate(url, [FIRST]);
    const { rows } = await client.query('SELECT * FROM _prisma_migrations');
    expect(rows).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        checksum: createHash('sha256').update(FIRST.sql).digest('hex'),
        migration_name: FIRST.name,
        started_at: expect.any(Date),
        finished_at: expect.any(Date),
        rolled_back_at: null,
        logs: null,
        applied_steps_count: 1,
      },
    ]);
  });

  it('applies each migration once when many processes begin at the same time', async () => {
    const applied = await Promise.all(Array.from({ length: 8 }, () => migrate(url, [FIRST, FUNCTION])));
    expect(applied.flat()).toEqual([FIRST.name, FUNCTION.name]);
  });

  it('leaves nothing behind of a migration that fails, and keeps those before it', async () => {
    const broken = migration('20260103000000_broken', 'CREATE TABLE third (id int);\nSELECT missing;');
    await expect(migrate(url, [FIRST, broken])).rejects.toThrow(/20260103000000_broken failed at line 2/);
    expect(await tables()).toEqual(['_prisma_migrations', 'first', 'second']);
    expect(await migrate(url, [FIRST])).toEqual([]);
  });

  it('refuses a database that has a migration which the checkout does not know', async () => {
    await migrate(url, [FIRST, FUNCTION]);
    await expect(migrate(url, [FIRST])).rejects.toThrow(/20260102000000_function, which this checkout does not know/);
  });

  it('refuses a migration that reads differently than when it was applied', async () => {
    await migrate(url, [FIRST]);
    await expect(migrate(url, [migration(FIRST.name, `${FIRST.sql} `)])).rejects.toThrow(/reads differently/);
  });

  it('refuses a migration dated before those that are applied', async () => {
    await migrate(url, [FUNCTION]);
    await expect(migrate(url, [FIRST, FUNCTION])).rejects.toThrow(/lacks migration 20260101000000_first/);
  });

  it('refuses a migration that another tool left half-way', async () => {
    await migrate(url, [FIRST]);
    await client.query('UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(migrate(url, [FIRST])).rejects.toThrow(/failed half-way/);
  });

  it('refuses a database with tables that are not Laurel’s, and does not touch it', async () => {
    await client.query('CREATE TABLE somebody_elses (id int)');
    await expect(migrate(url, [FIRST])).rejects.toThrow(/not empty/);
    expect(await tables()).toEqual(['somebody_elses']);
  });
});

async function tables(): Promise<string[]> {
  const { rows } = await client.query<{ tablename: string }>(
    `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
  );
  return rows.map(({ tablename }) => tablename);
}

function migration(name: string, sql: string): Migration {
  return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}
