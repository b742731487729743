import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { Command } from 'commander';

import type { Statements } from '#storage/postgres.ts';

import type { Cli } from './cli.ts';
import { addCommand, addGroup } from './command.ts';
import { formatTable } from './table.ts';

const FOLDER = resolve(import.meta.dirname, '..', '..', 'prisma', 'migrations');

type State = 'applied' | 'pending' | 'failed' | 'changed since' | 'unknown here';

/** laurel migrate status */
export function addMigrations(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'migrate', 'the database’s migrations');
  addCommand(cli, group, {
    usage: 'status',
    description: 'compare the database with the migrations of this version; exits with 1 unless all are applied',
    run: async (running) => {
      const migrations = await statusOf(running.deps().reads);
      const failed = migrations.some(({ state }) => state !== 'applied');
      const rows = migrations.map(({ name, state }) => [name, state]);
      return { json: { migrations, upToDate: !failed }, text: formatTable(['MIGRATION', 'STATE'], rows), failed };
    },
  });
}

async function statusOf(reads: Statements): Promise<{ name: string; state: State }[]> {
  const [table] = await reads.query<{ there: boolean }>(
    "select to_regclass('_prisma_migrations') is not null as there",
  );
  const rows = table?.there === true ? await appliedMigrations(reads) : [];
  const applied = new Map(rows.map((row) => [row.name, row]));
  const known = await checkedInMigrations();
  const here = [...known].map(([name, checksum]) => ({ name, state: stateOf(applied.get(name), checksum) }));
  const unknown = rows
    .filter(({ name }) => !known.has(name))
    .map(({ name }) => ({ name, state: 'unknown here' as const }));
  return [...here, ...unknown];
}

type Applied = { name: string; checksum: string; finished: boolean };

async function appliedMigrations(reads: Statements): Promise<Applied[]> {
  return reads.query<Applied>(
    `/* applied-migrations */ select migration_name as name, checksum, finished_at is not null as finished
     from _prisma_migrations where rolled_back_at is null order by migration_name`,
  );
}

function stateOf(row: Applied | undefined, checksum: string): State {
  if (row === undefined) return 'pending';
  if (!row.finished) return 'failed';
  return row.checksum === checksum ? 'applied' : 'changed since';
}

/** Names and checksums, as Prisma computes them, in the order in which they apply. */
async function checkedInMigrations(): Promise<Map<string, string>> {
  const entries = await readdir(FOLDER, { withFileTypes: true });
  const names = entries.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).toSorted();
  const files = await Promise.all(names.map((name) => readFile(join(FOLDER, name, 'migration.sql'))));
  return new Map(
    names.map((name, index) => [
      name,
      createHash('sha256')
        .update(files[index] ?? '')
        .digest('hex'),
    ]),
  );
}
