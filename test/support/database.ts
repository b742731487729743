// A database of its own for every test file, cloned from the migrated template in some milliseconds.
import { randomBytes } from 'node:crypto';

import { Client } from 'pg';
import { afterAll, inject } from 'vitest';

import { databaseUrlOf } from '../../setup/template.ts';

export type TestDatabase = { url: string };

/**
 * A fresh, migrated and empty database. Call it at the top of a test file or of a `describe`, before making clients:
 * `const { url } = await testDatabase();`. It is dropped after the tests there, and after the `afterAll` hooks that
 * were registered later, so that clients can close first.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const database = await createDatabase();
  afterAll(() => database.drop());
  return { url: database.url };
}

type DroppableDatabase = TestDatabase & { drop: () => Promise<void> };

/** The same without the hook, for a test that wants to say itself when the database goes away. */
export function createDatabase(): Promise<DroppableDatabase> {
  return cloneOf(inject('template'));
}

/** A database without any table, for what migrates by itself. */
export function emptyDatabase(): Promise<DroppableDatabase> {
  return cloneOf('template0');
}

async function cloneOf(template: string): Promise<DroppableDatabase> {
  const adminUrl = inject('adminUrl');
  const name = `laurel_test_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, `CREATE DATABASE "${name}" TEMPLATE "${template}"`);
  return {
    url: databaseUrlOf(adminUrl, name),
    drop: () => asAdmin(adminUrl, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
  };
}

async function asAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
