import type { Lot } from '#domain/ledger/account.ts';

import type { Statements } from '../postgres.ts';

/** Inserts lots, after their transactions. */
export async function insertLots(tx: Statements, programId: string, lots: readonly Lot[]): Promise<void> {
  await tx.query(
    `/* insert-lots */
    insert into lot (program_id, id, account_id, transaction_id, state, amount, remaining, held, earned_at, available_at,
      release_activity_type, release_key, expires_at)
    select $1, * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
      $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[], $13::timestamptz[])`,
    [
      programId,
      lots.map((lot) => lot.id),
      lots.map((lot) => lot.accountId),
      lots.map((lot) => lot.transactionId),
      lots.map((lot) => lot.state),
      lots.map((lot) => lot.amount),
      lots.map((lot) => lot.remaining),
      lots.map((lot) => lot.held),
      lots.map((lot) => lot.earnedAt.toISOString()),
      lots.map((lot) => lot.availableAt?.toISOString() ?? null),
      lots.map((lot) => lot.releaseActivityType),
      lots.map((lot) => lot.releaseKey),
      lots.map((lot) => lot.expiresAt?.toISOString() ?? null),
    ],
  );
}

/** Saves what may change of a lot: state, remaining and held. The account's lock covers its lots. */
export async function updateLots(tx: Statements, programId: string, lots: readonly Lot[]): Promise<void> {
  await tx.query(
    `/* update-lots */
    update lot set state = changed.state, remaining = changed.remaining, held = changed.held
    from unnest($2::uuid[], $3::text[], $4::bigint[], $5::bigint[]) as changed (id, state, remaining, held)
    where lot.program_id = $1 and lot.id = changed.id`,
    [
      programId,
      lots.map((lot) => lot.id),
      lots.map((lot) => lot.state),
      lots.map((lot) => lot.remaining),
      lots.map((lot) => lot.held),
    ],
  );
}
