// Applies the checked-in migrations, in Prisma's own table format, so that `prisma migrate deploy` stays usable for
// those who have its native engine. Not done through Prisma's engine compiled to WebAssembly: its PostgreSQL adapter
// cuts a script at every semicolon, which breaks function bodies. Here each migration is one transaction together with
// its row in the table: it is there whole or not at all.
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { Client, DatabaseError } from 'pg';

import { SetupError } from './steps.mjs';

/** The advisory lock that Prisma's own engine takes, so that the two exclude each other as well. */
const PRISMA_LOCK = 72_707_369;
const TABLE = `
  CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum" VARCHAR(64) NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL,
    "logs" TEXT,
    "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
  )`;

export const MIGRATIONS_FOLDER = resolve(import.meta.dirname, '..', 'prisma', 'migrations');

export type Migration = { name: string; sql: string; checksum: string };
type AppliedRow = { migration_name: string; checksum: string; finished_at: Date | null };

/** The migrations of a checkout in the order in which they apply. */
export function readMigrations(folder: string = MIGRATIONS_FOLDER): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted()
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/** One mark for a set of migrations: equal marks, equal databases. */
export function migrationsMark(migrations: readonly Migration[]): string {
  const hash = createHash('sha256');
  for (const { name, checksum } of migrations) hash.update(`${name}:${checksum}\n`);
  return hash.digest('hex').slice(0, 16);
}

/**
 * Brings the database to the checkout's migration and answers the names it applied. Any number of processes may do
 * this at once. Refuses a database that another checkout moved on, or whose applied migrations read differently here.
 */
export async function migrate(
  databaseUrl: string,
  migrations: readonly Migration[] = readMigrations(),
): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK]);
    await client.query("SET client_min_messages = 'warning'");
    await refuseForeignTables(client);
    await client.query(TABLE);
    const applied = await appliedMigrations(client);
    refuseOtherHistory(applied, migrations);
    const pending = migrations.slice(applied.length);
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** A database with tables but without our history belongs to somebody else. */
async function refuseForeignTables(client: Client): Promise<void> {
  const { rows } = await client.query<{ ours: boolean; tables: number }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS ours,
            (SELECT count(*)::int FROM pg_tables WHERE schemaname = current_schema()) AS tables`,
  );
  if (rows[0]?.ours === false && rows[0].tables > 0) {
    throw new SetupError(
      'The database is not empty and its tables are not Laurel’s: name another one in DATABASE_URL.',
    );
  }
}

async function appliedMigrations(client: Client): Promise<AppliedRow[]> {
  const { rows } = await client.query<AppliedRow>(
    `SELECT migration_name, checksum, finished_at FROM "_prisma_migrations"
      WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
  return rows;
}

function refuseOtherHistory(applied: readonly AppliedRow[], migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of applied) {
    const migration = known.get(row.migration_name);
    if (migration === undefined) {
      throw new SetupError(
        `The database has migration ${row.migration_name}, which this checkout does not know: update the checkout, or use another database.`,
      );
    }
    if (row.finished_at === null) {
      throw new SetupError(
        `Migration ${row.migration_name} failed half-way in this database: mend it and mark it with prisma migrate resolve, or use another database.`,
      );
    }
    if (row.checksum !== migration.checksum) {
      throw new SetupError(
        `Migration ${row.migration_name} reads differently here than when the database got it: restore the file, or use another database.`,
      );
    }
  }
  const gap = migrations.slice(0, applied.length).find(({ name }, index) => applied[index]?.migration_name !== name);
  if (gap !== undefined) {
    throw new SetupError(
      `The database lacks migration ${gap.name} but has later ones: use another database, or give the migration a later date.`,
    );
  }
}

async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES ($1, $2, clock_timestamp(), $3, 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    if (!(error instanceof DatabaseError)) throw error;
    const line =
      error.position === undefined ? '' : ` at line ${sql.slice(0, Number(error.position)).split('\n').length}`;
    throw new SetupError(`Migration ${name} failed${line} and left nothing behind: ${error.message}.`);
  }
}
