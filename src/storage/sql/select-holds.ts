import type { Hold, HoldState } from '#domain/ledger/account.ts';

import type { Statements } from '../postgres.ts';

type HoldRow = {
  id: string;
  account_id: string;
  state: HoldState;
  amount: number;
  remaining: number;
  captured: number;
  reason: string | null;
  actor: string;
  created_at: Date;
  expires_at: Date;
  closed_at: Date | null;
  lots: { lotId: string; remaining: number }[];
};

const HOLD = `
    select h.id, h.account_id, h.state, h.amount, h.remaining, h.captured, h.reason, h.actor, h.created_at, h.expires_at, h.closed_at,
      (select coalesce(json_agg(json_build_object('lotId', p.lot_id, 'remaining', p.remaining)), '[]')
       from hold_lot p where p.program_id = h.program_id and p.hold_id = h.id) as lots
    from hold h`;

/** Open holds of the accounts with what they hold of each lot. Reads the index hold_open. */
export async function selectOpenHolds(
  tx: Statements,
  programId: string,
  accountIds: readonly string[],
): Promise<Hold[]> {
  const rows = await tx.query<HoldRow>(
    `/* select-open-holds */ ${HOLD} where h.program_id = $1 and h.account_id = any($2::uuid[]) and h.state = 'OPEN' order by h.expires_at, h.id`,
    [programId, accountIds],
  );
  return rows.map(toHold);
}

/** Holds by id, open or closed, in no order. */
export async function selectHolds(tx: Statements, programId: string, ids: readonly string[]): Promise<Hold[]> {
  const rows = await tx.query<HoldRow>(
    `/* select-holds */ ${HOLD} where h.program_id = $1 and h.id = any($2::uuid[])`,
    [programId, ids],
  );
  return rows.map(toHold);
}

function toHold(row: HoldRow): Hold {
  return {
    id: row.id,
    accountId: row.account_id,
    state: row.state,
    amount: row.amount,
    remaining: row.remaining,
    captured: row.captured,
    reason: row.reason,
    actor: row.actor,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    closedAt: row.closed_at,
    lots: row.lots,
  };
}
