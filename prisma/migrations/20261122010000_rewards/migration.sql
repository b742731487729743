-- Rewards: what is left of each, what customers redeemed, the codes that they got, and what was refused to them.
-- What a reward is stands in the rule set; its id there is stable over revisions.

-- How many pieces of a reward customers have. A redemption locks the row, so that the last piece is had once.
-- Neither it nor a code refers to the program: that would make every redemption of all rewards lock the one program row.
create table reward_stock (
  program_id uuid not null,
  reward_id uuid not null,
  reserved bigint not null default 0 check (reserved >= 0),
  issued bigint not null default 0 check (issued >= 0),
  primary key (program_id, reward_id)
);

create table redemption (
  program_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  -- The customer's company at that time: what limits of companies count.
  account_id uuid,
  reward_id uuid not null,
  reward_code text not null,
  revision integer not null,
  state text not null check (state in ('RESERVED', 'ISSUED', 'USED', 'FULFILLED', 'CANCELLED', 'EXPIRED')),
  quantity integer not null check (quantity > 0),
  points bigint not null check (points between 0 and 9007199254740991),
  currency_id uuid not null,
  -- Minor units, paid to the tenant.
  money bigint check (money > 0),
  money_currency char(3),
  hold_id uuid,
  transaction_id uuid,
  reversal_id uuid,
  -- What was promised: kind, texts, validity. Later revisions of the reward do not change it.
  terms jsonb not null,
  requested_at timestamptz not null,
  issued_at timestamptz,
  closed_at timestamptz,
  -- When the reservation, or what was issued, is over; null never.
  expires_at timestamptz,
  actor text not null,
  reason text,
  version integer not null default 1,
  primary key (program_id, id),
  foreign key (program_id, customer_id) references customer (program_id, id),
  check ((money is null) = (money_currency is null)),
  check (state <> 'RESERVED' or issued_at is null and expires_at is not null and transaction_id is null),
  check (state not in ('ISSUED', 'USED', 'FULFILLED') or issued_at is not null),
  check ((state in ('RESERVED', 'ISSUED')) = (closed_at is null))
);
create index redemption_of_customer on redemption (program_id, customer_id, id);
create index redemption_of_reward on redemption (program_id, reward_id, requested_at);
create unique index redemption_hold on redemption (program_id, hold_id) where hold_id is not null;
create unique index redemption_transaction on redemption (program_id, transaction_id) where transaction_id is not null;
create index redemption_due on redemption (program_id, expires_at) where state in ('RESERVED', 'ISSUED') and expires_at is not null;

-- Whatever happened to a redemption, in order.
create table redemption_event (
  program_id uuid not null,
  redemption_id uuid not null,
  version integer not null,
  state text not null check (state in ('RESERVED', 'ISSUED', 'USED', 'FULFILLED', 'CANCELLED', 'EXPIRED')),
  -- When it took effect.
  at timestamptz not null,
  recorded_at timestamptz not null,
  actor text not null,
  reason text,
  primary key (program_id, redemption_id, version)
);
create trigger redemption_event_append_only before update or delete on redemption_event for each row execute function refuse_change();

-- Codes of rewards, imported or made up. A code that was handed out stays with its redemption for ever.
create table reward_code (
  program_id uuid not null,
  id uuid not null,
  reward_id uuid not null,
  code text not null check (length(code) between 1 and 255),
  added_at timestamptz not null,
  -- Whose it is; set without handed_at, it is only kept for a reservation and may come back.
  redemption_id uuid,
  handed_at timestamptz,
  primary key (program_id, id),
  unique (program_id, reward_id, code),
  check (handed_at is null or redemption_id is not null)
);
create index reward_code_free on reward_code (program_id, reward_id, id) where redemption_id is null;
create unique index reward_code_of_redemption on reward_code (program_id, redemption_id) where redemption_id is not null;

create function refuse_code_return() returns trigger language plpgsql as $$
begin
  if old.handed_at is not null then
    raise exception 'a code that was handed out is never handed out again' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger reward_code_once before update on reward_code for each row execute function refuse_code_return();

-- Codes that confirm a redemption of great value. Only a keyed hash is kept, and only the newest of a customer and reward counts.
create table step_up_code (
  program_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  reward_id uuid not null,
  hash bytea not null,
  tries integer not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (program_id, id),
  foreign key (program_id, customer_id) references customer (program_id, id)
);
create index step_up_code_newest on step_up_code (program_id, customer_id, reward_id, id desc);

-- Redemptions that were refused, with all reasons as data, so that a refusal can be explained afterwards.
create table redemption_refusal (
  program_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  reward_id uuid not null,
  reward_code text not null,
  revision integer not null,
  quantity integer not null,
  mode text not null check (mode in ('ISSUE', 'RESERVE')),
  points bigint not null,
  refusals jsonb not null,
  refused_at timestamptz not null,
  actor text not null,
  primary key (program_id, id),
  foreign key (program_id, customer_id) references customer (program_id, id)
);
create index redemption_refusal_of_customer on redemption_refusal (program_id, customer_id, id desc);
