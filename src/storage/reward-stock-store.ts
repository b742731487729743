import type { Statements } from './postgres.ts';

/** Pieces of one reward that customers have: kept for reservations, and issued. */
export type Stock = { rewardId: string; reserved: number; issued: number };

/** What a decision adds to the stock of a reward; below zero gives pieces back. */
export type StockChange = Stock;

/**
 * Locks the rewards' rows until the transaction ends, creating those that are missing. All rewards of a decision must be
 * asked for in one call, because the order of locks is kept within a call: after ledger accounts, before codes.
 */
export async function lockStock(
  tx: Statements,
  programId: string,
  rewardIds: readonly string[],
): Promise<Map<string, Stock>> {
  const wanted = [...new Set(rewardIds)].toSorted();
  let found = await lockRows(tx, programId, wanted);
  if (found.size < wanted.length) {
    await tx.query(
      `/* create-stock */ insert into reward_stock (program_id, reward_id)
       select $1, id from unnest($2::uuid[]) as wanted (id) order by id on conflict do nothing`,
      [programId, wanted.filter((id) => !found.has(id))],
    );
    found = await lockRows(tx, programId, wanted);
  }
  return found;
}

async function lockRows(tx: Statements, programId: string, wanted: readonly string[]): Promise<Map<string, Stock>> {
  const rows = await tx.query<Stock>(
    `/* lock-stock */ select reward_id as "rewardId", reserved, issued from reward_stock
     where program_id = $1 and reward_id = any($2::uuid[]) order by reward_id for update`,
    [programId, wanted],
  );
  return new Map(rows.map((row) => [row.rewardId, row]));
}

/** What customers have of rewards; a reward that nobody ever wanted is left out. */
export async function readStock(
  reads: Statements,
  programId: string,
  rewardIds: readonly string[],
): Promise<Map<string, Stock>> {
  const rows = await reads.query<Stock>(
    `/* read-stock */ select reward_id as "rewardId", reserved, issued from reward_stock
     where program_id = $1 and reward_id = any($2::uuid[])`,
    [programId, rewardIds],
  );
  return new Map(rows.map((row) => [row.rewardId, row]));
}

/** Adds changes to rows that this transaction has locked; several changes of one reward add up. */
export async function changeStock(tx: Statements, programId: string, changes: readonly StockChange[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.query(
    `/* change-stock */
    update reward_stock as kept set reserved = kept.reserved + changed.reserved, issued = kept.issued + changed.issued
    from (
      select reward_id, sum(reserved) as reserved, sum(issued) as issued
      from unnest($2::uuid[], $3::bigint[], $4::bigint[]) as one (reward_id, reserved, issued) group by reward_id
    ) as changed
    where kept.program_id = $1 and kept.reward_id = changed.reward_id`,
    [
      programId,
      changes.map((change) => change.rewardId),
      changes.map((change) => change.reserved),
      changes.map((change) => change.issued),
    ],
  );
}
