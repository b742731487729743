import { createHash } from 'node:crypto';

import { IdempotencyInProgressError, IdempotencyMismatchError, InvalidInputError } from '#domain/errors.ts';

import { databaseCode, inTransaction, type AppDeps, type Scope, type Tx } from './transaction.ts';

/** A mutation as it arrives: its schema name, the caller's key, and the coerced input that the key stands for. */
export type Command = { mutation: string; idempotencyKey: string; input: unknown };

/**
 * Runs a mutation at most once per (program, mutation, key). The same key and input answer the first result again with
 * `replayed: true`, also from another process and after a crash. Other input throws IdempotencyMismatchError; a first call
 * that is still running after the wait for a lock (3 s) throws IdempotencyInProgressError. A refusal rolls everything back and leaves the key
 * free, so that the same call may succeed later. `Result` must survive JSON.
 */
export async function mutate<Result extends object>(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result & { replayed: boolean }> {
  assertIdempotencyKey(command.idempotencyKey);
  const hash = inputHash(command.input);
  return inTransaction(deps, scope, async (tx) => {
    const stored = await claimKey(tx, command, hash);
    if (stored !== null) {
      if (!hash.equals(stored.input_hash)) throw new IdempotencyMismatchError();
      return { ...(stored.result as Result), replayed: true };
    }
    const result = await work(tx);
    await tx.query(
      '/* store-outcome */ update idempotency set result = $4 where program_id = $1 and mutation = $2 and key = $3',
      [tx.programId, command.mutation, command.idempotencyKey, JSON.stringify(result)],
    );
    return { ...result, replayed: false };
  });
}

/** Takes the key for this transaction, or returns what is stored under it. Waits for a first call that is still running. */
async function claimKey(
  tx: Tx,
  command: Command,
  hash: Buffer,
): Promise<{ input_hash: Buffer; result: unknown } | null> {
  const claimed = await tx
    .query(
      '/* claim-key */ insert into idempotency (program_id, mutation, key, input_hash) values ($1, $2, $3, $4) on conflict do nothing returning 1',
      [tx.programId, command.mutation, command.idempotencyKey, hash],
    )
    .catch((error: unknown) => {
      throw databaseCode(error) === '55P03' ? new IdempotencyInProgressError() : error;
    });
  if (claimed.length > 0) return null;
  const [stored] = await tx.query<{ input_hash: Buffer; result: unknown }>(
    '/* read-outcome */ select input_hash, result from idempotency where program_id = $1 and mutation = $2 and key = $3',
    [tx.programId, command.mutation, command.idempotencyKey],
  );
  if (stored === undefined) throw new IdempotencyInProgressError();
  return stored;
}

/** A key is 1 to 255 characters and not blank. Throws InvalidInputError, before any effect. */
export function assertIdempotencyKey(key: string): void {
  if (key.trim() === '' || [...key].length > 255 || key.includes('\0')) {
    throw new InvalidInputError('An idempotency key has 1 to 255 characters and is not blank.', ['idempotencyKey']);
  }
}

/** SHA-256 over the coerced input in canonical form: the order of fields, white space and literals do not matter. */
export function inputHash(input: unknown): Buffer {
  return createHash('sha256').update(canonical(input)).digest();
}

function canonical(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value).filter(([name, field]) => field !== undefined && name !== 'idempotencyKey');
    return `{${fields
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
