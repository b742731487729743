-- Prize draws: what was played, what came out, and how often what was given.

create table draw_play (
  program_id uuid not null references program (id),
  id uuid not null,
  customer_id uuid not null,
  -- The item of the rule set; plays outlive it.
  draw_id uuid not null,
  draw_code text not null,
  -- The revision whose weights decided.
  revision integer not null,
  -- The random number, of [0, tickets).
  ticket bigint not null,
  tickets bigint not null,
  -- The outcome into which the ticket fell, and the one that was given.
  drawn text not null,
  given text not null,
  -- Why what was drawn could not be given.
  used_up text check (used_up in ('LIMIT', 'STOCK', 'BUDGET')),
  -- The outcome that was given, as it was then.
  outcome jsonb not null,
  is_free boolean not null,
  -- Points that the customer paid, and what paid them.
  cost bigint not null check (cost >= 0),
  cost_currency_id uuid,
  payment_id uuid,
  -- Points that were given, less what a cap on the balance left no room for, and what gave them.
  points bigint not null check (points >= 0),
  points_currency_id uuid,
  transaction_id uuid,
  redemption_id uuid,
  -- What the outcome costs the programme, in minor units of its money.
  money bigint not null check (money >= 0),
  played_at timestamptz not null,
  actor text not null,
  primary key (program_id, id),
  check (ticket >= 0 and ticket < tickets),
  check ((used_up is null) = (drawn = given)),
  check ((cost > 0) = (payment_id is not null) and (points > 0) = (transaction_id is not null)),
  check (not is_free or cost = 0),
  foreign key (program_id, customer_id) references customer (program_id, id),
  foreign key (program_id, cost_currency_id) references point_currency (program_id, id),
  foreign key (program_id, points_currency_id) references point_currency (program_id, id),
  foreign key (program_id, redemption_id) references redemption (program_id, id)
);

-- A customer's plays, and how many count towards a limit.
create index draw_play_of_customer on draw_play (program_id, customer_id, draw_id, played_at);

create trigger draw_play_append_only before update or delete on draw_play for each row execute function refuse_change();
create trigger draw_play_no_truncate before truncate on draw_play for each statement execute function refuse_change();

-- Plays of all customers by calendar period. Whoever plays locks the row of the draw for all of time, and so all of its rows.
create table draw_tally (
  program_id uuid not null references program (id),
  draw_id uuid not null,
  -- The outcome that was given; empty for the draw as a whole.
  outcome text not null,
  -- By the program's zone: 2026-11-22, 2026-W47, 2026-11, 2026 or all.
  period text not null,
  plays bigint not null default 0,
  points bigint not null default 0,
  money bigint not null default 0,
  primary key (program_id, draw_id, outcome, period)
);
