import type { InvariantCheck } from './invariant.ts';

/** What redemptions, their stock, codes and points owe each other. */
export const REDEMPTION_CHECKS: readonly InvariantCheck[] = [
  {
    name: 'stock-equals-redemptions',
    law: 'The pieces that a reward’s stock counts as reserved and issued are those of its redemptions.',
    severity: 'ERROR',
    query: `
      select coalesce(s.program_id, r.program_id) as program_id, coalesce(s.reward_id, r.reward_id) as reward_id,
        s.reserved, s.issued, r.reserved as reserved_in_redemptions, r.issued as issued_in_redemptions
      from (select * from reward_stock where $1::uuid is null or program_id = $1) s
      full join (
        select program_id, reward_id, coalesce(sum(quantity) filter (where state = 'RESERVED'), 0) as reserved,
          coalesce(sum(quantity) filter (where issued_at is not null and state <> 'CANCELLED'), 0) as issued
        from redemption where $1::uuid is null or program_id = $1 group by program_id, reward_id
      ) r on r.program_id = s.program_id and r.reward_id = s.reward_id
      where coalesce(s.reserved, 0) <> coalesce(r.reserved, 0) or coalesce(s.issued, 0) <> coalesce(r.issued, 0)`,
  },
  {
    name: 'redemptions-are-paid',
    law: 'What was issued for points has spent exactly those, of its customer and currency; and they came back when it was cancelled.',
    severity: 'ERROR',
    query: `
      select r.program_id, r.id as redemption_id, r.state, r.points, t.amount as spent, v.amount as returned
      from redemption r
      left join ledger_transaction t on t.program_id = r.program_id and t.id = r.transaction_id
      left join ledger_transaction v on v.program_id = r.program_id and v.id = r.reversal_id
      where ($1::uuid is null or r.program_id = $1) and (
        (r.issued_at is not null and r.points > 0) <> (t.id is not null)
        or t.id is not null and (t.kind not in ('SPEND', 'CAPTURE') or t.amount <> r.points or t.customer_id <> r.customer_id or t.currency_id <> r.currency_id)
        or t.hold_id is distinct from r.hold_id and t.id is not null
        or (t.id is not null and r.state = 'CANCELLED') <> (v.id is not null)
        or v.id is not null and (v.reverses_id <> t.id or v.amount <> r.points))`,
  },
  {
    name: 'spendings-are-reversed-by-redemptions',
    law: 'What paid for a redemption is undone by cancelling it, and in no other way.',
    severity: 'ERROR',
    query: `
      select r.program_id, r.id as redemption_id, v.id as reversal_id
      from redemption r join ledger_transaction v on v.program_id = r.program_id and v.reverses_id = r.transaction_id
      where ($1::uuid is null or r.program_id = $1) and v.id is distinct from r.reversal_id`,
  },
  {
    name: 'holds-equal-reservations',
    law: 'A reservation for points has an open hold of exactly those, until the same instant; no other redemption has one.',
    severity: 'ERROR',
    query: `
      select r.program_id, r.id as redemption_id, r.state, h.state as hold_state, h.remaining
      from redemption r left join hold h on h.program_id = r.program_id and h.id = r.hold_id
      where ($1::uuid is null or r.program_id = $1) and (
        (r.state = 'RESERVED' and r.points > 0) <> (h.state is not distinct from 'OPEN')
        or r.state = 'RESERVED' and h.id is not null and (h.remaining <> r.points or h.expires_at <> r.expires_at))`,
  },
  {
    name: 'codes-are-had-once',
    law: 'A code belongs to a redemption of its own reward: handed out once that is issued, only kept while it is reserved.',
    severity: 'ERROR',
    query: `
      select c.program_id, c.id as code_id, c.redemption_id, r.state
      from reward_code c left join redemption r on r.program_id = c.program_id and r.id = c.redemption_id
      where ($1::uuid is null or c.program_id = $1) and c.redemption_id is not null
        and (r.id is null or r.reward_id <> c.reward_id or (c.handed_at is null) <> (r.state = 'RESERVED'))`,
  },
  {
    name: 'codes-are-not-missing',
    law: 'Every redemption of codes has one: kept while it is reserved where they come from a pool, handed out once it is issued.',
    severity: 'ERROR',
    query: `
      select r.program_id, r.id as redemption_id, r.state
      from redemption r left join reward_code c on c.program_id = r.program_id and c.redemption_id = r.id
      where ($1::uuid is null or r.program_id = $1) and c.id is null
        and (r.terms #>> '{fulfilment,kind}' in ('CODE_POOL', 'GENERATED_CODE') and r.issued_at is not null
          or r.terms #>> '{fulfilment,kind}' = 'CODE_POOL' and r.state = 'RESERVED')`,
  },
  {
    name: 'redemptions-have-histories',
    law: 'The history of a redemption has an entry for each of its versions, the last of which is its state.',
    severity: 'ERROR',
    query: `
      select r.program_id, r.id as redemption_id, r.version, e.versions, e.last
      from redemption r
      cross join lateral (
        select count(*) as versions, (array_agg(e.state order by e.version desc))[1] as last from redemption_event e
        where e.program_id = r.program_id and e.redemption_id = r.id
      ) e
      where ($1::uuid is null or r.program_id = $1) and (e.versions <> r.version or e.last is distinct from r.state)`,
  },
];
