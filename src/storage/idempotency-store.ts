import type { Statements } from './postgres.ts';

/** One use of an idempotency key, with the hash of the input that it stands for. */
export type KeyClaim = { mutation: string; key: string; hash: Buffer };
export type StoredOutcome = { mutation: string; key: string; input_hash: Buffer; result: unknown };

/**
 * Takes many keys for this transaction, in sorted order so that two flushes cannot deadlock on shared keys. Returns those
 * that were free. Waits for calls that still run elsewhere; after the pool's lock timeout PostgreSQL's lock_not_available is thrown.
 */
export async function claimKeys(
  statements: Statements,
  programId: string,
  claims: readonly KeyClaim[],
): Promise<Set<string>> {
  const sorted = claims.toSorted((a, b) => (claimName(a) < claimName(b) ? -1 : 1));
  const rows = await statements.query<{ mutation: string; key: string }>(
    `/* claim-keys */ insert into idempotency (program_id, mutation, key, input_hash)
    select $1, mutation, key, hash from unnest($2::text[], $3::text[], $4::bytea[]) as claim (mutation, key, hash)
    on conflict do nothing returning mutation, key`,
    [
      programId,
      sorted.map((claim) => claim.mutation),
      sorted.map((claim) => claim.key),
      sorted.map((claim) => claim.hash),
    ],
  );
  return new Set(rows.map(claimName));
}

/** What is stored under keys that were taken before. */
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
    [programId, claims.map((claim) => claim.mutation), claims.map((claim) => claim.key)],
  );
  return new Map(rows.map((row) => [claimName(row), row]));
}

/** Writes the outcomes of this transaction's calls. */
export async function storeOutcomes(
  statements: Statements,
  programId: string,
  outcomes: readonly (KeyClaim & { result: unknown })[],
): Promise<void> {
  if (outcomes.length === 0) return;
  await statements.query(
    `/* store-outcomes */ update idempotency i set result = outcome.result
    from unnest($2::text[], $3::text[], $4::jsonb[]) as outcome (mutation, key, result)
    where i.program_id = $1 and i.mutation = outcome.mutation and i.key = outcome.key`,
    [
      programId,
      outcomes.map((row) => row.mutation),
      outcomes.map((row) => row.key),
      outcomes.map((row) => JSON.stringify(row.result)),
    ],
  );
}

/** Frees keys of calls that were refused, so that they may be sent again. */
export async function freeKeys(statements: Statements, programId: string, claims: readonly KeyClaim[]): Promise<void> {
  if (claims.length === 0) return;
  await statements.query(
    `/* free-keys */ delete from idempotency i using unnest($2::text[], $3::text[]) as claim (mutation, key)
    where i.program_id = $1 and i.mutation = claim.mutation and i.key = claim.key`,
    [programId, claims.map((claim) => claim.mutation), claims.map((claim) => claim.key)],
  );
}

/** A name for a key within one program. */
export function claimName(claim: { mutation: string; key: string }): string {
  return `${claim.mutation} ${claim.key}`;
}
