-- Back-tests: replays of what is on record under rules that are not live. A run writes nothing but its own row.

create table backtest_run (
  program_id uuid not null references program (id),
  id uuid not null,
  state text not null default 'QUEUED' check (state in ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')),
  -- Where the rules under test came from; frozen in content, so that later edits do not reach a run that waits.
  source text not null check (source in ('DRAFT', 'REVISION', 'FILE')),
  source_revision integer check ((source = 'REVISION') = (source_revision is not null)),
  content jsonb not null,
  -- The revision that was live when it was asked for: what the rules under test are compared with.
  live_revision integer not null,
  -- Activities that occurred in [counted_from, counted_to) count.
  counted_from timestamptz not null,
  counted_to timestamptz not null check (counted_to > counted_from),
  segment_by text,
  -- Minor units of money for 1,000 points.
  minor_per_thousand numeric(24, 9) check (minor_per_thousand >= 0),
  money_currency char(3) check ((money_currency is null) = (minor_per_thousand is null)),
  requested_at timestamptz not null,
  requested_by text not null,
  -- Counts how often a worker began with it. Whoever holds an older number has lost the run.
  attempt integer not null default 0,
  started_at timestamptz,
  -- A run whose worker has not been heard of for a while begins anew.
  heartbeat_at timestamptz,
  activities_done bigint not null default 0,
  -- Null until they are counted.
  activities_total bigint,
  ended_at timestamptz,
  report jsonb check ((state = 'DONE') = (report is not null)),
  failure text check ((state = 'FAILED') = (failure is not null)),
  -- Grows with every change of the row.
  version integer not null default 1,
  primary key (program_id, id)
);
create unique index backtest_run_open on backtest_run (program_id) where state in ('QUEUED', 'RUNNING');
