import type { Celebrant } from '#domain/occasion/celebration.ts';
import type { Occasion } from '#domain/occasion/occasion.ts';

import type { Statements } from '../postgres.ts';

/** Somebody who may celebrate: whether the day is due is for the domain to say. */
export type CelebrantRow = Celebrant & { customerId: string };

export type CelebrantSearch = {
  occasion: Pick<Occasion, 'id' | 'date'>;
  /** `MM-DD`, as candidateDays gives them. */
  days: readonly string[];
  /** The program's zone, for customers who name none. */
  timeZone: string;
  /** The year at the program. */
  year: number;
  after: string | null;
  limit: number;
};

/** The message id under which a celebration is recorded, and by which a repeated one drops out. */
export function celebrationMessage(occasionId: string, customerId: string, year: number): string {
  return `occasion:${occasionId}:${customerId}:${year}`;
}

/** Where the date stands, as a join of its own: a day, or text of a day. */
const DATES: Record<Occasion['date']['kind'], string> = {
  BIRTHDAY: `select c.id, c.birthday::text as date from customer c
    where c.program_id = $1 and c.birthday is not null
      and extract(month from c.birthday) * 100 + extract(day from c.birthday) = any($2::numeric[]) and $3::text is null`,
  // The list of days reaches beyond every zone, so that a day counted in UTC finds all whose own day is among them.
  JOINING: `select e.customer_id as id, null::text as date from enrolment e
    where e.program_id = $1 and e.state = 'ENROLLED' and $3::text is null
      and extract(month from e.from_at at time zone 'UTC') * 100 + extract(day from e.from_at at time zone 'UTC') = any($2::numeric[])
      and not exists (select from enrolment earlier where earlier.program_id = $1 and earlier.customer_id = e.customer_id
        and earlier.state = 'ENROLLED' and earlier.from_at < e.from_at)`,
  ATTRIBUTE: `select c.id, c.attributes ->> $3 as date from customer c
    where c.program_id = $1 and c.attributes ? $3
      and (substr(c.attributes ->> $3, 6, 2) || substr(c.attributes ->> $3, 9, 2))::numeric = any($2::numeric[])`,
};

/**
 * Enrolled customers whose date lies on one of the days, in the order of their ids, with their last celebration: up to
 * `limit` of those after `after`.
 */
export async function findCelebrants(
  statements: Statements,
  programId: string,
  { occasion, days, timeZone, year, after, limit }: CelebrantSearch,
): Promise<CelebrantRow[]> {
  const { date } = occasion;
  return statements.query<CelebrantRow>(
    `/* find-celebrants */
    with dated as (${DATES[date.kind]})
    select c.id as "customerId",
      zone.name as "timeZone",
      coalesce(d.date, (joined.first_at at time zone zone.name)::date::text) as date,
      (coalesce(joined.current_at, c.created_at) at time zone zone.name)::date::text as "joinedOn",
      (last.occurred_at at time zone zone.name)::date::text as "lastDay"
    from dated d
    join customer c on c.program_id = $1 and c.id = d.id and c.enrolment_state = 'ENROLLED'
    cross join lateral (select coalesce(c.time_zone, $4) as name) zone
    left join lateral (
      select min(from_at) as first_at, max(from_at) filter (where to_at is null) as current_at
      from enrolment e where e.program_id = $1 and e.customer_id = c.id and e.state = 'ENROLLED'
    ) joined on true
    left join lateral (
      select max(act.occurred_at) as occurred_at
      from unnest(array[$5::int - 2, $5::int - 1, $5::int, $5::int + 1]) as celebrated (year)
      join activity_message m on m.program_id = $1 and m.message_id = 'occasion:' || $6::uuid || ':' || c.id || ':' || celebrated.year
      join activity act on act.program_id = $1 and act.id = m.activity_id
    ) last on true
    where $7::uuid is null or c.id > $7
    order by c.id limit $8`,
    [
      programId,
      days.map((day) => Number(day.replace('-', ''))),
      date.kind === 'ATTRIBUTE' ? date.attribute : null,
      timeZone,
      year,
      occasion.id,
      after,
      limit,
    ],
  );
}
