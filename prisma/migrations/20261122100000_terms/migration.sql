-- Programme terms by version, and who agreed to which of them.

-- For what customers must have agreed to the terms in force.
alter table program add column consent_needed_for text[] not null default '{}'
  check (consent_needed_for <@ array['ENROLMENT', 'REDEMPTION']);

-- A version never changes: what somebody agreed to stays readable as it was.
create table terms_version (
  program_id uuid not null references program (id),
  -- 1, 2, 3…
  number integer not null check (number >= 1),
  -- By language: a title, and markdown or an address.
  texts jsonb not null,
  effective_from timestamptz not null,
  -- Whether those who agreed to an earlier version must agree anew.
  renews_consent boolean not null,
  note text,
  published_at timestamptz not null,
  published_by text not null,
  primary key (program_id, number)
);
create trigger terms_version_append_only before update or delete on terms_version for each row execute function refuse_change();
create trigger terms_version_no_truncate before truncate on terms_version for each statement execute function refuse_change();

-- Nothing in it tells who the customer is: it may be kept as evidence when the profile is erased.
create table terms_consent (
  program_id uuid not null,
  customer_id uuid not null,
  -- In the order of one customer's entries, from 1.
  sequence integer not null check (sequence >= 1),
  action text not null check (action in ('ACCEPTED', 'WITHDRAWN')),
  -- The version that was accepted; of a withdrawal, the newest one that it takes back.
  version integer not null,
  channel text not null check (channel in ('WEB', 'APP', 'EMAIL', 'PHONE', 'IN_PERSON', 'PAPER')),
  -- In which language it was read; a withdrawal has none.
  language text check (length(language) <= 35),
  -- When the customer said so.
  at timestamptz not null,
  recorded_at timestamptz not null,
  recorded_by text not null,
  -- Whether the customer's own token recorded it.
  by_customer boolean not null,
  primary key (program_id, customer_id, sequence),
  foreign key (program_id, customer_id) references customer (program_id, id),
  foreign key (program_id, version) references terms_version (program_id, number),
  check ((action = 'ACCEPTED') = (language is not null))
);
create trigger terms_consent_append_only before update or delete on terms_consent for each row execute function refuse_change();
create trigger terms_consent_no_truncate before truncate on terms_consent for each statement execute function refuse_change();
