-- Expiry styles, points that last with activity, expiries moved by hand, and notices before points expire.

-- One document instead of two columns: how points of the currency expire, null never. src/domain/earning/expiry-style.ts has its form.
alter table point_currency add column expiry jsonb;
update point_currency set expiry = jsonb_build_object('months', expiry_months, 'days', expiry_days)
  where expiry_months is not null or expiry_days is not null;
alter table point_currency drop column expiry_months, drop column expiry_days;
-- How many days before points expire their customer is told, rising.
alter table point_currency add column expiry_notice_days integer[] not null default '{}';

-- A run of activity: while the customer stays active, all lots of the run last until the account's `active_until`, which is
-- moved on once a local day, however many lots there are. When it has passed, the next points begin a new run.
alter table ledger_account
  add column active_run integer not null default 0,
  add column active_until timestamptz;
create index ledger_account_active_until on ledger_account (program_id, active_until) where active_until is not null;

-- The run with which a lot lasts; null has its own date. Of a lot that lasts with its account's present run, `expires_at` is
-- what was known when the row was last written: read dated_lot.
alter table lot add column active_run integer;

-- Lots with the instant at which they expire, as things stand now.
create view dated_lot as
  select l.program_id, l.id, l.account_id, l.transaction_id, l.state, l.amount, l.remaining, l.held, l.earned_at, l.available_at,
    l.release_activity_type, l.release_key,
    case when l.active_run = a.active_run then a.active_until else l.expires_at end as expires_at, l.active_run
  from lot l join ledger_account a on a.program_id = l.program_id and a.id = l.account_id;

-- What expires when, over all customers.
create index lot_expiring on lot (program_id, expires_at) where remaining > 0 and expires_at is not null;

-- Moving an expiry is a transaction of the ledger that moves no points.
alter table ledger_transaction drop constraint ledger_transaction_kind_check;
alter table ledger_transaction add constraint ledger_transaction_kind_check check (kind in ('EARN', 'RELEASE', 'CANCEL', 'SPEND', 'HOLD', 'CAPTURE', 'HOLD_RELEASE', 'HOLD_EXPIRE', 'EXPIRE', 'REVERSE', 'TRANSFER', 'ADJUST', 'EXPIRY_MOVE'));
alter table ledger_transaction add check (kind <> 'EXPIRY_MOVE' or amount = 0);

-- What such a transaction did to each lot.
create table lot_expiry_move (
  program_id uuid not null,
  transaction_id uuid not null,
  lot_id uuid not null,
  -- Points of the lot then, held ones included.
  points bigint not null check (points > 0),
  -- Null never expired.
  from_expires_at timestamptz,
  to_expires_at timestamptz not null,
  primary key (program_id, transaction_id, lot_id)
);
create index lot_expiry_move_of_lot on lot_expiry_move (program_id, lot_id);
create trigger lot_expiry_move_append_only before update or delete on lot_expiry_move
  for each row execute function refuse_change();

-- Told once a customer, currency, day of expiry and setting.
create table expiry_notice (
  program_id uuid not null,
  customer_id uuid not null,
  currency_id uuid not null,
  -- The last local day on which the points are valid.
  expires_on date not null,
  days integer not null check (days >= 0),
  points bigint not null check (points > 0),
  -- The first instant at which the earliest of them is no longer valid.
  expires_at timestamptz not null,
  sent_at timestamptz not null,
  primary key (program_id, customer_id, currency_id, expires_on, days)
);
create trigger expiry_notice_append_only before update or delete on expiry_notice
  for each row execute function refuse_change();

-- The last local day whose notices of a setting were looked for.
create table expiry_notice_day (
  program_id uuid not null,
  currency_id uuid not null,
  days integer not null,
  through date not null,
  primary key (program_id, currency_id, days)
);
