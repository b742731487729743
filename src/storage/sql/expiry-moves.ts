import type { LotExpiryMove } from '#domain/ledger/writes.ts';

import type { Statements } from '../postgres.ts';
import type { Columns } from './columns.ts';
import { insertPart } from './statement-parts.ts';
import type { StatementPart } from './statement-parts.ts';

const MOVE: Columns<LotExpiryMove> = {
  transaction_id: ['uuid', (row) => row.transactionId],
  lot_id: ['uuid', (row) => row.lotId],
  points: ['bigint', (row) => row.points],
  from_expires_at: ['timestamptz', (row) => row.fromExpiresAt],
  to_expires_at: ['timestamptz', (row) => row.toExpiresAt],
};

/** Keeps what transactions did to the expiry of lots. */
export function insertExpiryMoves(programId: string, rows: readonly LotExpiryMove[]): StatementPart {
  return insertPart('lot_expiry_move', programId, MOVE, rows);
}

/** What transactions did to the expiry of lots, those first that expired soonest. */
export async function selectExpiryMoves(
  reads: Statements,
  programId: string,
  transactionIds: readonly string[],
): Promise<LotExpiryMove[]> {
  return reads.query<LotExpiryMove>(
    `/* select-expiry-moves */
    select transaction_id as "transactionId", lot_id as "lotId", points, from_expires_at as "fromExpiresAt", to_expires_at as "toExpiresAt"
    from lot_expiry_move where program_id = $1 and transaction_id = any($2::uuid[])
    order by transaction_id, from_expires_at nulls last, lot_id`,
    [programId, transactionIds],
  );
}
