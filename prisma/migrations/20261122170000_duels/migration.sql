-- Duels: one customer against another.

create table duel (
  program_id uuid not null references program (id),
  id uuid not null,
  -- The item of the rule set; duels outlive it.
  kind_id uuid not null,
  kind_code text not null,
  state text not null check (state in ('INVITED', 'OPEN', 'RUNNING', 'DECIDED', 'DECLINED', 'WITHDRAWN', 'LAPSED')),
  -- What both sides agreed on.
  terms jsonb not null,
  created_at timestamptz not null,
  answer_until timestamptz not null,
  started_at timestamptz,
  -- The first instant that does not count any more.
  ends_at timestamptz,
  decided_at timestamptz,
  -- When the worker has something to do: to let it lapse, or to decide it; null when it is over.
  due_at timestamptz,
  primary key (program_id, id),
  check ((state in ('INVITED', 'OPEN', 'RUNNING')) = (due_at is not null)),
  check ((state in ('RUNNING', 'DECIDED')) = (started_at is not null and ends_at is not null)),
  check ((state = 'DECIDED') = (decided_at is not null))
);

create index duel_due on duel (due_at) where due_at is not null;
create index duel_open on duel (program_id, kind_id, id) where state = 'OPEN';

create table duel_side (
  program_id uuid not null,
  duel_id uuid not null,
  role text not null check (role in ('CHALLENGER', 'OPPONENT')),
  customer_id uuid not null,
  -- Null until it is decided.
  has_won boolean,
  points bigint not null default 0 check (points >= 0),
  transaction_id uuid,
  primary key (program_id, duel_id, role),
  unique (program_id, duel_id, customer_id),
  foreign key (program_id, duel_id) references duel (program_id, id),
  foreign key (program_id, customer_id) references customer (program_id, id)
);

create index duel_side_of_customer on duel_side (program_id, customer_id, duel_id desc);

-- The attempts: each activity counts once for a duel, and a side's score is made of them.
create table duel_attempt (
  program_id uuid not null,
  duel_id uuid not null,
  activity_id uuid not null,
  customer_id uuid not null,
  amount numeric(47, 9) not null check (amount > 0),
  primary key (program_id, duel_id, activity_id),
  foreign key (program_id, duel_id, customer_id) references duel_side (program_id, duel_id, customer_id)
);

create index duel_attempt_of_activity on duel_attempt (program_id, activity_id);
