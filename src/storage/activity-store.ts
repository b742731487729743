import type { ActivityLine } from '#domain/activity/activity.ts';
import type { Effect } from '#domain/activity/effect.ts';
import type { CustomerFacts } from '#domain/earning/facts.ts';

import type { Statements } from './postgres.ts';

/** Customers by id or by external id, with their company. Unknown ones are left out. */
export async function findCustomerFacts(
  statements: Statements,
  programId: string,
  ids: readonly string[],
  externalIds: readonly string[],
): Promise<CustomerFacts[]> {
  return statements.query<CustomerFacts>(
    `/* find-customer-facts */
    select c.id, c.external_id as "externalId", c.locale, c.time_zone as "timeZone", c.enrolment_state as "enrolmentState", c.attributes,
      case when a.id is null then null else jsonb_build_object('externalId', a.external_id, 'name', a.name) end as account
    from customer c left join account a on a.program_id = c.program_id and a.id = c.account_id
    where c.program_id = $1 and c.id = any($2::uuid[])
    union all
    select c.id, c.external_id, c.locale, c.time_zone, c.enrolment_state, c.attributes,
      case when a.id is null then null else jsonb_build_object('externalId', a.external_id, 'name', a.name) end
    from customer c left join account a on a.program_id = c.program_id and a.id = c.account_id
    where c.program_id = $1 and c.external_id = any($3::text[])`,
    [programId, ids, externalIds],
  );
}

/**
 * Takes message ids for new activities and returns those that were free. Sorted, so that two flushes that share messages
 * wait for each other in one order instead of deadlocking.
 */
export async function claimMessages(
  statements: Statements,
  programId: string,
  claims: readonly { messageId: string; activityId: string }[],
): Promise<Set<string>> {
  const sorted = claims.toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1));
  const rows = await statements.query<{ activity_id: string }>(
    `/* claim-messages */
    insert into activity_message (program_id, message_id, activity_id)
    select $1, message_id, activity_id from unnest($2::text[], $3::uuid[]) as claim (message_id, activity_id)
    on conflict do nothing returning activity_id`,
    [programId, sorted.map((claim) => claim.messageId), sorted.map((claim) => claim.activityId)],
  );
  return new Set(rows.map((row) => row.activity_id));
}

/** The activities that hold these message ids. */
export async function findByMessages(
  statements: Statements,
  programId: string,
  messageIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await statements.query<{ message_id: string; activity_id: string }>(
    '/* find-by-messages */ select message_id, activity_id from activity_message where program_id = $1 and message_id = any($2::text[])',
    [programId, messageIds],
  );
  return new Map(rows.map((row) => [row.message_id, row.activity_id]));
}

export type NewActivity = {
  id: string;
  customerId: string;
  activityTypeId: string;
  messageId: string;
  occurredAt: Date;
  channel: string;
  properties: Record<string, unknown>;
  lines: readonly ActivityLine[];
  effects: readonly Effect[];
  actor: string;
};

/** Writes activities in one statement. */
export async function insertActivities(
  statements: Statements,
  programId: string,
  revision: number,
  recordedAt: Date,
  rows: readonly NewActivity[],
): Promise<void> {
  if (rows.length === 0) return;
  await statements.query(
    `/* insert-activities */
    insert into activity (program_id, id, customer_id, activity_type_id, message_id, occurred_at, recorded_at, channel, properties, lines, effects, rule_revision, actor)
    select $1, id, customer_id, type_id, message_id, occurred_at, $2, channel, properties, lines, effects, $3, actor
    from unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::timestamptz[], $9::text[], $10::jsonb[], $11::jsonb[], $12::jsonb[], $13::text[])
      as row (id, customer_id, type_id, message_id, occurred_at, channel, properties, lines, effects, actor)`,
    [
      programId,
      recordedAt,
      revision,
      rows.map((row) => row.id),
      rows.map((row) => row.customerId),
      rows.map((row) => row.activityTypeId),
      rows.map((row) => row.messageId),
      rows.map((row) => row.occurredAt),
      rows.map((row) => row.channel),
      rows.map((row) => JSON.stringify(row.properties)),
      rows.map((row) => JSON.stringify(row.lines)),
      rows.map((row) => JSON.stringify(row.effects)),
      rows.map((row) => row.actor),
    ],
  );
}

export type ActivityRow = {
  id: string;
  customerId: string;
  activityTypeId: string;
  messageId: string;
  occurredAt: Date;
  recordedAt: Date;
  channel: string;
  properties: Record<string, unknown>;
  lines: ActivityLine[];
  effects: Effect[];
  ruleRevision: number;
  actor: string;
};

const ACTIVITY_COLUMNS = `id, customer_id as "customerId", activity_type_id as "activityTypeId", message_id as "messageId", occurred_at as "occurredAt",
  recorded_at as "recordedAt", channel, properties, lines, effects, rule_revision as "ruleRevision", actor`;

/** Activities by id; unknown ones are left out. */
export async function findActivities(
  statements: Statements,
  programId: string,
  ids: readonly string[],
): Promise<ActivityRow[]> {
  return statements.query<ActivityRow>(
    `/* find-activities */ select ${ACTIVITY_COLUMNS} from activity where program_id = $1 and id = any($2::uuid[])`,
    [programId, ids],
  );
}

/** A customer's activities, newest first by the time they occurred, after the given place. */
export async function pageActivities(
  statements: Statements,
  programId: string,
  customerId: string,
  after: { occurredAt: Date; id: string } | null,
  limit: number,
): Promise<ActivityRow[]> {
  return statements.query<ActivityRow>(
    `/* page-activities */ select ${ACTIVITY_COLUMNS} from activity
    where program_id = $1 and customer_id = $2 and ($3::timestamptz is null or (occurred_at, id) < ($3, $4::uuid))
    order by occurred_at desc, id desc limit $5`,
    [programId, customerId, after?.occurredAt ?? null, after?.id ?? null, limit],
  );
}
