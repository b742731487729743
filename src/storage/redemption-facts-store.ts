import type { CustomerFacts } from '#domain/earning/facts.ts';
import type { RewardLimit } from '#domain/reward/reward.ts';

import type { Statements } from './postgres.ts';

/** A customer as the decision on a redemption sees them. */
export type Redeemer = CustomerFacts & { accountId: string | null };

/** Customers by id with their company; unknown and erased ones are left out. */
export async function findRedeemers(
  reads: Statements,
  programId: string,
  ids: readonly string[],
): Promise<Map<string, Redeemer>> {
  const rows = await reads.query<Redeemer>(
    `/* find-redeemers */
    select c.id, c.external_id as "externalId", c.locale, c.time_zone as "timeZone", c.enrolment_state as "enrolmentState", c.attributes,
      c.account_id as "accountId",
      case when a.id is null then null else jsonb_build_object('externalId', a.external_id, 'name', a.name) end as account
    from customer c left join account a on a.program_id = c.program_id and a.id = c.account_id
    where c.program_id = $1 and c.id = any($2::uuid[]) and c.erased_at is null`,
    [programId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Whose redemptions of which reward count towards a limit, and since when (null: ever). */
export type UseKey = {
  rewardId: string;
  of: RewardLimit['of'];
  customerId: string;
  accountId: string | null;
  since: Date | null;
};

/**
 * How many pieces count towards each limit, in the order asked for: reserved, or issued and not cancelled. A reservation
 * whose time is over counts no more. Who belongs to no company is counted as a company of their own.
 */
export async function countUses(
  reads: Statements,
  programId: string,
  now: Date,
  keys: readonly UseKey[],
): Promise<number[]> {
  if (keys.length === 0) return [];
  const rows = await reads.query<{ used: number }>(
    `/* count-uses */
    select coalesce(counted.used, 0)::bigint as used
    from unnest($3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::timestamptz[]) with ordinality
      as key (reward_id, scope, customer_id, account_id, since, place)
    left join lateral (
      select sum(r.quantity) as used from redemption r
      where r.program_id = $1 and r.reward_id = key.reward_id and key.scope = 'CUSTOMER' and r.customer_id = key.customer_id
        and ${COUNTS}
      union all
      select sum(r.quantity) from redemption r
      where r.program_id = $1 and r.reward_id = key.reward_id and key.scope <> 'CUSTOMER'
        and (key.scope = 'EVERYBODY' or r.account_id = key.account_id
          or key.account_id is null and r.account_id is null and r.customer_id = key.customer_id)
        and ${COUNTS}
      order by used nulls last limit 1
    ) counted on true
    order by key.place`,
    [
      programId,
      now,
      keys.map((key) => key.rewardId),
      keys.map((key) => key.of),
      keys.map((key) => key.customerId),
      keys.map((key) => key.accountId),
      keys.map((key) => key.since),
    ],
  );
  return rows.map((row) => row.used);
}

const COUNTS = `r.requested_at >= coalesce(key.since, '-infinity')
        and (r.state = 'RESERVED' and r.expires_at > $2 or r.issued_at is not null and r.state <> 'CANCELLED')`;
