-- What the limits and peers of the write goals keep: the least that can be called a ledger. Laurel writes lots, double
-- entries, counters, board scores and events for the relay besides.
create table event (
  message_id text primary key,
  member_id integer not null,
  type text not null,
  points integer not null,
  occurred_at timestamptz not null
);
create table entry (
  id bigint generated always as identity primary key,
  member_id integer not null,
  message_id text not null,
  amount integer not null,
  balance_after bigint not null
);
create table balance (member_id integer primary key, points bigint not null);
