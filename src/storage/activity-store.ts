import type { ActivityLine } from '#domain/activity/activity.ts';
import type { Effect } from '#domain/activity/effect.ts';
import type { CustomerFacts } from '#domain/earning/facts.ts';

import type { Statements } from './postgres.ts';
import { arrayText, type Columns } from './sql/columns.ts';
import { insertPart, runParts } from './sql/statement-parts.ts';

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
    [programId, arrayText(ids), arrayText(externalIds)],
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
    [programId, arrayText(sorted.map((claim) => claim.messageId)), arrayText(sorted.map((claim) => claim.activityId))],
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

const ACTIVITY: Columns<ActivityRow> = {
  id: ['uuid', (row) => row.id],
  customer_id: ['uuid', (row) => row.customerId],
  activity_type_id: ['uuid', (row) => row.activityTypeId],
  message_id: ['text', (row) => row.messageId],
  occurred_at: ['timestamptz', (row) => row.occurredAt],
  recorded_at: ['timestamptz', (row) => row.recordedAt],
  channel: ['text', (row) => row.channel],
  properties: ['jsonb', (row) => JSON.stringify(row.properties)],
  lines: ['jsonb', (row) => JSON.stringify(row.lines)],
  effects: ['jsonb', (row) => JSON.stringify(row.effects)],
  rule_revision: ['integer', (row) => row.ruleRevision],
  actor: ['text', (row) => row.actor],
};

/** Writes activities in one statement. */
export async function insertActivities(
  statements: Statements,
  programId: string,
  rows: readonly ActivityRow[],
): Promise<void> {
  if (rows.length > 0)
    await runParts(statements, 'insert-activities', [insertPart('activity', programId, ACTIVITY, rows)]);
}

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
