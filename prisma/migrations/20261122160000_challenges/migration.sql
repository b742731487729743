-- Challenges: how far customers, teams and the community are, and what they get for it.

create table challenge_run (
  program_id uuid not null references program (id),
  id uuid not null,
  -- The item of the rule set; runs outlive it.
  challenge_id uuid not null,
  goal text not null check (goal in ('PERSONAL', 'TEAM', 'COMMUNITY')),
  -- The customer, the team, or the program itself.
  owner_id uuid not null,
  -- The calendar period, by the program's zone: 2026-11-22, 2026-W47, 2026-11 or all.
  period text not null,
  -- From 1, within owner and period.
  number integer not null check (number > 0),
  state text not null check (state in ('RUNNING', 'COMPLETED', 'REVOKED')),
  started_at timestamptz not null,
  -- The first instant that does not count any more.
  ends_at timestamptz,
  completed_at timestamptz,
  -- The activity that completed it.
  completed_by uuid,
  -- Of a shared goal that was reached: what is given to whom, as it was decided then; else the JSON null.
  prize jsonb not null,
  -- Of a shared goal that was reached: up to which customer prizes are given, and when all were.
  settled_to uuid,
  settled_at timestamptz,
  primary key (program_id, id),
  unique (program_id, challenge_id, owner_id, period, number),
  check ((state = 'RUNNING') = (completed_at is null))
);

create index challenge_run_to_settle on challenge_run (program_id, id)
  where state = 'COMPLETED' and goal <> 'PERSONAL' and settled_at is null;

-- What a run's steps have come to; no step goes beyond its target.
create table challenge_step (
  program_id uuid not null,
  run_id uuid not null,
  step text not null,
  amount numeric(47, 9) not null check (amount >= 0),
  primary key (program_id, run_id, step),
  foreign key (program_id, run_id) references challenge_run (program_id, id)
);

-- Who took part in a shared goal, and with how many activities.
create table challenge_contribution (
  program_id uuid not null,
  run_id uuid not null,
  customer_id uuid not null,
  activities integer not null,
  primary key (program_id, run_id, customer_id),
  foreign key (program_id, run_id) references challenge_run (program_id, id),
  foreign key (program_id, customer_id) references customer (program_id, id)
);

-- What a customer gets for a run: one prize, whatever happens.
create table challenge_prize (
  program_id uuid not null,
  id uuid not null,
  run_id uuid not null,
  customer_id uuid not null,
  role text not null check (role in ('WINNER', 'CONTRIBUTOR', 'BYSTANDER')),
  state text not null check (state in ('GIVEN', 'CLAIMABLE')),
  currency_id uuid not null,
  points bigint not null check (points >= 0),
  -- How the points expire once they are claimed; the JSON null as the currency says.
  expiry jsonb not null,
  claim_until timestamptz,
  -- Null while it is to be claimed, and where the cap on the balance left no room.
  transaction_id uuid,
  created_at timestamptz not null,
  given_at timestamptz,
  primary key (program_id, id),
  unique (program_id, run_id, customer_id),
  foreign key (program_id, run_id) references challenge_run (program_id, id),
  foreign key (program_id, customer_id) references customer (program_id, id),
  foreign key (program_id, currency_id) references point_currency (program_id, id)
);

create index challenge_prize_of_customer on challenge_prize (program_id, customer_id, id);
