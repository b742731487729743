import pg from 'pg';

/**
 * The connection pool for hand-written statements and all writes. bigint columns come as numbers: every one of them is
 * checked to stay within ±(2^53−1). Timestamps come as Date, dates as text.
 */
export type Postgres = pg.Pool;

const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
    if (oid === pg.types.builtins.INT8) return Number;
    if (oid === pg.types.builtins.DATE) return String;
    if (oid === pg.types.builtins.TIMESTAMPTZ) return parseInstant;
    return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
  },
};

const parseAnyInstant = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ, 'text') as (text: string) => unknown;

/**
 * An instant as PostgreSQL prints it. In UTC, which is how the pool speaks, it is one blank and one zone away from what
 * the runtime parses by itself, many times faster than a regular expression; the rest (infinity, years BC) goes the long way.
 */
function parseInstant(text: string): unknown {
  if (text.length < 22 || text.length > 29 || !text.endsWith('+00')) return parseAnyInstant(text);
  return new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
}

/** Opens a pool. Waits for a connection are cut after `waitMs`, statements after 15 s, waits for a lock after 3 s. */
export function openPostgres(url: string, size: number, waitMs: number): Postgres {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    types,
    // Statements of a transaction that do not need each other's answers are sent at once and share a round trip.
    pipeline: true,
    connectionTimeoutMillis: waitMs,
    statement_timeout: 15_000,
    lock_timeout: 3_000,
    idle_in_transaction_session_timeout: 30_000,
    application_name: 'laurel',
    options: '-c TimeZone=UTC',
  });
  // A database restart breaks idle connections; without a listener that would end the process.
  pool.on('error', () => undefined);
  return pool;
}

/**
 * Anything that runs a statement: the pool, or one open transaction. A `name` asks for the statement to be parsed and planned
 * once a connection; it must belong to that text alone, and there must be few such texts, as connections keep them.
 */
export type Statements = { query<Row>(statement: string, values?: readonly unknown[], name?: string): Promise<Row[]> };

/** Statements outside any transaction, each on a connection of the pool. */
export function statementsOf(pool: Postgres): Statements {
  return {
    async query<Row>(statement: string, values: readonly unknown[] = [], name?: string): Promise<Row[]> {
      const named = name === undefined ? {} : { name };
      const result = await pool.query({ text: statement, values: values as unknown[], ...named });
      return result.rows as Row[];
    },
  };
}

/** The row of a statement that always gives one. Throws when it gave none, which is a fault of ours. */
export function onlyRow<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error('a statement that gives one row gave none');
  return row;
}
