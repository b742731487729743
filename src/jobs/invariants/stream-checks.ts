import { TELLINGS } from '#domain/stream/telling.ts';

import type { InvariantCheck } from './invariant.ts';

/** Events of these kinds put something into the inbox, but for those that `QUIET` names. */
const NOTICES = Object.entries(TELLINGS)
  .filter(([, telling]) => telling?.inbox !== undefined)
  .map(([type]) => `'${type}'`)
  .join(', ');
const QUIET = `v ->> 'type' = 'redemption.changed' and v ->> 'state' in ('RESERVED', 'USED')
  or v ->> 'type' = 'streak.at_risk' and v ->> 'deadline' is null
  or v ->> 'type' = 'challenge.prize_changed' and v ->> 'isNew' = 'false'`;

/** What customers were told in the time for which all of it is kept, as `e` the row and `v` the event at its `place`. */
const TOLD = `customer_event e cross join lateral json_array_elements(e.events) with ordinality as told (v, place)`;
const KEPT = `($1::uuid is null or e.program_id = $1) and e.recorded_at > now() - interval '7 days'`;

/** What customers were told against the record that it is about. */
export const STREAM_CHECKS: readonly InvariantCheck[] = [
  {
    name: 'customers-are-told-once',
    law: 'No event is told to a customer twice.',
    severity: 'ERROR',
    query: `
      select e.program_id, e.customer_id, v ->> 'id' as event_id, count(*) as times
      from ${TOLD} where ${KEPT}
      group by 1, 2, 3 having count(*) > 1`,
  },
  {
    name: 'customers-are-told-all',
    law: 'Told balances rise in the order of the log, and what lies between two of them was one transaction, so that none is missing.',
    severity: 'ERROR',
    query: `
      with balance as (
        select e.program_id, e.customer_id, e.seq, (v ->> 'currencyId')::uuid as currency_id, (v ->> 'seq')::bigint as version,
          lag((v ->> 'seq')::bigint) over (partition by e.program_id, e.customer_id, v ->> 'currencyId' order by e.seq, place) as before
        from ${TOLD} where ${KEPT} and v ->> 'type' = 'balance.changed'
      )
      select b.* from balance b
      join ledger_account a on a.program_id = b.program_id and a.customer_id = b.customer_id and a.currency_id = b.currency_id
      where b.version < b.before or exists (
        select from ledger_entry missed
        join ledger_entry last on last.program_id = a.program_id and last.account_id = a.id and last.seq = b.version
        where missed.program_id = a.program_id and missed.account_id = a.id and missed.seq > b.before and missed.seq < b.version
          and missed.recorded_at <> last.recorded_at)`,
  },
  {
    name: 'customers-are-told-to-the-end',
    law: 'Where nothing waits to be handed on, the last balance that a customer was told is the account’s.',
    severity: 'ERROR',
    query: `
      select a.program_id, a.customer_id, a.currency_id, a.seq, told.last
      from ledger_account a
      join (
        select e.program_id, e.customer_id, (v ->> 'currencyId')::uuid as currency_id, max((v ->> 'seq')::bigint) as last
        from ${TOLD} where ${KEPT} and v ->> 'type' = 'balance.changed'
        group by 1, 2, 3
      ) told using (program_id, customer_id, currency_id)
      where told.last <> a.seq and not exists (select from outbox o where o.program_id = a.program_id)`,
  },
  {
    name: 'inbox-items-were-told',
    law: 'What lies in an inbox is an event that its customer was told at the same time.',
    severity: 'ERROR',
    query: `
      select i.program_id, i.customer_id, i.id as item_id, i.kind
      from inbox_item i
      where ($1::uuid is null or i.program_id = $1) and i.recorded_at > now() - interval '7 days' and not exists (
        select from ${TOLD}
        where e.program_id = i.program_id and e.customer_id = i.customer_id and e.recorded_at = i.recorded_at and v ->> 'id' = i.id::text)`,
  },
  {
    name: 'notices-are-in-inboxes',
    law: 'A told event that a customer should see lies in the inbox.',
    severity: 'ERROR',
    query: `
      select e.program_id, e.customer_id, v ->> 'id' as event_id, v ->> 'type' as type
      from ${TOLD}
      left join inbox_item i on i.program_id = e.program_id and i.customer_id = e.customer_id and i.id = (v ->> 'id')::uuid
      where ${KEPT} and i.id is null and v ->> 'type' in (${NOTICES}) and not (${QUIET})`,
  },
  {
    name: 'inbox-claims-are-own',
    law: 'Nobody’s inbox offers a prize of somebody else.',
    severity: 'ERROR',
    query: `
      select i.program_id, i.customer_id, i.id as item_id, i.claim_type, i.claim_id
      from inbox_item i
      where ($1::uuid is null or i.program_id = $1) and (
        exists (select from challenge_prize p where p.program_id = i.program_id and p.id = i.claim_id and p.customer_id <> i.customer_id)
        or exists (select from season_prize p where p.program_id = i.program_id and p.id = i.claim_id and p.customer_id <> i.customer_id))`,
  },
];
