-- Streaks: what each customer did by their own periods, where they stand, and what happened. And where customers were when.

-- A customer's move to another zone; null is the program's. Which local day an instant belongs to comes from these.
create table customer_zone_move (
  program_id uuid not null,
  customer_id uuid not null,
  moved_at timestamptz not null,
  from_zone text,
  to_zone text,
  primary key (program_id, customer_id, moved_at)
);

create table streak_period (
  program_id uuid not null,
  customer_id uuid not null,
  streak_id uuid not null,
  cadence text not null check (cadence in ('DAY', 'WEEK', 'MONTH')),
  -- Numbered without gaps; `name` is what people call it.
  period integer not null,
  name text not null,
  -- The local day of the activity that wrote last, and the zone that made it so.
  local_date date not null,
  zone text not null,
  -- What each condition has come to, by its key.
  amounts jsonb not null,
  met boolean not null,
  -- When the activity that met it occurred; null while it is not met.
  met_at timestamptz,
  primary key (program_id, customer_id, streak_id, cadence, period)
);

create table streak_state (
  program_id uuid not null,
  customer_id uuid not null,
  streak_id uuid not null,
  code text not null,
  cadence text not null,
  -- What verdicts came from; another one has the streak judged anew, with what was said before kept.
  shape text not null,
  -- How many moves were known.
  moves integer not null,
  -- After the last period that is decided: what later ones are judged from.
  base jsonb not null,
  through integer,
  state text not null,
  length integer not null,
  longest integer not null,
  started_on integer,
  last_met integer,
  -- Lists of [from, to): local days of pauses, and periods that restores took back.
  pauses jsonb not null,
  bridges jsonb not null,
  -- The last period of which the customer was told that it is at risk.
  warned_for integer,
  next_at timestamptz,
  primary key (program_id, customer_id, streak_id),
  check (length >= 0 and longest >= length)
);
create index streak_state_due on streak_state (program_id, next_at) where next_at is not null;

create table streak_event (
  program_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  streak_id uuid not null,
  cadence text not null,
  shape text not null,
  kind text not null,
  -- The period that it is about; null where it is about none.
  period integer,
  -- The length of the run then; of a break, the one that was lost.
  length integer not null,
  -- Freezes given, local days of a pause, periods of a restore, points of a prize.
  detail jsonb not null,
  -- When it took effect, which may be before it was found.
  at timestamptz not null,
  activity_id uuid,
  note text,
  actor text not null,
  recorded_at timestamptz not null,
  primary key (program_id, id)
);
create index streak_event_of_customer on streak_event (program_id, customer_id, streak_id, id);
create index streak_event_prizes on streak_event (program_id, customer_id, streak_id, period) where kind = 'PRIZE_GIVEN';
-- Nobody is warned of one period twice, whatever runs beside.
create unique index streak_event_warned on streak_event (program_id, customer_id, streak_id, cadence, period) where kind = 'AT_RISK';

create trigger streak_event_append_only before update or delete on streak_event
  for each row execute function refuse_change();

-- Streaks whose past has been counted for everybody.
create table streak_fill (
  program_id uuid not null,
  streak_id uuid not null,
  cadence text not null,
  filled_at timestamptz not null,
  primary key (program_id, streak_id, cadence)
);
