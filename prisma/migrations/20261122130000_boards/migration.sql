-- Teams and friends, and what a board can be beyond a list of all customers by one score: tie rules, sub-scores, bounds,
-- attempts, parts, privacy.

-- Teams --------------------------------------------------------------------------------------------------------------

create table team (
  program_id uuid not null references program (id),
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  captain_id uuid not null,
  -- OPEN: every customer may join. CLOSED: the captain or the tenant's server adds members.
  joining text not null check (joining in ('OPEN', 'CLOSED')),
  size_max integer not null check (size_max between 1 and 500),
  created_at timestamptz not null,
  -- When the last member left; a team does not come back.
  disbanded_at timestamptz,
  primary key (program_id, id),
  foreign key (program_id, captain_id) references customer (program_id, id)
);
create index team_running on team (program_id, created_at, id) where disbanded_at is null;

-- Membership is an interval, [from_at, to_at); of one customer no two overlap.
create table team_member (
  program_id uuid not null,
  id uuid not null,
  team_id uuid not null,
  customer_id uuid not null,
  from_at timestamptz not null,
  to_at timestamptz check (to_at >= from_at),
  primary key (program_id, id),
  foreign key (program_id, team_id) references team (program_id, id),
  foreign key (program_id, customer_id) references customer (program_id, id)
);
create unique index team_member_now on team_member (program_id, customer_id) where to_at is null;
create index team_member_of_team on team_member (program_id, team_id) where to_at is null;
create index team_member_history on team_member (program_id, customer_id, from_at);

-- Friends ------------------------------------------------------------------------------------------------------------

-- REQUESTED: one row, from who asks. ACCEPTED: two rows, one for each of the two.
create table friend (
  program_id uuid not null,
  customer_id uuid not null,
  friend_id uuid not null check (friend_id <> customer_id),
  state text not null check (state in ('REQUESTED', 'ACCEPTED')),
  since timestamptz not null,
  primary key (program_id, customer_id, friend_id),
  foreign key (program_id, customer_id) references customer (program_id, id),
  foreign key (program_id, friend_id) references customer (program_id, id)
);
create index friend_requests on friend (program_id, friend_id) where state = 'REQUESTED';

-- Boards -------------------------------------------------------------------------------------------------------------

alter table leaderboard drop constraint leaderboard_metric_check;
alter table leaderboard
  add constraint leaderboard_metric_check
    check (metric in ('POINTS_EARNED', 'ACTIVITY_COUNT', 'PROPERTY_SUM', 'PROPERTY_BEST', 'PROPERTY_LAST')),
  add column tie_rule text not null default 'COMPETITION'
    check (tie_rule in ('COMPETITION', 'DENSE', 'FIRST_TO_REACH')),
  -- A second property of the same activities, which decides between equal scores, in the direction of the board.
  add column sub_property text,
  add column sub_score_decimals integer not null default 0 check (sub_score_decimals between 0 and 6),
  -- What one activity may add, in units of 10^-score_decimals; an activity beyond is not counted.
  add column score_min bigint,
  add column score_max bigint check (score_max >= score_min),
  -- Activities of one customer that count in a season; null counts all.
  add column attempts_max integer check (attempts_max between 1 and 1000000),
  -- Into which parts a season falls, each ranked by itself.
  add column scope text not null default 'PROGRAM'
    check (scope in ('PROGRAM', 'TIER', 'ATTRIBUTE', 'ACCOUNT', 'TEAM')),
  -- Code of the ladder of TIER, name of the attribute of ATTRIBUTE.
  add column scope_key text check ((scope in ('TIER', 'ATTRIBUTE')) = (scope_key is not null)),
  -- A condition on the customer; whoever does not meet it is not listed. Empty lists everybody.
  add column audience text not null default '',
  add column customers_see text not null default 'EVERYTHING' check (customers_see in ('EVERYTHING', 'NEIGHBOURS'));

-- customer_id is the team on a board of teams. part is null for whom no part of the board takes; is_listed is false for who
-- does not want to be seen: both keep their score and have no rank among the others.
alter table leaderboard_entry
  add column sub_score bigint not null default 0 check (sub_score between -9007199254740991 and 9007199254740991),
  add column part text default '',
  add column is_listed boolean not null default true;
drop index leaderboard_entry_rank;
create index leaderboard_entry_rank
  on leaderboard_entry (program_id, season_id, part, score desc, sub_score desc, reached_at, customer_id)
  where is_listed and score is not null;

-- Attempts that a customer has used in a season of a board that limits them.
create table leaderboard_attempt (
  program_id uuid not null,
  leaderboard_id uuid not null,
  season_key text not null,
  customer_id uuid not null,
  used integer not null check (used > 0),
  primary key (program_id, leaderboard_id, season_key, customer_id)
);

-- How a customer appears on boards; whoever has no row appears under the display name.
create table board_privacy (
  program_id uuid not null,
  customer_id uuid not null,
  appearance text not null check (appearance in ('NAME', 'ALIAS', 'ANONYMOUS', 'HIDDEN')),
  alias text check (length(alias) between 1 and 40),
  changed_at timestamptz not null,
  primary key (program_id, customer_id),
  foreign key (program_id, customer_id) references customer (program_id, id)
);
create index board_privacy_hidden on board_privacy (program_id, customer_id) where appearance = 'HIDDEN';
