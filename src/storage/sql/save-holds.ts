import type { Hold } from '#domain/ledger/account.ts';
import type { HoldLotRow } from '#domain/ledger/writes.ts';

import type { Columns } from './columns.ts';
import { insertPart, updatePart } from './statement-parts.ts';
import type { StatementPart } from './statement-parts.ts';

/** What may change of a hold. */
const CHANGING: Columns<Hold> = {
  id: ['uuid', (hold) => hold.id],
  state: ['text', (hold) => hold.state],
  remaining: ['bigint', (hold) => hold.remaining],
  captured: ['bigint', (hold) => hold.captured],
  closed_at: ['timestamptz', (hold) => hold.closedAt],
};

const HOLD: Columns<Hold> = {
  ...CHANGING,
  account_id: ['uuid', (hold) => hold.accountId],
  amount: ['bigint', (hold) => hold.amount],
  reason: ['text', (hold) => hold.reason],
  actor: ['text', (hold) => hold.actor],
  created_at: ['timestamptz', (hold) => hold.createdAt],
  expires_at: ['timestamptz', (hold) => hold.expiresAt],
};

const HOLD_LOT: Columns<HoldLotRow> = {
  hold_id: ['uuid', (row) => row.holdId],
  lot_id: ['uuid', (row) => row.lotId],
  remaining: ['bigint', (row) => row.remaining],
};

/** Inserts new holds. */
export function insertHolds(programId: string, holds: readonly Hold[]): StatementPart {
  return insertPart('hold', programId, HOLD, holds);
}

/** Saves what changed of holds. The account's lock covers its holds. */
export function updateHolds(programId: string, holds: readonly Hold[]): StatementPart {
  return updatePart('hold', programId, CHANGING, holds);
}

/** Writes how much of each lot a hold still has. */
export function saveHoldLots(programId: string, rows: readonly HoldLotRow[]): StatementPart {
  const onConflict = 'on conflict (program_id, hold_id, lot_id) do update set remaining = excluded.remaining';
  return insertPart('hold_lot', programId, HOLD_LOT, rows, onConflict);
}
