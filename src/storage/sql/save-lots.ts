import type { Lot } from '#domain/ledger/account.ts';

import type { Columns } from './columns.ts';
import { insertPart, updatePart } from './statement-parts.ts';
import type { StatementPart } from './statement-parts.ts';

/** What may change of a lot. */
const CHANGING: Columns<Lot> = {
  id: ['uuid', (lot) => lot.id],
  state: ['text', (lot) => lot.state],
  remaining: ['bigint', (lot) => lot.remaining],
  held: ['bigint', (lot) => lot.held],
  expires_at: ['timestamptz', (lot) => lot.expiresAt],
  active_run: ['integer', (lot) => lot.activeRun],
};

const LOT: Columns<Lot> = {
  ...CHANGING,
  account_id: ['uuid', (lot) => lot.accountId],
  transaction_id: ['uuid', (lot) => lot.transactionId],
  amount: ['bigint', (lot) => lot.amount],
  earned_at: ['timestamptz', (lot) => lot.earnedAt],
  available_at: ['timestamptz', (lot) => lot.availableAt],
  release_activity_type: ['text', (lot) => lot.releaseActivityType],
  release_key: ['text', (lot) => lot.releaseKey],
};

/** Inserts lots. */
export function insertLots(programId: string, lots: readonly Lot[]): StatementPart {
  return insertPart('lot', programId, LOT, lots);
}

/** Saves what changed of lots. The account's lock covers its lots. */
export function updateLots(programId: string, lots: readonly Lot[]): StatementPart {
  return updatePart('lot', programId, CHANGING, lots);
}
