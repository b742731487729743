-- Occasions: whoever celebrates is looked up by month and day. What was celebrated stands with the activities themselves.

create index customer_birthday on customer (program_id, (extract(month from birthday) * 100 + extract(day from birthday)))
  where birthday is not null;
create index enrolment_joined on enrolment (
  program_id, (extract(month from from_at at time zone 'UTC') * 100 + extract(day from from_at at time zone 'UTC'))
) where state = 'ENROLLED';
