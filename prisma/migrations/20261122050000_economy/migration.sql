-- The points economy: what each day did to the points of a program, rolled up off the hot path, and what a point is worth.

-- Entries are only ever appended, so that a block-range index finds those of an instant at next to no cost for writing them.
create index ledger_entry_recorded on ledger_entry using brin (recorded_at) with (pages_per_range = 32, autosummarize = on);

-- How far a program is summed up: all entries recorded before this instant are in ledger_day and lot_month.
create table ledger_close (
  program_id uuid primary key references program (id),
  closed_until timestamptz not null,
  -- The last day that is over and closed. What is recorded after the close is of a later day, also when the program has moved to another zone.
  closed_through date not null,
  closed_at timestamptz not null default now()
);

-- What one day did to customers' balances, by the day on which it took effect as well, so that both views can be summed.
-- Rows of the open day grow as it is summed up; once the day is closed they never change.
create table ledger_day (
  program_id uuid not null references program (id),
  currency_id uuid not null,
  recorded_on date not null,
  effective_on date not null,
  movement text not null check (movement in ('ISSUE', 'ISSUE_REVERSAL', 'REDEEM', 'REDEEM_REVERSAL', 'EXPIRE', 'FORFEIT', 'ADJUST_UP', 'ADJUST_DOWN', 'TRANSFER', 'WITHIN')),
  transactions bigint not null check (transactions > 0),
  -- Points that changed hands, never negative: of a transfer, what went over.
  moved bigint not null check (moved >= 0),
  -- What it changed of customers' balances, signed.
  pending bigint not null,
  available bigint not null,
  held bigint not null,
  primary key (program_id, currency_id, recorded_on, effective_on, movement),
  foreign key (program_id, currency_id) references point_currency (program_id, id)
);
create function refuse_closed_day() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and not exists (
    select from ledger_close where program_id = old.program_id and closed_through >= old.recorded_on
  ) then
    return new;
  end if;
  raise exception '% of a closed day never changes', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger ledger_day_closed before update or delete on ledger_day for each row execute function refuse_closed_day();
create trigger ledger_day_no_truncate before truncate on ledger_day for each statement execute function refuse_change();

-- Points by the month in which they were issued and the month in which something happened to them. Adds up: what is
-- recorded today may be of an earlier month.
create table lot_month (
  program_id uuid not null references program (id),
  currency_id uuid not null,
  -- ISSUED came by earning, GIVEN by an adjustment: nobody bought anything for it.
  origin text not null check (origin in ('ISSUED', 'GIVEN')),
  issued_in date not null check (extract(day from issued_in) = 1),
  moved_in date not null check (extract(day from moved_in) = 1),
  movement text not null check (movement in ('ISSUE', 'REDEEM', 'LAPSE')),
  -- Never below what was reversed of it: an issue or a redemption that was undone counts against its own month.
  points bigint not null,
  primary key (program_id, currency_id, origin, issued_in, moved_in, movement),
  foreign key (program_id, currency_id) references point_currency (program_id, id)
);

-- What a point costs the program, or would sell for, from a day on. A new price is a new row.
create table point_value (
  program_id uuid not null references program (id),
  id uuid not null,
  currency_id uuid not null,
  reason text not null check (reason in ('COST', 'SELLING')),
  valid_from date not null,
  -- Minor units of money (cents) for 1,000 points.
  minor_per_thousand numeric(24, 9) not null check (minor_per_thousand >= 0),
  money_currency char(3) not null check (money_currency ~ '^[A-Z]{3}$'),
  note text check (length(note) between 1 and 500),
  actor text not null,
  recorded_at timestamptz not null,
  primary key (program_id, id),
  foreign key (program_id, currency_id) references point_currency (program_id, id)
);
create index point_value_history on point_value (program_id, currency_id, reason, valid_from, id);
create trigger point_value_append_only before update or delete on point_value for each row execute function refuse_change();
create trigger point_value_no_truncate before truncate on point_value for each statement execute function refuse_change();

-- Who ever redeemed, without a look at anything else.
create index ledger_transaction_redemptions on ledger_transaction (program_id, currency_id, customer_id) where kind in ('SPEND', 'CAPTURE');
