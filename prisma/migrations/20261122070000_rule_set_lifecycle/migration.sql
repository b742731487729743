-- Revisions that take over at an instant, their cancellation, and publications that wait for a second person.

-- The number of the newest revision; which one is live is a question of time.
alter table program rename column live_revision to last_revision;
alter table program add column publish_approval text not null default 'NONE'
  check (publish_approval in ('NONE', 'SECOND_PERSON'));

-- When it takes over; null: it took over when it was published.
alter table rule_set_revision add column scheduled_for timestamptz;
alter table rule_set_revision add constraint rule_set_revision_ahead check (scheduled_for > published_at);
-- Of a rollback: whose content this is.
alter table rule_set_revision add column restores_revision integer;
-- The approved proposal it came from.
alter table rule_set_revision add column proposal_id uuid;

-- A scheduled revision that never goes live. The revision itself never changes.
create table rule_set_cancellation (
  program_id uuid not null,
  revision integer not null,
  cancelled_at timestamptz not null,
  cancelled_by text not null,
  reason text,
  primary key (program_id, revision),
  foreign key (program_id, revision) references rule_set_revision (program_id, revision)
);
create trigger rule_set_cancellation_append_only before update or delete on rule_set_cancellation
  for each row execute function refuse_change();

-- What one person wants to publish and another one decides on. Content and diff are frozen.
create table rule_set_proposal (
  program_id uuid not null references program (id),
  id uuid not null,
  state text not null default 'PENDING' check (state in ('PENDING', 'APPROVED', 'REJECTED')),
  content jsonb not null,
  diff jsonb not null,
  note text,
  scheduled_for timestamptz,
  restores_revision integer,
  -- The newest revision when it was made: it can be approved as long as this is so.
  after_revision integer not null,
  proposed_at timestamptz not null,
  proposed_by text not null,
  decided_at timestamptz,
  decided_by text,
  decision_note text,
  revision integer,
  primary key (program_id, id),
  foreign key (program_id, revision) references rule_set_revision (program_id, revision),
  check ((state = 'PENDING') = (decided_at is null)),
  check ((decided_at is null) = (decided_by is null)),
  check ((state = 'APPROVED') = (revision is not null)),
  check (decided_by <> proposed_by)
);
create index rule_set_proposal_newest on rule_set_proposal (program_id, id desc);

create function refuse_decided() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.state <> 'PENDING' or
     (new.content, new.diff, new.proposed_by, new.scheduled_for) is distinct from (old.content, old.diff, old.proposed_by, old.scheduled_for) then
    raise exception 'a proposal is frozen, and decided once' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger rule_set_proposal_decided_once before update or delete on rule_set_proposal
  for each row execute function refuse_decided();
