import type { PageRequest } from '#domain/page.ts';
import type { Redemption, RedemptionState } from '#domain/redemption/redemption.ts';

import type { Statements } from './postgres.ts';

/** A redemption as it is read: with the code that its customer got, if any. */
export type RedemptionRow = Redemption & { code: string | null };

const COLUMNS = `
  r.id, r.customer_id as "customerId", r.reward_id as "rewardId", r.reward_code as "rewardCode", r.revision, r.state, r.quantity, r.points,
  r.currency_id as "currencyId", case when r.money is null then null else jsonb_build_object('amount', r.money, 'currency', r.money_currency) end as money,
  r.hold_id as "holdId", r.transaction_id as "transactionId", r.reversal_id as "reversalId", r.terms, r.requested_at as "requestedAt",
  r.issued_at as "issuedAt", r.closed_at as "closedAt", r.expires_at as "expiresAt", r.actor, r.reason, r.version`;
const WITH_CODE = `select ${COLUMNS}, c.code from redemption r
  left join reward_code c on c.program_id = r.program_id and c.redemption_id = r.id and c.handed_at is not null`;

/** Redemptions by id, in no order; ids of nothing are left out. */
export async function findRedemptions(
  reads: Statements,
  programId: string,
  ids: readonly string[],
): Promise<RedemptionRow[]> {
  return reads.query<RedemptionRow>(
    `/* find-redemptions */ ${WITH_CODE} where r.program_id = $1 and r.id = any($2::uuid[])`,
    [programId, ids],
  );
}

/** Null leaves a part open. */
export type RedemptionWhere = {
  customerId: string | null;
  rewardCode: string | null;
  states: readonly RedemptionState[] | null;
  /** Only those that people have yet to deliver. */
  awaitsFulfilment: boolean;
};

/**
 * Redemptions, newest first (ids are time-ordered), `limit + 1` in the direction of travel. States are as of `now`,
 * whether or not a job has written that a time is over.
 */
export async function listRedemptions(
  reads: Statements,
  programId: string,
  where: RedemptionWhere,
  now: Date,
  page: PageRequest,
): Promise<RedemptionRow[]> {
  return reads.query<RedemptionRow>(
    `/* list-redemptions */ ${WITH_CODE}
     where r.program_id = $1 and ($2::uuid is null or r.customer_id = $2)
       and ($3::uuid is null or r.id < $3) and ($4::uuid is null or r.id > $4)
       and ($5::text is null or r.reward_code = $5)
       and ($6::text[] is null or case when r.state in ('RESERVED', 'ISSUED') and r.expires_at <= $8 then 'EXPIRED' else r.state end = any($6))
       and (not $7 or r.state = 'ISSUED' and (r.terms ->> 'byHand')::boolean)
     order by r.id ${page.backwards ? 'asc' : 'desc'} limit $9`,
    [
      programId,
      where.customerId,
      page.after?.id ?? null,
      page.before?.id ?? null,
      where.rewardCode,
      where.states,
      where.awaitsFulfilment,
      now,
      page.limit + 1,
    ],
  );
}

/** The customer's redemptions that are reserved or issued, newest first. */
export async function findOpenRedemptions(
  reads: Statements,
  programId: string,
  customerId: string,
  now: Date,
  limit: number,
): Promise<RedemptionRow[]> {
  return reads.query<RedemptionRow>(
    `/* find-open-redemptions */
    ${WITH_CODE} where r.program_id = $1 and r.customer_id = $2 and r.state in ('RESERVED', 'ISSUED')
      and (r.expires_at is null or r.expires_at > $3) order by r.id desc limit $4`,
    [programId, customerId, now, limit],
  );
}

/** The redemption, locked until the transaction ends, or null. Its customer's accounts must be locked before, if at all. */
export async function lockRedemption(tx: Statements, programId: string, id: string): Promise<Redemption | null> {
  const [row] = await tx.query<Redemption>(
    `/* lock-redemption */ select ${COLUMNS} from redemption r where r.program_id = $1 and r.id = $2 for update`,
    [programId, id],
  );
  return row ?? null;
}

/** One entry of a redemption's history. */
export type RedemptionEvent = {
  state: RedemptionState;
  /** When it took effect. */
  at: Date;
  recordedAt: Date;
  actor: string;
  reason: string | null;
};

/** Inserts a redemption and the first entry of its history. */
export async function insertRedemption(
  tx: Statements,
  programId: string,
  row: Redemption,
  accountId: string | null,
): Promise<void> {
  await tx.query(
    `/* insert-redemption */
    with made as (
      insert into redemption (program_id, id, customer_id, account_id, reward_id, reward_code, revision, state, quantity, points, currency_id,
        money, money_currency, hold_id, transaction_id, terms, requested_at, issued_at, expires_at, actor, reason)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
    )
    insert into redemption_event (program_id, redemption_id, version, state, at, recorded_at, actor, reason)
    values ($1, $2, 1, $8, $17, $17, $20, $21)`,
    [
      programId,
      row.id,
      row.customerId,
      accountId,
      row.rewardId,
      row.rewardCode,
      row.revision,
      row.state,
      row.quantity,
      row.points,
      row.currencyId,
      row.money?.amount ?? null,
      row.money?.currency ?? null,
      row.holdId,
      row.transactionId,
      JSON.stringify(row.terms),
      row.requestedAt,
      row.issuedAt,
      row.expiresAt,
      row.actor,
      row.reason,
    ],
  );
}

/** Saves what may change of a locked redemption, with an entry in its history. */
export async function saveRedemption(
  tx: Statements,
  programId: string,
  row: Redemption,
  event: Omit<RedemptionEvent, 'state' | 'recordedAt'>,
  now: Date,
): Promise<void> {
  await tx.query(
    `/* save-redemption */
    with saved as (
      update redemption set state = $3, transaction_id = $4, reversal_id = $5, issued_at = $6, closed_at = $7, expires_at = $8, version = version + 1
      where program_id = $1 and id = $2 returning version
    )
    insert into redemption_event (program_id, redemption_id, version, state, at, recorded_at, actor, reason)
    select $1, $2, version, $3, $9, $10, $11, $12 from saved`,
    [
      programId,
      row.id,
      row.state,
      row.transactionId,
      row.reversalId,
      row.issuedAt,
      row.closedAt,
      row.expiresAt,
      event.at,
      now,
      event.actor,
      event.reason,
    ],
  );
}

/** The histories of redemptions, oldest entry first. */
export async function findRedemptionEvents(
  reads: Statements,
  programId: string,
  redemptionIds: readonly string[],
): Promise<(RedemptionEvent & { redemptionId: string })[]> {
  return reads.query<RedemptionEvent & { redemptionId: string }>(
    `/* find-redemption-events */
    select redemption_id as "redemptionId", state, at, recorded_at as "recordedAt", actor, reason from redemption_event
    where program_id = $1 and redemption_id = any($2::uuid[]) order by redemption_id, version`,
    [programId, redemptionIds],
  );
}

/** The redemption that a hold or a ledger transaction pays for, or null. */
export async function findRedemptionPaidBy(
  reads: Statements,
  programId: string,
  by: 'hold' | 'transaction',
  id: string,
): Promise<string | null> {
  const [row] = await reads.query<{ id: string }>(
    `/* find-redemption-paid-by-${by} */ select id from redemption where program_id = $1 and ${by}_id = $2`,
    [programId, id],
  );
  return row?.id ?? null;
}

/** The redemptions that transactions paid for, and those whose points holds keep, or kept. */
export async function findRedemptionsPaidBy(
  reads: Statements,
  programId: string,
  transactionIds: readonly string[],
  holdIds: readonly string[],
): Promise<RedemptionRow[]> {
  return reads.query<RedemptionRow>(
    `/* find-redemptions-paid-by */
    ${WITH_CODE} where r.program_id = $1 and r.transaction_id = any($2::uuid[])
    union all
    ${WITH_CODE} where r.program_id = $1 and r.hold_id = any($3::uuid[])`,
    [programId, transactionIds, holdIds],
  );
}
