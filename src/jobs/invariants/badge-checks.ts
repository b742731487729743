import type { InvariantCheck } from './invariant.ts';

/** What customers were awarded. */
export const BADGE_CHECKS: readonly InvariantCheck[] = [
  {
    name: 'badges-are-effects',
    law: 'An award by an activity is an effect of it, or was credited in silence; the activity is that customer’s, and lies when the award was earned.',
    severity: 'ERROR',
    query: `
      select b.program_id, b.customer_id, b.id as award_id, b.badge_code, b.activity_id
      from badge_award b
      left join activity a on a.program_id = b.program_id and a.id = b.activity_id and a.occurred_at = b.earned_at
        and a.customer_id = b.customer_id
      where ($1::uuid is null or b.program_id = $1) and not b.by_hand and (a.id is null or not b.silent
        and not coalesce(a.effects::jsonb @> jsonb_build_array(jsonb_build_object('kind', 'BADGE_AWARDED', 'awardId', b.id)), false))`,
  },
  {
    name: 'badges-paid-once',
    law: 'The points of an award are those of the ledger transaction that it names, which is that customer’s and no other award’s.',
    severity: 'ERROR',
    query: `
      select b.program_id, b.id as award_id, b.transaction_id, b.points, t.amount
      from badge_award b
      left join ledger_transaction t on t.program_id = b.program_id and t.id = b.transaction_id
        and t.customer_id = b.customer_id and t.kind = 'EARN' and t.amount = b.points
      where ($1::uuid is null or b.program_id = $1) and b.transaction_id is not null and (t.id is null or exists (
        select from badge_award o where o.program_id = b.program_id and o.transaction_id = b.transaction_id and o.id <> b.id))`,
  },
];
