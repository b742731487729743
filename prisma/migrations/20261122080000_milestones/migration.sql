-- Milestones: what customers have reached. It stays when the measure falls, so that a threshold never awards twice.

-- What is counted stands in tier_day beside what ladders count.
create table milestone_reached (
  program_id uuid not null,
  customer_id uuid not null,
  milestone_id uuid not null,
  -- The calendar period, by the program's zone: 2026-11, 2026 or all.
  period text not null,
  threshold numeric(47, 9) not null,
  activity_id uuid not null,
  -- The activity's own time.
  reached_at timestamptz not null,
  recorded_at timestamptz not null,
  primary key (program_id, customer_id, milestone_id, period, threshold)
);

create trigger milestone_reached_append_only before update or delete on milestone_reached
  for each row execute function refuse_change();
