import type { Statements } from '../postgres.ts';
import { selectRows, type Bind, type Columns } from './columns.ts';

export type { Columns } from './columns.ts';

/** One insert or update that can run beside others in a single statement. */
export type StatementPart = { name: string; sql: (bind: Bind) => string };

/** Inserts rows. `onConflict` is the clause of that name, if any. */
export function insertPart<Row>(
  table: string,
  programId: string,
  columns: Columns<Row>,
  rows: readonly Row[],
  onConflict = '',
): StatementPart {
  return {
    name: `new_${table}`,
    sql: (bind) => `
      insert into ${table} (program_id, ${Object.keys(columns).join(', ')})
      select ${bind(programId, 'uuid')}, given.* from (${selectRows(columns, rows, bind)}) as given ${onConflict}`,
  };
}

/** Sets the columns of rows that exist, found by their `id`, which must be among the columns. */
export function updatePart<Row>(
  table: string,
  programId: string,
  columns: Columns<Row>,
  rows: readonly Row[],
): StatementPart {
  const names = Object.keys(columns);
  const assignments = names.filter((name) => name !== 'id').map((name) => `${name} = changed.${name}`);
  return {
    name: `changed_${table}`,
    sql: (bind) => `
      update ${table} as kept set ${assignments.join(', ')}
      from (${selectRows(columns, rows, bind)}) as changed
      where kept.program_id = ${bind(programId, 'uuid')} and kept.id = changed.id`,
  };
}

/**
 * Runs several inserts and updates as one statement and so in one round trip, for locks are held until the last. They see
 * the tables as they were before it, so no two may touch the same row; foreign keys and triggers look when all are done.
 */
export async function runParts(tx: Statements, name: string, parts: readonly StatementPart[]): Promise<void> {
  if (parts.length === 0) return;
  const values: unknown[] = [];
  const bind: Bind = (value, type) => `$${values.push(value)}::${type}`;
  const steps = parts.map((part) => `${part.name} as (${part.sql(bind)})`);
  await tx.query(`/* ${name} */ with ${steps.join(', ')} select`, values);
}
