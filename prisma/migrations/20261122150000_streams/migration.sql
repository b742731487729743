-- Streams without gaps: what happened to each customer, kept for some days so that a reader who comes back is told what was
-- missed; and the inbox, which keeps what a customer should see.

-- One row holds what one transaction told one customer. The relay writes it, alone and one batch after another, so that a
-- higher number was committed later: no reader who has gone on to a number can miss a lower one.
create table customer_event (
  program_id uuid not null,
  customer_id uuid not null,
  seq bigint generated always as identity,
  -- The transaction that made it true: tells whether a snapshot of the record has it already.
  transaction_id xid8 not null,
  recorded_at timestamptz not null default now(),
  events json not null,
  primary key (program_id, customer_id, seq)
);
alter table customer_event alter column events set storage external;
create index customer_event_age on customer_event using brin (recorded_at);

-- Up to which row of the outbox, in the order of (transaction_id, id), customers have been told. One row.
create table relay_position (
  only_row boolean primary key default true check (only_row),
  transaction_id xid8 not null,
  outbox_id uuid not null
);
insert into relay_position (transaction_id, outbox_id) values ('0', '00000000-0000-0000-0000-000000000000');

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
