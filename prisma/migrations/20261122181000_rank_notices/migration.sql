-- Notices of ranks: which boards send them, and what each customer was told last.

create table rank_notice_plan (
  program_id uuid not null,
  leaderboard_id uuid not null,
  -- Whoever stands at these positions is told.
  first integer not null check (first between 1 and 1000),
  -- A customer is told of a board once in so many minutes.
  every_minutes integer not null check (every_minutes between 1 and 10080),
  primary key (program_id, leaderboard_id),
  foreign key (program_id, leaderboard_id) references leaderboard (program_id, id)
);

-- At most as many rows a season as its board tells, and those who have just fallen behind them.
create table rank_told (
  program_id uuid not null,
  season_id uuid not null,
  customer_id uuid not null,
  -- Null behind the first.
  rank integer check (rank >= 1),
  -- Null for who stood there when the board was looked at for the first time, and was not told.
  told_at timestamptz,
  primary key (program_id, season_id, customer_id),
  foreign key (program_id, season_id) references season (program_id, id)
);
create index rank_told_of on rank_told (program_id, customer_id);
