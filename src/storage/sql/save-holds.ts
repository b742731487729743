import type { Hold } from '#domain/ledger/account.ts';
import type { HoldLotRow } from '#domain/ledger/posting.ts';

import type { Statements } from '../postgres.ts';

/** Inserts new holds, before their shares of lots. */
export async function insertHolds(tx: Statements, programId: string, holds: readonly Hold[]): Promise<void> {
  await tx.query(
    `/* insert-holds */
    insert into hold (program_id, id, account_id, state, amount, remaining, captured, reason, actor, created_at, expires_at, closed_at)
    select $1, * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::text[],
      $10::timestamptz[], $11::timestamptz[], $12::timestamptz[])`,
    [
      programId,
      holds.map((hold) => hold.id),
      holds.map((hold) => hold.accountId),
      holds.map((hold) => hold.state),
      holds.map((hold) => hold.amount),
      holds.map((hold) => hold.remaining),
      holds.map((hold) => hold.captured),
      holds.map((hold) => hold.reason),
      holds.map((hold) => hold.actor),
      holds.map((hold) => hold.createdAt.toISOString()),
      holds.map((hold) => hold.expiresAt.toISOString()),
      holds.map((hold) => hold.closedAt?.toISOString() ?? null),
    ],
  );
}

/** Saves what may change of a hold. The account's lock covers its holds. */
export async function updateHolds(tx: Statements, programId: string, holds: readonly Hold[]): Promise<void> {
  await tx.query(
    `/* update-holds */
    update hold set state = changed.state, remaining = changed.remaining, captured = changed.captured, closed_at = changed.closed_at
    from unnest($2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[]) as changed (id, state, remaining, captured, closed_at)
    where hold.program_id = $1 and hold.id = changed.id`,
    [
      programId,
      holds.map((hold) => hold.id),
      holds.map((hold) => hold.state),
      holds.map((hold) => hold.remaining),
      holds.map((hold) => hold.captured),
      holds.map((hold) => hold.closedAt?.toISOString() ?? null),
    ],
  );
}

/** Writes how much of each lot a hold still has. */
export async function saveHoldLots(tx: Statements, programId: string, rows: readonly HoldLotRow[]): Promise<void> {
  await tx.query(
    `/* save-hold-lots */
    insert into hold_lot (program_id, hold_id, lot_id, remaining)
    select $1, * from unnest($2::uuid[], $3::uuid[], $4::bigint[])
    on conflict (program_id, hold_id, lot_id) do update set remaining = excluded.remaining`,
    [programId, rows.map((row) => row.holdId), rows.map((row) => row.lotId), rows.map((row) => row.remaining)],
  );
}
