-- Seasons with a life of their own: opened, closed, sealed with a hash, settled with prizes, archived; and leagues.

alter table leaderboard drop constraint leaderboard_scope_check;
alter table leaderboard
  add constraint leaderboard_scope_check
    check (scope in ('PROGRAM', 'TIER', 'ATTRIBUTE', 'ACCOUNT', 'TEAM', 'LEAGUE'));

-- When seasons are: a schedule (five cron fields in the program's zone) or a list of dates.
alter table leaderboard drop constraint leaderboard_period_check;
alter table leaderboard
  add constraint leaderboard_period_check
    check (period in ('ALL_TIME', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR', 'CRON', 'DATES')),
  add column season_cron text,
  add column season_dates jsonb not null default '[]',
  -- Grace, prizes and claims of the seasons that open from now on; each season keeps the one it opened with.
  add column season_plan jsonb not null default '{}',
  -- Levels and cohorts; null where the board is no league.
  add column league jsonb,
  add constraint leaderboard_cron_check check ((period = 'CRON') = (season_cron is not null));

alter table season
  add column name text,
  add column starts_at timestamptz,
  add column ends_at timestamptz,
  add column state text not null default 'SCHEDULED'
    check (state in ('SCHEDULED', 'OPEN', 'CLOSING', 'SEALED', 'SETTLED', 'ARCHIVED')),
  -- Until then activities of the season that come late still count; null never ends.
  add column seals_at timestamptz,
  -- What was promised when it opened.
  add column plan jsonb,
  add column opened_at timestamptz,
  add column closed_at timestamptz,
  -- From here on no score moves; what comes later is a correction.
  add column frozen_at timestamptz,
  add column sealed_at timestamptz,
  add column settled_at timestamptz,
  add column archived_at timestamptz,
  -- When the worker looks at it next; null never.
  add column next_at timestamptz,
  -- The rules that were live, and the tie rule, when it was sealed.
  add column rule_revision integer,
  add column standing_count integer,
  add column standing_hash bytea check (length(standing_hash) = 32),
  add column prizes_decided_at timestamptz;

update season s
set starts_at = (s.starts_on::timestamp at time zone p.time_zone),
  ends_at = (s.ends_on::timestamp at time zone p.time_zone),
  seals_at = greatest((s.ends_on::timestamp at time zone p.time_zone), now()) + interval '12 hours',
  next_at = (s.starts_on::timestamp at time zone p.time_zone)
from program p where p.id = s.program_id and s.starts_on is not null;
update season set state = 'OPEN', opened_at = created_at where starts_on is null;

create index season_due on season (program_id, next_at) where next_at is not null;
create index season_by_time on season (program_id, leaderboard_id, (coalesce(starts_at, 'epoch'::timestamptz)), id);

-- The sealed record of a season. Rows are written once and never change.
create table season_standing (
  program_id uuid not null,
  season_id uuid not null,
  -- A team's on a board of teams.
  customer_id uuid not null,
  -- The part of the board, ranked by itself; null for whom no part took.
  part text,
  -- From 1 without gaps; null for who was not listed.
  position integer check (position >= 1),
  rank integer check (rank >= 1),
  -- How many share the rank.
  tied integer check (tied >= 1),
  score bigint not null,
  sub_score bigint not null,
  reached_at timestamptz not null,
  primary key (program_id, season_id, customer_id),
  check ((position is null) = (rank is null) and (position is null) = (tied is null))
);
create unique index season_standing_order on season_standing (program_id, season_id, part, position) where position is not null;
create index season_standing_of on season_standing (program_id, customer_id, season_id);

-- What came after a season was frozen, and so did not count: an activity, or the reversal of one.
create table season_correction (
  program_id uuid not null,
  id uuid not null,
  season_id uuid not null,
  customer_id uuid not null,
  kind text not null check (kind in ('LATE_ACTIVITY', 'LATE_REVERSAL')),
  activity_id uuid not null,
  reversal_ids uuid[] not null default '{}',
  -- Ledger transactions of the reversal.
  transaction_ids uuid[] not null default '{}',
  -- What it would have done to the score, in the board's units; null where only a recount would tell.
  change bigint,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  primary key (program_id, id)
);
create index season_correction_of on season_correction (program_id, season_id, id);

-- Who won what, decided once from the sealed record; then given, or claimed in time.
create table season_prize (
  program_id uuid not null,
  id uuid not null,
  season_id uuid not null,
  customer_id uuid not null,
  -- The place of the band in the season's plan.
  band integer not null check (band >= 0),
  rank integer not null,
  tied integer not null,
  currency_id uuid,
  points bigint not null check (points >= 0),
  reward_id uuid,
  badge text,
  state text not null check (state in ('DUE', 'CLAIMABLE', 'GIVEN', 'EXPIRED', 'WITHHELD')),
  claim_until timestamptz,
  -- Why it was withheld, or a part of it could not be given.
  reason text,
  -- What the ledger granted; a balance cap may cut it.
  granted bigint,
  transaction_id uuid,
  redemption_id uuid,
  decided_at timestamptz not null,
  settled_at timestamptz,
  primary key (program_id, id),
  unique (program_id, season_id, customer_id, band),
  check ((state = 'CLAIMABLE') <= (claim_until is not null)),
  check ((points > 0) = (currency_id is not null))
);
create index season_prize_due on season_prize (program_id, season_id) where state = 'DUE';
create index season_prize_claimable on season_prize (program_id, claim_until) where state = 'CLAIMABLE';
create index season_prize_of_customer on season_prize (program_id, customer_id, id);

-- Where customers stand in a league, at a level from 0, the lowest.
create table league_place (
  program_id uuid not null,
  leaderboard_id uuid not null,
  customer_id uuid not null,
  level integer not null check (level >= 0),
  -- Seasons in a row without an activity.
  idle_seasons integer not null default 0 check (idle_seasons >= 0),
  -- Levels lost by them.
  idle_drops integer not null default 0 check (idle_drops >= 0),
  -- The last season that was decided for the customer.
  decided_season_id uuid,
  updated_at timestamptz not null,
  primary key (program_id, leaderboard_id, customer_id)
);

-- Who plays in which cohort of a season, at which level.
create table league_member (
  program_id uuid not null,
  season_id uuid not null,
  customer_id uuid not null,
  level integer not null check (level >= 0),
  -- From 1 at each level.
  cohort integer not null check (cohort >= 1),
  joined_at timestamptz not null,
  primary key (program_id, season_id, customer_id)
);
create index league_member_of on league_member (program_id, season_id, level, cohort);

-- What each season did to a customer's level.
create table league_result (
  program_id uuid not null,
  season_id uuid not null,
  customer_id uuid not null,
  leaderboard_id uuid not null,
  -- Null for who had no activity in the season.
  cohort integer,
  position integer,
  from_level integer not null,
  to_level integer not null,
  outcome text not null check (outcome in ('PROMOTED', 'STAYED', 'RELEGATED', 'DROPPED_IDLE')),
  decided_at timestamptz not null,
  primary key (program_id, season_id, customer_id)
);
create index league_result_of_customer on league_result (program_id, customer_id, leaderboard_id, season_id);
