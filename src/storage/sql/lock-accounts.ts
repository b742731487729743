import type { Inactivity } from '#domain/ledger/account.ts';

import type { Statements } from '../postgres.ts';
import { arrayText } from './columns.ts';

export type LockedAccountRow = {
  id: string;
  kind: string;
  /** Null on a counterparty, which is told and not locked. */
  customer_id: string | null;
  currency_id: string;
  pending: number;
  available: number;
  held: number;
  seq: number;
  next_due_at: Date | null;
  active_run: number;
  active_until: Date | null;
  /** On the counterparties of a currency of which points last with activity: how they do. */
  inactivity: Inactivity | null;
};

export type WantedAccount = { customerId: string; currencyId: string; newId: string };

/**
 * Locks customers' ledger accounts, creating those that are missing, and tells the counterparties of their currencies: one
 * round trip for any number. All callers lock in the order of (customer, currency), existing rows before new ones, so that
 * two of them cannot wait for each other; `wanted` must come in that order. A missing account that another transaction
 * has just created is absent from the answer: ask once more for it. The customers must exist.
 */
export async function lockAccounts(
  tx: Statements,
  programId: string,
  wanted: readonly WantedAccount[],
): Promise<LockedAccountRow[]> {
  return tx.query<LockedAccountRow>(
    `/* lock-accounts */
    with wanted as (
      select * from unnest($2::uuid[], $3::uuid[], $4::uuid[]) as w (customer_id, currency_id, new_id)
    ), locked as (
      select a.id, a.kind, a.customer_id, a.currency_id, a.pending, a.available, a.held, a.seq, a.next_due_at, a.active_run, a.active_until
      from ledger_account a
      join wanted w on w.customer_id = a.customer_id and w.currency_id = a.currency_id
      where a.program_id = $1
      order by a.customer_id, a.currency_id
      for update of a
    ), created as (
      insert into ledger_account (program_id, id, currency_id, kind, customer_id)
      select $1, w.new_id, w.currency_id, 'CUSTOMER', w.customer_id
      from wanted w
      where not exists (select from locked l where l.customer_id = w.customer_id and l.currency_id = w.currency_id)
      order by w.customer_id, w.currency_id
      on conflict (program_id, customer_id, currency_id) do nothing
      returning id, kind, customer_id, currency_id, pending, available, held, seq, next_due_at, active_run, active_until
    )
    select *, null::jsonb as inactivity from locked
    union all
    select *, null from created
    union all
    select a.id, a.kind, null, a.currency_id, 0, 0, 0, 0, null, 0, null,
      case when c.expiry ->> 'kind' = 'INACTIVITY' then c.expiry || jsonb_build_object('timeZone', p.time_zone) end
    from ledger_account a
    join point_currency c on c.program_id = a.program_id and c.id = a.currency_id
    join program p on p.id = a.program_id
    where a.program_id = $1 and a.customer_id is null and a.currency_id in (select currency_id from wanted)`,
    [
      programId,
      arrayText(wanted.map((key) => key.customerId)),
      arrayText(wanted.map((key) => key.currencyId)),
      arrayText(wanted.map((key) => key.newId)),
    ],
  );
}
