import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { ROOT } from '../architecture/tree.ts';
import { testDatabase } from '../support/database.ts';
import { testDeps } from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

/** Tables that only hand-written statements touch. */
const BY_HAND = new Set([
  'activity_day',
  'activity_message',
  'budget_usage',
  'customer_event',
  'earning_counter',
  'hold_lot',
  'inbox_item',
  'leaderboard_entry',
  'outbox',
]);

type Column = { table: string; column: string; nullable: boolean };

/** Scalar fields of the Prisma models, as the columns that they claim. */
function claimedColumns(): Column[] {
  const folder = join(ROOT, 'prisma', 'schema');
  const text = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const models = [...text.matchAll(/^model (\w+) \{([\s\S]*?)^\}/gm)];
  const names = new Set(models.map(([, name]) => name));
  return models.flatMap(([, , body = '']) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? '';
    const fields = [...body.matchAll(/^ {2}(\w+)\s+(\w+)(\?|\[\])?(.*)$/gm)].filter(
      ([, , type = '']) => !names.has(type),
    );
    return fields.map(([, field = '', , mark, rest = '']) => ({
      table,
      column: /@map\("(\w+)"\)/.exec(rest)?.[1] ?? field,
      nullable: mark === '?',
    }));
  });
}

test('the Prisma schema names the tables and columns that the migrations make, and no others', async () => {
  const actual = await deps.reads.query<Column>(
    `select c.relname as table, a.attname as column, not a.attnotnull as nullable
     from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and a.attnum > 0 and not a.attisdropped and c.relname not like '\\_%'`,
  );
  const told = actual.filter(({ table }) => !BY_HAND.has(table) && !table.startsWith('_'));
  const claimed = claimedColumns();
  const name = ({ table, column }: Column): string => `${table}.${column}`;
  const real = new Map(told.map((column) => [name(column), column]));
  expect(claimed.filter((column) => !real.has(name(column))).map(name)).toEqual([]);
  // A list is empty and never null to Prisma, whatever the column allows.
  const lists = new Set(['api_key.scopes', 'activity_reversal.line_ids']);
  expect(
    claimed
      .filter((column) => !lists.has(name(column)) && real.get(name(column))?.nullable !== column.nullable)
      .map(name),
  ).toEqual([]);
  const known = new Set(claimed.map(name));
  expect(told.filter((column) => !known.has(name(column))).map(name)).toEqual(['customer.tokens_valid_from']);
});
