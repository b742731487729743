-- Erasure: a customer becomes a pseudonym, and everything that adds up stays as it is.

alter table customer add column erased_at timestamptz;
-- Whoever is erased has no words left here, whatever writes the row.
alter table customer add constraint customer_erased check (
  erased_at is null or (
    external_id = 'erased:' || id and account_id is null and display_name is null and email is null and locale is null
    and time_zone is null and birthday is null and attributes = '{}'));

-- Erasures whose traces are looked for once more: what was under way in other transactions may have left some.
create table customer_erasure (
  program_id uuid not null,
  customer_id uuid not null,
  -- By the clock of the wall, also in programs with one of their own.
  recorded_at timestamptz not null default now(),
  -- When everything had been looked through after the last of those transactions was over.
  swept_at timestamptz,
  primary key (program_id, customer_id),
  foreign key (program_id, customer_id) references customer (program_id, id)
);
create index customer_erasure_to_sweep on customer_erasure (recorded_at) where swept_at is null;

-- Whether a change of a row only replaces words (the named columns) of a customer who is erased.
create function is_erasure(was jsonb, becomes jsonb, words text[]) returns boolean language sql stable as $$
  select was - words = becomes - words and exists (
    select from customer c
    where c.program_id = (was ->> 'program_id')::uuid and c.erased_at is not null and c.id in (
      (was ->> 'customer_id')::uuid, (was ->> 'to_customer_id')::uuid,
      (select r.customer_id from redemption r
       where r.program_id = (was ->> 'program_id')::uuid and r.id = (was ->> 'redemption_id')::uuid)))
$$;

-- As refuse_change, but for the words of erased customers; the trigger names their columns.
create function refuse_change_of_facts() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and is_erasure(to_jsonb(old), to_jsonb(new), tg_argv) then
    return new;
  end if;
  raise exception '% is append-only: write a correcting row instead', tg_table_name using errcode = 'restrict_violation';
end $$;

drop trigger activity_append_only on activity;
create trigger activity_append_only before update or delete on activity
  for each row execute function refuse_change_of_facts('message_id', 'properties', 'lines');
drop trigger ledger_transaction_append_only on ledger_transaction;
create trigger ledger_transaction_append_only before update or delete on ledger_transaction
  for each row execute function refuse_change_of_facts('reason');
drop trigger redemption_event_append_only on redemption_event;
create trigger redemption_event_append_only before update or delete on redemption_event
  for each row execute function refuse_change_of_facts('reason');
drop trigger streak_event_append_only on streak_event;
create trigger streak_event_append_only before update or delete on streak_event
  for each row execute function refuse_change_of_facts('note');

create or replace function refuse_tier_rewrite() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and is_erasure(to_jsonb(old), to_jsonb(new), array['note']) then
    return new;
  end if;
  if tg_op = 'DELETE' or old.to_at is not null
    or to_jsonb(new) - 'to_at' is distinct from to_jsonb(old) - 'to_at' then
    raise exception 'tier_membership is append-only: an open interval may be ended and nothing more'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create or replace function refuse_award_rewrite() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and is_erasure(to_jsonb(old), to_jsonb(new), array['reason', 'revoked_reason', 'visible']) then
    return new;
  end if;
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
