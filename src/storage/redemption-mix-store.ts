import type { Statements } from './postgres.ts';

/** What was issued of one reward in a stretch of time, and not cancelled since; amounts of money in minor units. */
export type RewardRedeemed = {
  rewardId: string;
  rewardCode: string;
  redemptions: number;
  pieces: number;
  points: number;
  /** Issued in that time and cancelled since. */
  cancelled: number;
  /** The money that its pieces are worth, less what customers paid on top; null where that is not told in money. */
  cost: number | null;
  costCurrency: string | null;
};

/**
 * Redemptions of a point currency that were issued in [from, until), by reward, the most points first. What a piece is worth is
 * the amount of its credit, discount or donation; a percentage, a gift or a code has none.
 */
export async function readRedemptionMix(
  reads: Statements,
  wanted: { programId: string; currencyId: string; from: Date; until: Date },
): Promise<RewardRedeemed[]> {
  return reads.query<RewardRedeemed>(
    `/* read-redemption-mix */
    with issued as (
      select r.reward_id, r.reward_code, r.quantity, r.points, r.state = 'CANCELLED' as is_cancelled,
        r.terms -> 'fulfilment' -> 'amount' as worth, coalesce(r.money, 0) as paid, r.money_currency
      from redemption r
      where r.program_id = $1 and r.currency_id = $2 and r.issued_at >= $3 and r.issued_at < $4
    )
    select reward_id as "rewardId", (array_agg(reward_code order by reward_code))[1] as "rewardCode",
      count(*) filter (where not is_cancelled)::int as redemptions,
      coalesce(sum(quantity) filter (where not is_cancelled), 0)::bigint as pieces,
      coalesce(sum(points) filter (where not is_cancelled), 0)::bigint as points,
      count(*) filter (where is_cancelled)::int as cancelled,
      case when bool_and(worth ->> 'amount' is not null and coalesce(money_currency, worth ->> 'currency') = worth ->> 'currency')
          and count(distinct worth ->> 'currency') = 1
        then sum((worth ->> 'amount')::bigint * quantity - paid) filter (where not is_cancelled) end::bigint as cost,
      min(worth ->> 'currency') as "costCurrency"
    from issued group by reward_id order by points desc, "rewardCode"`,
    [wanted.programId, wanted.currencyId, wanted.from, wanted.until],
  );
}
