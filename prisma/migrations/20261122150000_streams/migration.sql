-- Streams without gaps: what happened to each customer, kept for some days so that a reader who comes back is told what was
-- missed; and the inbox, which keeps what a customer should see.

-- One row holds what one transaction told one customer. Relays write them, one batch after another, so that no reader who has
-- gone on to a number can miss a lower one; and in the order of the outbox, so that what waited for another comes behind it.
create table customer_event (
  program_id uuid not null,
  customer_id uuid not null,
  seq bigint generated always as identity,
  -- The row of the outbox that said it, and its transaction: they tell whether a snapshot of the record has it already.
  outbox_seq bigint not null,
  transaction_id xid8 not null,
  recorded_at timestamptz not null default now(),
  events json not null,
  primary key (program_id, customer_id, seq)
);
alter table customer_event alter column events set storage external;
create index customer_event_age on customer_event using brin (recorded_at);

-- The id is that of the event, so that no event puts two items there.
create table inbox_item (
  program_id uuid not null,
  customer_id uuid not null,
  id uuid not null,
  kind text not null,
  about_type text not null,
  about_id uuid not null,
  data json not null,
  claim_type text,
  claim_id uuid,
  at timestamptz not null,
  expires_at timestamptz,
  read_at timestamptz,
  recorded_at timestamptz not null default now(),
  primary key (program_id, customer_id, id),
  check ((claim_type is null) = (claim_id is null))
);
create index inbox_item_unread on inbox_item (program_id, customer_id) where read_at is null;
create index inbox_item_age on inbox_item using brin (recorded_at);
