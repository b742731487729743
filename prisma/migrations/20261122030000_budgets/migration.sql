-- What bounds awards beside a customer's caps: budgets that all customers share, and the time since a rule was last used.

-- One row a budget and period, locked by every batch that may draw on it.
create table budget_usage (
  program_id uuid not null,
  budget_id uuid not null,
  period text not null,
  points bigint not null default 0 check (points >= 0),
  uses bigint not null default 0 check (uses >= 0),
  primary key (program_id, budget_id, period)
);

-- When the rule was last used, by the activities' own time: what a cool-down is measured from.
alter table earning_counter add column last_at timestamptz;
