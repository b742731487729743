// The migrated database that every test database is cloned from: a clone takes milliseconds, a migration does not.
import { Client } from 'pg';

import { migrate, migrationsMark, readMigrations } from './migrate.ts';

/** Any number that nothing else locks on: two runs on one server make the template once. */
const TEMPLATE_LOCK = 4_872_116;

/** Makes the template for the checkout's migrations on that server, unless it is there, and answers its name. */
export async function ensureTemplate(adminUrl: string): Promise<string> {
  const migrations = readMigrations();
  const name = `laurel_template_${migrationsMark(migrations)}`;
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 1) return name;
    // Under another name until it is whole, so that a run that died half-way is never cloned.
    const unfinished = `${name}_unfinished`;
    await client.query(`DROP DATABASE IF EXISTS "${unfinished}" WITH (FORCE)`);
    await client.query(`CREATE DATABASE "${unfinished}" TEMPLATE template0`);
    await migrate(databaseUrlOf(adminUrl, unfinished), migrations);
    await client.query(`ALTER DATABASE "${unfinished}" RENAME TO "${name}"`);
    return name;
  } finally {
    await client.end();
  }
}

/** The same server and user, another database. */
export function databaseUrlOf(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
