import pg from 'pg';
import type { Logger } from 'pino';

import { NotFoundError, StateConflictError, UnavailableError } from '#domain/errors.ts';
import type { DomainEvent, EventBody } from '#domain/events.ts';
import type { Postgres, Statements } from '#storage/postgres.ts';

import type { CallerCache } from './caller/cache.ts';
import type { KeySets } from './identity-provider/key-sets.ts';
import type { Turns } from './ledger/turns.ts';
import type { Catalogues } from './program/catalogues.ts';

/** What every use case is given. */
export type AppDeps = {
  postgres: Postgres;
  /** The time of day; a TEST program may have its own, so use cases take `tx.now`. */
  clock: () => Date;
  /** A new UUIDv7. */
  newId: () => string;
  /** A whole number from 0 to `below`, exclusive: each equally likely, and none to be foretold. */
  chance: (below: number) => number;
  catalogues: Catalogues;
  callers: CallerCache;
  /** The keys of tenants' identity providers. */
  keySets: KeySets;
  /** Signs and verifies customer tokens. */
  tokenKey: Uint8Array;
  /** One after another, per customer. */
  turns: Turns;
  log: Logger;
};

/** Who acts, and in which program. The nil UUID stands for the installation itself. */
export type Scope = {
  programId: string;
  actor: string;
  /** Only for taking access away, and for archiving itself: an archived program takes no other writes. */
  archivedToo?: boolean;
};

export const INSTALLATION = '00000000-0000-0000-0000-000000000000';

/** One administrative change. It is filed under the transaction's program unless another one is named. */
export type AuditEntry = { action: string; subject: string; before?: unknown; after?: unknown; programId?: string };

/** One open transaction. Events and audit entries gathered here are written just before the commit. */
export type Tx = Statements & {
  readonly programId: string;
  readonly actor: string;
  /** The instant of this decision: the program's test clock where one is set. */
  readonly now: Date;
  emit(event: EventBody): void;
  audit(entry: AuditEntry): void;
};

const RETRIED = new Set(['40001', '40P01']);
const ATTEMPTS_MAX = 5;

/**
 * The only opener of transactions. Deadlocks and serialisation failures are run again, up to five times; a store that is
 * away becomes UnavailableError. Nothing that `work` emits reaches anybody unless the commit succeeds.
 */
export async function inTransaction<Result>(
  deps: AppDeps,
  scope: Scope,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptTransaction(deps, scope, work);
    } catch (error) {
      if (attempt < ATTEMPTS_MAX && RETRIED.has(databaseCode(error))) {
        await new Promise((resolve) => setTimeout(resolve, attempt * 5));
        continue;
      }
      throw isUnavailable(error)
        ? new UnavailableError('The database is away. Retry with the same idempotency key.', { cause: error })
        : error;
    }
  }
}

async function attemptTransaction<Result>(
  deps: AppDeps,
  scope: Scope,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  const client = await deps.postgres.connect();
  let broken: Error | undefined;
  // What was sent beside a statement that failed may go on; it must not write once the connection is no longer its own.
  let isOver = false;
  // A connection that breaks while it is checked out must not end the process.
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError);
  try {
    const events: DomainEvent[] = [];
    const audits: AuditEntry[] = [];
    const statements: Statements = {
      query: async <Row>(statement: string, values: readonly unknown[] = []) => {
        if (isOver) throw new Error('the transaction is over');
        return (await client.query(statement, values as unknown[])).rows as Row[];
      },
    };
    const [, now] = await Promise.all([client.query('begin'), openProgram(deps, scope, statements)]);
    const tx: Tx = {
      ...statements,
      programId: scope.programId,
      actor: scope.actor,
      now,
      emit: (event) => void events.push({ ...event, id: deps.newId(), at: now.toISOString() }),
      audit: (entry) => void audits.push(entry),
    };
    const result = await work(tx);
    // Sent at once: when one of the former fails, PostgreSQL takes the commit for a rollback.
    await Promise.all([writeAudits(deps, tx, audits), writeOutbox(deps, tx, events), client.query('commit')]);
    return result;
  } catch (error) {
    isOver = true;
    await client.query('rollback').catch((failure: Error) => void (broken = failure));
    throw error;
  } finally {
    isOver = true;
    client.off('error', onError);
    client.release(broken);
  }
}

/** The program's time, after a check that it exists and still takes writes. */
async function openProgram(deps: AppDeps, scope: Scope, statements: Statements): Promise<Date> {
  if (scope.programId === INSTALLATION) return deps.clock();
  const [program] = await statements.query<{ state: string; test_clock: Date | null }>(
    '/* open-program */ select state, test_clock from program where id = $1',
    [scope.programId],
  );
  if (program === undefined) throw new NotFoundError('program');
  if (program.state === 'ARCHIVED' && scope.archivedToo !== true)
    throw new StateConflictError('This program is archived and takes no more writes.', 'ARCHIVED');
  return program.test_clock ?? deps.clock();
}

/** One statement however many entries: a batch may change a thousand things. */
async function writeAudits(deps: AppDeps, tx: Tx, audits: AuditEntry[]): Promise<void> {
  if (audits.length === 0) return;
  await tx.query(
    `/* write-audits */ insert into audit_entry (actor, program_id, id, action, subject, before, after)
    select $1, * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[])`,
    [
      tx.actor,
      audits.map((entry) => entry.programId ?? tx.programId),
      audits.map(() => deps.newId()),
      audits.map((entry) => entry.action),
      audits.map((entry) => entry.subject),
      audits.map((entry) => json(entry.before)),
      audits.map((entry) => json(entry.after)),
    ],
  );
}

/** One row holds all events of the transaction; the notice wakes the relay at once. */
async function writeOutbox(deps: AppDeps, tx: Tx, events: DomainEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    `/* write-outbox */ with written as (insert into outbox (program_id, id, events) values ($1, $2, $3))
    select pg_notify('laurel_outbox', '')`,
    [tx.programId, deps.newId(), JSON.stringify(events)],
  );
}

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

/** PostgreSQL's five-character code of an error, or the empty string. */
export function databaseCode(error: unknown): string {
  return error instanceof pg.DatabaseError ? (error.code ?? '') : '';
}

/** Whether the database was not there, was shut down, or let a lock or statement wait too long: worth a retry. */
export function isUnavailable(error: unknown): boolean {
  const code = databaseCode(error);
  if (code !== '')
    return (
      code.startsWith('08') || code.startsWith('53') || code.startsWith('57') || code === '55P03' || RETRIED.has(code)
    );
  return (
    error instanceof Error &&
    /ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|terminated|timeout|Connection ended|not queryable/i.test(
      `${error.message} ${String((error as NodeJS.ErrnoException).code)}`,
    )
  );
}
