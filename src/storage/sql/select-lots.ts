import type { Lot, LotState } from '#domain/ledger/account.ts';

import type { Statements } from '../postgres.ts';

export type LotRow = {
  id: string;
  account_id: string;
  transaction_id: string;
  state: LotState;
  amount: number;
  remaining: number;
  held: number;
  earned_at: Date;
  available_at: Date | null;
  release_activity_type: string | null;
  release_key: string | null;
  expires_at: Date | null;
  active_run: number | null;
};

/** Of dated_lot, where `expires_at` is what holds now. */
export const LOT_COLUMNS =
  'id, account_id, transaction_id, state, amount, remaining, held, earned_at, available_at, release_activity_type, release_key, expires_at, active_run';

/** Lots of the accounts that have anything remaining or held, each account's soonest-expiring first. Reads the index lot_open. */
export async function selectOpenLots(tx: Statements, programId: string, accountIds: readonly string[]): Promise<Lot[]> {
  const rows = await tx.query<LotRow>(
    `/* select-open-lots */
    select ${LOT_COLUMNS} from dated_lot
    where program_id = $1 and account_id = any($2::uuid[]) and remaining + held > 0
    order by account_id, expires_at nulls last, id`,
    [programId, accountIds],
  );
  return rows.map(toLot);
}

/** Lots by id, open or empty, in no order. */
export async function selectLots(tx: Statements, programId: string, ids: readonly string[]): Promise<Lot[]> {
  const rows = await tx.query<LotRow>(
    `/* select-lots */ select ${LOT_COLUMNS} from dated_lot where program_id = $1 and id = any($2::uuid[])`,
    [programId, ids],
  );
  return rows.map(toLot);
}

export function toLot(row: LotRow): Lot {
  return {
    id: row.id,
    accountId: row.account_id,
    transactionId: row.transaction_id,
    state: row.state,
    amount: row.amount,
    remaining: row.remaining,
    held: row.held,
    earnedAt: row.earned_at,
    availableAt: row.available_at,
    releaseActivityType: row.release_activity_type,
    releaseKey: row.release_key,
    expiresAt: row.expires_at,
    activeRun: row.active_run,
  };
}

/** The lots that transactions brought, oldest first. */
export async function selectLotsOfTransactions(
  tx: Statements,
  programId: string,
  transactionIds: readonly string[],
): Promise<Lot[]> {
  const rows = await tx.query<LotRow>(
    `/* select-lots-of-transactions */ select ${LOT_COLUMNS} from dated_lot where program_id = $1 and transaction_id = any($2::uuid[]) order by id`,
    [programId, transactionIds],
  );
  return rows.map((row) => toLot(row));
}
