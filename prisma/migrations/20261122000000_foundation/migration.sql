-- Laurel's foundation: programs, callers, customers, activities, the ledger, leaderboards, idempotency and the outbox.
-- Every table of a program is keyed by (program_id, id), so that the database itself refuses a reference across programs.
-- Rows that the service derives by the thousand from rows it has just locked or written (activities, transactions, entries,
-- lots, scores) have no foreign keys: a check a row and a reference was half of what an activity costs. What a caller can
-- name is resolved within the program, and each customer's ledger account keeps its keys; invariants look for the rest.
-- Ids are UUIDv7 (time-ordered). Closed sets are text with a check, so that set-based inserts need no casts.

-- Programs -----------------------------------------------------------------------------------------------------------

create table program (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  time_zone text not null,
  currency char(3) not null,
  mode text not null check (mode in ('LIVE', 'TEST')),
  state text not null default 'ACTIVE' check (state in ('ACTIVE', 'ARCHIVED')),
  -- How far a reversal may reach once the points are spent.
  clawback_policy text not null default 'UNLIMITED' check (clawback_policy in ('PENDING_ONLY', 'TO_ZERO', 'UNLIMITED')),
  -- An activity older than this is refused; null accepts any age.
  late_activity_days integer check (late_activity_days >= 0),
  -- An activity further ahead than this is refused.
  future_activity_minutes integer not null default 10 check (future_activity_minutes >= 0),
  -- Most points one customer may earn in a local day over all rules; null sets no cap.
  daily_points_cap bigint check (daily_points_cap > 0),
  rejoin_policy text not null default 'ALLOWED' check (rejoin_policy in ('ALLOWED', 'AFTER_DAYS', 'NEVER')),
  rejoin_after_days integer check (rejoin_after_days >= 0),
  attribute_schema jsonb not null default '[]',
  -- Counts up whenever anything that is cached per process changes: currencies, types, rules, boards, policies.
  catalogue_version bigint not null default 1,
  live_revision integer not null default 0,
  -- TEST programs may stand still at, or move to, a chosen instant.
  test_clock timestamptz,
  created_at timestamptz not null default now(),
  archived_at timestamptz,
  check (mode = 'TEST' or test_clock is null)
);

create table point_currency (
  program_id uuid not null references program (id),
  id uuid not null,
  code text not null check (code ~ '^[a-z][a-z0-9_]{0,39}$'),
  name text not null,
  kind text not null check (kind in ('SPENDABLE', 'STATUS')),
  is_default boolean not null default false,
  -- Credits beyond this balance (available + pending + held) are cut; null sets no cap.
  balance_cap bigint check (balance_cap > 0),
  expiry_months integer check (expiry_months > 0),
  expiry_days integer check (expiry_days > 0),
  created_at timestamptz not null default now(),
  primary key (program_id, id),
  unique (program_id, code),
  check (expiry_months is null or expiry_days is null)
);
create unique index point_currency_one_default on point_currency (program_id) where is_default;

-- Callers ------------------------------------------------------------------------------------------------------------

-- Keys of the installation itself: they create and archive programs and belong to none.
create table operator_key (
  id uuid primary key,
  name text not null,
  prefix text not null,
  hash bytea not null unique,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

create table api_key (
  program_id uuid not null references program (id),
  id uuid not null,
  kind text not null check (kind in ('SECRET', 'PUBLISHABLE')),
  role text check (role in ('OWNER', 'PROGRAM_MANAGER', 'GROWTH_MARKETER', 'COMMUNITY_MANAGER', 'CUSTOMER_SUCCESS', 'DATA_ANALYST', 'TECHNICAL_SUPPORT')),
  name text not null,
  prefix text not null,
  hash bytea not null unique,
  -- Null grants all of the role's permissions; a list narrows them.
  scopes text[],
  -- Most points one manual adjustment with this key may move; null leaves it to the role.
  adjustment_max bigint check (adjustment_max > 0),
  -- Origins from which a publishable key may be used; empty allows any.
  allowed_origins text[] not null default '{}',
  created_at timestamptz not null default now(),
  created_by text not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  rotated_to uuid,
  last_used_at timestamptz,
  primary key (program_id, id),
  foreign key (program_id, rotated_to) references api_key (program_id, id),
  check ((kind = 'SECRET') = (role is not null))
);

-- Staff sign in with the tenant's own identity provider; issuer and audience together name the program.
create table identity_provider (
  program_id uuid not null references program (id),
  id uuid not null,
  issuer text not null,
  audience text not null,
  jwks_uri text,
  jwks jsonb,
  role_claim text not null default 'laurel_role',
  -- Most points that one manual adjustment by its people may move; a token may say less.
  adjustment_max bigint check (adjustment_max > 0),
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  primary key (program_id, id),
  check ((jwks_uri is null) <> (jwks is null))
);
create unique index identity_provider_issuer on identity_provider (issuer, audience) where removed_at is null;

-- Customers ----------------------------------------------------------------------------------------------------------

create table account (
  program_id uuid not null references program (id),
  id uuid not null,
  external_id text not null check (length(external_id) between 1 and 255),
  name text,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (program_id, id),
  unique (program_id, external_id)
);

create table customer (
  program_id uuid not null references program (id),
  id uuid not null,
  external_id text not null check (length(external_id) between 1 and 255),
  account_id uuid,
  display_name text,
  email text,
  locale text,
  time_zone text,
  birthday date,
  attributes jsonb not null default '{}',
  enrolment_state text not null default 'NOT_ENROLLED'
    check (enrolment_state in ('NOT_ENROLLED', 'INVITED', 'ENROLLED', 'PAUSED', 'LEFT', 'BLOCKED')),
  -- Since when this person could join; null says not eligible. Gives the enrolment rate its denominator.
  eligible_since timestamptz,
  -- Customer tokens issued before this instant are refused.
  tokens_valid_from timestamptz not null default '-infinity',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (program_id, id),
  unique (program_id, external_id),
  foreign key (program_id, account_id) references account (program_id, id)
);
create index customer_account on customer (program_id, account_id) where account_id is not null;
create index customer_email on customer (program_id, email) where email is not null;
create index customer_created on customer (program_id, created_at, id);
create index customer_name on customer (program_id, coalesce(display_name, ''), id);

-- Membership is an interval, not a flag: [from_at, to_at), several a customer.
create table enrolment (
  program_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  state text not null check (state in ('INVITED', 'ENROLLED', 'PAUSED', 'LEFT', 'BLOCKED')),
  from_at timestamptz not null,
  to_at timestamptz,
  reason text,
  actor text not null,
  recorded_at timestamptz not null default now(),
  primary key (program_id, id),
  foreign key (program_id, customer_id) references customer (program_id, id),
  check (to_at is null or to_at >= from_at)
);
create unique index enrolment_open on enrolment (program_id, customer_id) where to_at is null;
create index enrolment_history on enrolment (program_id, customer_id, from_at);

-- Activities ---------------------------------------------------------------------------------------------------------

create table activity_type (
  program_id uuid not null references program (id),
  id uuid not null,
  code text not null check (code ~ '^[a-z][a-z0-9_]{0,59}$'),
  name text not null,
  property_schema jsonb not null default '[]',
  -- Whether a customer token may report it; else only server keys may.
  customer_may_track boolean not null default false,
  created_at timestamptz not null default now(),
  archived_at timestamptz,
  primary key (program_id, id),
  unique (program_id, code)
);

-- One row a message id: the place where a repeated report drops out. Not partitioned, because uniqueness must span months.
create table activity_message (
  program_id uuid not null,
  message_id text not null check (length(message_id) between 1 and 255),
  activity_id uuid not null,
  primary key (program_id, message_id)
);

create table activity (
  program_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  activity_type_id uuid not null,
  message_id text not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  channel text not null check (channel in ('WEB', 'MOBILE', 'EMAIL', 'POINT_OF_SALE', 'API', 'PARTNER')),
  properties jsonb not null default '{}',
  -- Its parts with their share of the number properties, so that a part can be reversed by name.
  lines jsonb not null default '[]',
  -- What the activity caused, as answered to the caller; replays answer from here.
  effects jsonb not null default '[]',
  rule_revision integer not null,
  actor text not null,
  primary key (program_id, id)
) partition by range (id);
create index activity_of_customer on activity (program_id, customer_id, occurred_at desc, id desc);
create index activity_by_time on activity (program_id, activity_type_id, occurred_at);

create table activity_reversal (
  program_id uuid not null,
  id uuid not null,
  activity_id uuid not null,
  -- WHOLE undoes everything; PART gives back the part of the property that was returned.
  kind text not null check (kind in ('WHOLE', 'PART')),
  property text,
  amount numeric(38, 9) check (amount > 0),
  line_ids text[],
  reason text,
  actor text not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  points_reversed bigint not null,
  points_uncollected bigint not null default 0,
  primary key (program_id, id),
  foreign key (program_id, activity_id) references activity (program_id, id)
);
create index activity_reversal_of on activity_reversal (program_id, activity_id);
create unique index activity_reversal_whole_once on activity_reversal (program_id, activity_id) where kind = 'WHOLE';

-- How often a customer did something, by local day: what conditions may count.
create table activity_day (
  program_id uuid not null,
  customer_id uuid not null,
  activity_type_id uuid not null,
  day date not null,
  count bigint not null,
  primary key (program_id, customer_id, activity_type_id, day)
) with (fillfactor = 80);

-- Rule sets ----------------------------------------------------------------------------------------------------------

create table rule_set_draft (
  program_id uuid primary key references program (id),
  -- Its sections, each a list of items: src/domain/rule-set/content.ts says which.
  content jsonb not null default '{}',
  version integer not null default 1,
  updated_at timestamptz not null default now(),
  updated_by text not null
);

create table rule_set_revision (
  program_id uuid not null references program (id),
  revision integer not null check (revision > 0),
  content jsonb not null,
  diff jsonb not null,
  note text,
  published_at timestamptz not null,
  published_by text not null,
  primary key (program_id, revision)
);

-- What caps count: points and uses of one rule (or of the program, subject 'program') by one customer in one period.
create table earning_counter (
  program_id uuid not null,
  customer_id uuid not null,
  subject text not null,
  period text not null,
  points bigint not null,
  uses integer not null,
  primary key (program_id, customer_id, subject, period)
);

-- Ledger -------------------------------------------------------------------------------------------------------------

-- Where points rest. A customer has one account a point currency; ISSUANCE, REDEMPTION, EXPIRY and ADJUSTMENT are the
-- program's counterparties. Only customers' balances are cached: a cached counterparty would be one hot row for all.
create table ledger_account (
  program_id uuid not null references program (id),
  id uuid not null,
  currency_id uuid not null,
  kind text not null check (kind in ('CUSTOMER', 'ISSUANCE', 'REDEMPTION', 'EXPIRY', 'ADJUSTMENT')),
  customer_id uuid,
  pending bigint not null default 0 check (pending between 0 and 9007199254740991),
  -- Below zero is a debt that the next credit pays first.
  available bigint not null default 0 check (available between -9007199254740991 and 9007199254740991),
  held bigint not null default 0 check (held between 0 and 9007199254740991),
  -- Number of the account's last entry; entries are read and chained in this order.
  seq bigint not null default 0,
  -- The earliest instant at which a lot is released or expires, or a hold times out; null when nothing waits.
  next_due_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (program_id, id),
  unique (program_id, customer_id, currency_id),
  foreign key (program_id, currency_id) references point_currency (program_id, id),
  foreign key (program_id, customer_id) references customer (program_id, id),
  check ((kind = 'CUSTOMER') = (customer_id is not null))
  -- Room on the page for the next balance: an update that stays on its page touches no index.
) with (fillfactor = 70);
create unique index ledger_account_counterparty on ledger_account (program_id, currency_id, kind) where customer_id is null;
create index ledger_account_due on ledger_account (program_id, next_due_at) where next_due_at is not null;

-- A point currency is born with its four counterparties, so that no posting has to create them.
create function create_counterparties() returns trigger language plpgsql as $$
begin
  insert into ledger_account (program_id, id, currency_id, kind)
    select new.program_id, gen_random_uuid(), new.id, kind from unnest(array['ISSUANCE', 'REDEMPTION', 'EXPIRY', 'ADJUSTMENT']) as kind;
  return null;
end $$;
create trigger point_currency_counterparties after insert on point_currency for each row execute function create_counterparties();

-- One business fact. It never changes; a correction is another transaction.
create table ledger_transaction (
  program_id uuid not null,
  id uuid not null,
  currency_id uuid not null,
  kind text not null check (kind in ('EARN', 'RELEASE', 'CANCEL', 'SPEND', 'HOLD', 'CAPTURE', 'HOLD_RELEASE', 'HOLD_EXPIRE', 'EXPIRE', 'REVERSE', 'TRANSFER', 'ADJUST')),
  customer_id uuid not null,
  -- The receiver of a transfer.
  to_customer_id uuid,
  -- Points moved, never negative; the entries tell from where to where.
  amount bigint not null check (amount between 0 and 9007199254740991),
  -- Of a reversal: points that the clawback policy left with the customer.
  uncollected bigint not null default 0 check (uncollected >= 0),
  -- When it counts, as against when it was written down.
  effective_at timestamptz not null,
  recorded_at timestamptz not null,
  activity_id uuid,
  rule_id uuid,
  rule_revision integer,
  hold_id uuid,
  reverses_id uuid,
  reason text,
  actor text not null,
  primary key (program_id, id),
  foreign key (program_id, to_customer_id) references customer (program_id, id),
  foreign key (program_id, reverses_id) references ledger_transaction (program_id, id),
  check ((kind = 'TRANSFER') = (to_customer_id is not null)),
  check ((kind = 'REVERSE') = (reverses_id is not null))
);
create index ledger_transaction_of_customer on ledger_transaction (program_id, customer_id, id);
create index ledger_transaction_to_customer on ledger_transaction (program_id, to_customer_id, id) where to_customer_id is not null;
create index ledger_transaction_of_activity on ledger_transaction (program_id, activity_id) where activity_id is not null;
create index ledger_transaction_reversals on ledger_transaction (program_id, reverses_id) where reverses_id is not null;

-- Points earned together. remaining and held are what the lot's entries sum to; expires_at never changes.
create table lot (
  program_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  -- The transaction that brought it: an earning, an adjustment or a transfer.
  transaction_id uuid not null,
  state text not null check (state in ('PENDING', 'AVAILABLE')),
  amount bigint not null check (amount > 0 and amount <= 9007199254740991),
  remaining bigint not null check (remaining >= 0),
  held bigint not null default 0 check (held >= 0),
  earned_at timestamptz not null,
  -- When a pending lot is released by itself; null waits for an activity or a call.
  available_at timestamptz,
  release_activity_type text,
  release_key text,
  expires_at timestamptz,
  primary key (program_id, id),
  check (remaining + held <= amount)
);
create index lot_open on lot (program_id, account_id, expires_at nulls last, id) where remaining + held > 0;
create index lot_of_transaction on lot (program_id, transaction_id);
create index lot_release on lot (program_id, account_id, release_activity_type) where state = 'PENDING' and remaining > 0 and release_activity_type is not null;

create table ledger_entry (
  program_id uuid not null,
  id uuid not null,
  transaction_id uuid not null,
  account_id uuid not null,
  bucket text not null check (bucket in ('PENDING', 'AVAILABLE', 'HELD')),
  lot_id uuid,
  amount bigint not null check (amount <> 0 and amount between -9007199254740991 and 9007199254740991),
  -- Null on a counterparty, whose balance is summed and not cached.
  seq bigint,
  balance_after bigint,
  effective_at timestamptz not null,
  recorded_at timestamptz not null,
  -- One index finds a transaction's entries and keeps them apart; nobody looks for an entry by its id alone.
  primary key (program_id, transaction_id, id),
  check ((seq is null) = (balance_after is null))
) partition by range (id);
create index ledger_entry_of_account on ledger_entry (program_id, account_id, seq);
create index ledger_entry_of_lot on ledger_entry (program_id, lot_id) where lot_id is not null;

create table hold (
  program_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  state text not null check (state in ('OPEN', 'CAPTURED', 'RELEASED', 'EXPIRED')),
  amount bigint not null check (amount > 0),
  remaining bigint not null check (remaining >= 0),
  captured bigint not null default 0 check (captured >= 0),
  reason text,
  actor text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  closed_at timestamptz,
  primary key (program_id, id),
  foreign key (program_id, account_id) references ledger_account (program_id, id),
  check ((state = 'OPEN') = (closed_at is null)),
  check (state = 'OPEN' or remaining = 0)
);
create index hold_open on hold (program_id, account_id, expires_at) where state = 'OPEN';

-- Which lots a hold has set aside, and how much of each is still held.
create table hold_lot (
  program_id uuid not null,
  hold_id uuid not null,
  lot_id uuid not null,
  remaining bigint not null check (remaining >= 0),
  primary key (program_id, hold_id, lot_id),
  foreign key (program_id, hold_id) references hold (program_id, id),
  foreign key (program_id, lot_id) references lot (program_id, id)
);

-- Leaderboards -------------------------------------------------------------------------------------------------------

create table leaderboard (
  program_id uuid not null references program (id),
  id uuid not null,
  code text not null check (code ~ '^[a-z][a-z0-9_]{0,59}$'),
  name text not null,
  metric text not null check (metric in ('POINTS_EARNED', 'ACTIVITY_COUNT', 'PROPERTY_SUM', 'PROPERTY_BEST')),
  currency_id uuid,
  activity_type_id uuid,
  property text,
  -- Scores are integers in units of 10^-score_decimals.
  score_decimals integer not null default 0 check (score_decimals between 0 and 6),
  direction text not null check (direction in ('DESCENDING', 'ASCENDING')),
  period text not null check (period in ('ALL_TIME', 'DAY', 'WEEK', 'MONTH')),
  is_public boolean not null default true,
  created_at timestamptz not null default now(),
  archived_at timestamptz,
  primary key (program_id, id),
  unique (program_id, code),
  foreign key (program_id, currency_id) references point_currency (program_id, id),
  foreign key (program_id, activity_type_id) references activity_type (program_id, id)
);

-- One dated run of a leaderboard, [starts_on, ends_on) in the program's zone; an all-time board has one run without dates.
create table season (
  program_id uuid not null,
  id uuid not null,
  leaderboard_id uuid not null,
  -- all, 2026-11-22, 2026-W47 or 2026-11.
  key text not null,
  starts_on date,
  ends_on date,
  created_at timestamptz not null default now(),
  primary key (program_id, id),
  unique (program_id, leaderboard_id, key),
  foreign key (program_id, leaderboard_id) references leaderboard (program_id, id)
);

-- The exact score; Redis holds a copy that can be rebuilt from here. Without a score the customer is off the board, and the
-- row stays for its version.
create table leaderboard_entry (
  program_id uuid not null,
  season_id uuid not null,
  customer_id uuid not null,
  score bigint check (score between -9007199254740991 and 9007199254740991),
  reached_at timestamptz not null,
  -- Counts up with every change of this entry, so that an old copy never replaces a newer one.
  version bigint not null default 1,
  primary key (program_id, season_id, customer_id)
) with (fillfactor = 80);
create index leaderboard_entry_rank on leaderboard_entry (program_id, season_id, score desc, reached_at, customer_id);

-- Idempotency, outbox, audit, imports ---------------------------------------------------------------------------------

-- program_id is the nil UUID for mutations of the installation itself.
create table idempotency (
  program_id uuid not null,
  mutation text not null,
  key text not null check (length(key) between 1 and 255),
  input_hash bytea not null,
  -- Read back as a whole and never searched, so kept as text, and not compressed: a batch's outcome is large and short-lived.
  result json,
  created_at timestamptz not null default now(),
  primary key (program_id, mutation, key)
);
alter table idempotency alter column result set storage external;
create index idempotency_age on idempotency using brin (created_at);

-- Domain events, several a row, in the order in which they become visible (transaction_id, id).
create table outbox (
  program_id uuid not null,
  id uuid not null,
  -- Taken by the last statement of the transaction, with all its locks still held: of two transactions of which one waited for
  -- the other, the later one has the higher number.
  seq bigint generated always as identity,
  transaction_id xid8 not null default pg_current_xact_id(),
  -- Whether customers were told of it.
  is_told boolean not null default false,
  events json not null,
  created_at timestamptz not null default now(),
  primary key (program_id, id)
);
alter table outbox alter column events set storage external;
create index outbox_order on outbox (seq);
create index outbox_untold on outbox (seq) where not is_told;

create table audit_entry (
  program_id uuid not null,
  id uuid not null,
  actor text not null,
  action text not null,
  subject text not null,
  before jsonb,
  after jsonb,
  recorded_at timestamptz not null default now(),
  primary key (program_id, id)
);
create index audit_entry_subject on audit_entry (program_id, subject, id);

create table import_run (
  program_id uuid not null references program (id),
  id uuid not null,
  -- Hash of the file's content together with its mapping: the same file is the same run.
  source text not null,
  mapping text not null,
  file_name text not null,
  state text not null default 'RUNNING' check (state in ('RUNNING', 'DONE')),
  rows_read bigint not null default 0,
  counts jsonb not null default '{}',
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (program_id, id),
  unique (program_id, source)
);

-- What the database itself keeps true ----------------------------------------------------------------------------------

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: write a correcting row instead', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger ledger_transaction_append_only before update or delete on ledger_transaction for each row execute function refuse_change();
create trigger ledger_transaction_no_truncate before truncate on ledger_transaction for each statement execute function refuse_change();
create trigger ledger_entry_append_only before update or delete on ledger_entry for each row execute function refuse_change();
create trigger ledger_entry_no_truncate before truncate on ledger_entry for each statement execute function refuse_change();
create trigger rule_set_revision_append_only before update or delete on rule_set_revision for each row execute function refuse_change();
create trigger activity_append_only before update or delete on activity for each row execute function refuse_change();

-- All entries of a transaction are written by one statement and sum to zero.
create function refuse_unbalanced() returns trigger language plpgsql as $$
declare offender uuid;
begin
  select transaction_id into offender from written group by program_id, transaction_id having sum(amount) <> 0 limit 1;
  if found then
    raise exception 'the entries of ledger transaction % do not sum to zero', offender using errcode = 'check_violation';
  end if;
  return null;
end $$;

create trigger ledger_entry_balanced after insert on ledger_entry referencing new table as written
  for each statement execute function refuse_unbalanced();

-- Monthly partitions by recording time, which UUIDv7 ids carry in their first 48 bits.
create function uuid_floor(instant timestamptz) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from instant) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

create function ensure_partitions(months_ahead integer) returns void language plpgsql as $$
declare
  parent text;
  month timestamptz;
  name text;
begin
  foreach parent in array array['activity', 'ledger_entry'] loop
    for step in 0..months_ahead loop
      month := date_trunc('month', now() at time zone 'UTC') at time zone 'UTC';
      month := (month at time zone 'UTC' + make_interval(months => step)) at time zone 'UTC';
      name := parent || '_' || to_char(month at time zone 'UTC', 'YYYY_MM');
      if to_regclass(name) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)', name, parent,
          uuid_floor(month), uuid_floor((month at time zone 'UTC' + interval '1 month') at time zone 'UTC'));
      end if;
    end loop;
  end loop;
end $$;

create table activity_other partition of activity default;
create table ledger_entry_other partition of ledger_entry default;
select ensure_partitions(3);
