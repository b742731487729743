import type { Statements } from './postgres.ts';
import { arrayText, type Columns } from './sql/columns.ts';
import { insertPart, runParts } from './sql/statement-parts.ts';

/** One use of an idempotency key, with the hash of the input that it stands for. */
export type KeyClaim = { mutation: string; key: string; hash: Buffer };
export type StoredOutcome = { mutation: string; key: string; input_hash: Buffer; result: unknown };

/** What is stored under these keys; a key without an outcome is left out. */
export async function readOutcomes(
  statements: Statements,
  programId: string,
  claims: readonly KeyClaim[],
): Promise<Map<string, StoredOutcome>> {
  if (claims.length === 0) return new Map();
  const rows = await statements.query<StoredOutcome>(
    `/* read-outcomes */ select i.mutation, i.key, i.input_hash, i.result
    from unnest($2::text[], $3::text[]) as claim (mutation, key)
    join idempotency i on i.program_id = $1 and i.mutation = claim.mutation and i.key = claim.key`,
    [programId, arrayText(claims.map((claim) => claim.mutation)), arrayText(claims.map((claim) => claim.key))],
  );
  return new Map(rows.map((row) => [claimName(row), row]));
}

const OUTCOME: Columns<KeyClaim & { result: unknown }> = {
  mutation: ['text', (outcome) => outcome.mutation],
  key: ['text', (outcome) => outcome.key],
  input_hash: ['bytea', (outcome) => `\\x${outcome.hash.toString('hex')}`],
  result: ['json', (outcome) => JSON.stringify(outcome.result)],
};

/**
 * Writes the outcomes of this transaction's calls, and by that takes their keys: in sorted order, so that two flushes that
 * share keys cannot deadlock. Waits for a transaction that takes the same key at the same time and throws what
 * `isTakenKey` knows when that one committed; after the pool's lock timeout PostgreSQL's lock_not_available.
 */
export async function insertOutcomes(
  statements: Statements,
  programId: string,
  outcomes: readonly (KeyClaim & { result: unknown })[],
): Promise<void> {
  if (outcomes.length === 0) return;
  const sorted = outcomes.toSorted((a, b) => (claimName(a) < claimName(b) ? -1 : 1));
  await runParts(statements, 'insert-outcomes', [insertPart('idempotency', programId, OUTCOME, sorted)]);
}

/** Whether another transaction took one of the keys first. */
export function isTakenKey(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'idempotency_pkey';
}

/** A name for a key within one program. */
export function claimName(claim: { mutation: string; key: string }): string {
  return `${claim.mutation} ${claim.key}`;
}
