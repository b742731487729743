// The three tables that the limits and peers of the write goals share: made once, emptied before every turn, checked
// after it. Nothing is fast that loses points.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Bench } from './bench.ts';
import type { Sample } from './meter.ts';
import { checkpoint, runStatements } from './stores.ts';
import type { Target } from './turns.ts';

/** How many members the spread case spreads over. */
export const MEMBERS = 10_000;

const TABLES = readFileSync(join(import.meta.dirname, '..', 'peers', 'activity-tables.sql'), 'utf8');

/** Makes a database with the tables and answers its address. */
export async function createActivityTables(bench: Bench, name: string): Promise<string> {
  const url = await bench.stores.createEmptyDatabase(name);
  const members = `insert into balance select n, 0 from generate_series(1, ${MEMBERS}) as n`;
  await runStatements(url, [TABLES, members, 'analyze']);
  return url;
}

/** What every target on those tables does before and after its turn. */
export function onFreshTables(bench: Bench, url: string): Required<Pick<Target, 'prepare' | 'check'>> {
  return {
    prepare: async () => {
      const statements = ['truncate event, entry', 'update balance set points = 0 where points <> 0', 'vacuum balance'];
      await runStatements(url, statements);
      await checkpoint(bench.stores);
    },
    check: (sample) => assertNothingLost(url, sample),
  };
}

async function assertNothingLost(url: string, { accepted }: Sample): Promise<void> {
  const [sums] = await runStatements<Record<'events' | 'entries' | 'points' | 'balances', string>>(url, [
    `select (select count(*) from event) as events, (select count(*) from entry) as entries,
            (select coalesce(sum(amount), 0) from entry) as points, (select sum(points) from balance) as balances`,
  ]);
  const events = Number(sums?.events);
  if (events !== accepted || sums?.entries !== sums?.events || sums?.points !== sums?.balances) {
    throw new Error(`${accepted} accepted, but the tables say ${JSON.stringify(sums)}`);
  }
}
