-- Tiers: what is counted by local day, where each customer stands, and the history of that.

-- What a customer has of one measure (points of a currency, the sum of a property, how often) by local day of the activity.
-- Ladders and levels sum days over their own periods. The lock of the default currency's account keeps the rows still.
create table tier_day (
  program_id uuid not null,
  customer_id uuid not null,
  -- points:<currency>, spend:<activity type>:<property> or count:<activity type>
  measure text not null,
  day date not null,
  amount numeric(47, 9) not null,
  primary key (program_id, customer_id, measure, day)
);

-- Where a customer stands on a ladder, and what is looked at next. No row means the base of the ladder.
create table tier_standing (
  program_id uuid not null,
  customer_id uuid not null,
  ladder_id uuid not null,
  ladder_code text not null,
  -- The tier that counts, and since when; null below the first.
  tier_code text,
  since timestamptz,
  earned_code text,
  assigned_code text,
  assigned_kind text check (assigned_kind in ('MANUAL', 'INVITED')),
  -- When what was given ends; null holds until it is released.
  locked_until timestamptz,
  -- First day of the period that is reviewed next.
  period_from date,
  -- The last period end of which the customer was warned.
  warned_for date,
  -- The period and grace that period_from was set by: a revision that changes them begins anew.
  shape text not null,
  -- When a review, a warning or an end comes; null when nothing does.
  review_at timestamptz,
  primary key (program_id, customer_id, ladder_id),
  foreign key (program_id, customer_id) references customer (program_id, id),
  check ((assigned_code is null) = (assigned_kind is null)),
  check (assigned_code is not null or locked_until is null)
);
create index tier_standing_due on tier_standing (program_id, review_at) where review_at is not null;
create index tier_standing_of_ladder on tier_standing (program_id, ladder_id, tier_code);

-- The history as intervals [from_at, to_at), one a tier held; a gap means below the first tier, or never above the base.
create table tier_membership (
  program_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  ladder_id uuid not null,
  ladder_code text not null,
  tier_code text not null,
  -- As it was called then: a later revision may not have the tier any more.
  tier_name text not null,
  previous_code text,
  from_at timestamptz not null,
  to_at timestamptz,
  reason text not null check (reason in ('EARNED', 'REVIEWED', 'MANUAL', 'INVITED', 'RECALCULATED')),
  note text,
  locked_until timestamptz,
  revision integer not null,
  activity_id uuid,
  actor text not null,
  recorded_at timestamptz not null,
  primary key (program_id, id),
  check (to_at is null or to_at >= from_at)
);
create unique index tier_membership_open on tier_membership (program_id, customer_id, ladder_id) where to_at is null;
create index tier_membership_history on tier_membership (program_id, customer_id, ladder_id, from_at);

-- History is never rewritten: an interval is ended once, and nothing else of it changes.
create function refuse_tier_rewrite() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.to_at is not null
    or to_jsonb(new) - 'to_at' is distinct from to_jsonb(old) - 'to_at' then
    raise exception 'tier_membership is append-only: an open interval may be ended and nothing more'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger tier_membership_append_only before update or delete on tier_membership
  for each row execute function refuse_tier_rewrite();
