-- Badges: what customers were awarded, and how far the past has been credited.

-- One award. What it is never changes; whether it is shown may, and it is revoked, expired or paid once.
create table badge_award (
  program_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  badge_id uuid not null,
  -- As they were called then: a later revision may not have them any more.
  badge_code text not null,
  level_code text not null,
  level_number integer not null check (level_number >= 1),
  -- The period, by the program's zone, that it was earned in: 2026-11-22, 2026-W47, 2026-11, 2026 or all; hand where it was given.
  period text not null,
  -- The how manyth of its period.
  occurrence integer not null check (occurrence >= 1),
  by_hand boolean not null,
  -- When the activity occurred that reached it, or when it was given.
  earned_at timestamptz not null,
  recorded_at timestamptz not null,
  -- From then on it is no longer held.
  expires_at timestamptz,
  activity_id uuid,
  revision integer not null,
  -- Whether it was credited for the past, without a notice.
  silent boolean not null,
  -- What it gave, and by which transaction; null when it gave nothing.
  points bigint,
  transaction_id uuid,
  -- Why it was given by hand.
  reason text,
  actor text not null,
  -- Whether the customer shows it to others.
  visible boolean not null default true,
  revoked_at timestamptz,
  revoked_why text check (revoked_why in ('HAND', 'REVERSAL')),
  revoked_reason text,
  revoked_by text,
  -- When the job found it expired.
  expired_at timestamptz,
  primary key (program_id, id),
  check ((revoked_at is null) = (revoked_why is null)),
  check (by_hand or activity_id is not null)
);
-- Nothing is awarded twice; what a reversal took back can be earned again.
create unique index badge_award_once on badge_award (program_id, customer_id, badge_id, level_code, period, occurrence)
  where revoked_why is distinct from 'REVERSAL';
create index badge_award_shelf on badge_award (program_id, customer_id, earned_at desc, id desc);
create index badge_award_holders on badge_award (program_id, badge_id, customer_id) where revoked_at is null;
create index badge_award_feed on badge_award (program_id, earned_at desc, id desc) where revoked_at is null;
create index badge_award_expiry on badge_award (expires_at)
  where expires_at is not null and expired_at is null and revoked_at is null;

create function refuse_award_rewrite() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE'
    or to_jsonb(new) - array['visible', 'revoked_at', 'revoked_why', 'revoked_reason', 'revoked_by', 'expired_at', 'points', 'transaction_id']
      is distinct from
      to_jsonb(old) - array['visible', 'revoked_at', 'revoked_why', 'revoked_reason', 'revoked_by', 'expired_at', 'points', 'transaction_id']
    or old.revoked_at is not null and (new.revoked_at, new.revoked_why, new.revoked_reason, new.revoked_by)
      is distinct from (old.revoked_at, old.revoked_why, old.revoked_reason, old.revoked_by)
    or old.expired_at is not null and new.expired_at is distinct from old.expired_at
    or old.transaction_id is not null and (new.points, new.transaction_id) is distinct from (old.points, old.transaction_id) then
    raise exception 'badge_award is append-only: an award may be shown or not, and once be revoked, expired or paid'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger badge_award_append_only before update or delete on badge_award
  for each row execute function refuse_award_rewrite();

-- How far the past has been credited by a badge of a shape: customers up to the cursor, or everybody once it is done.
create table badge_backfill (
  program_id uuid not null,
  badge_id uuid not null,
  badge_code text not null,
  shape text not null,
  cursor_id uuid,
  customers bigint not null default 0,
  awards bigint not null default 0,
  started_at timestamptz not null,
  done_at timestamptz,
  -- When a revision takes over that may have another shape of it.
  look_at timestamptz,
  primary key (program_id, badge_id)
);
