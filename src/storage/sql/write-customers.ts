import type { CustomerProfile } from '#domain/customer/customer.ts';
import type { EnrolmentState } from '#domain/enrolment/enrolment.ts';

import type { Statements } from '../postgres.ts';

/** A customer as it shall stand; the account by its id. */
export type CustomerRow = {
  id: string;
  externalId: string;
  profile: CustomerProfile;
  accountId: string | null;
  enrolmentState: EnrolmentState;
  eligibleSince: Date | null;
};

/**
 * Adds customers in one statement and answers the external ids of those that it added: one that another transaction has
 * added in the meantime is left as it is. Give them sorted by external id, so that two batches wait in one direction.
 */
export async function insertCustomers(
  tx: Statements,
  programId: string,
  now: Date,
  rows: readonly CustomerRow[],
): Promise<string[]> {
  const added = await tx.query<{ externalId: string }>(
    `/* insert-customers */
    insert into customer (program_id, created_at, updated_at, id, external_id, display_name, email, locale, time_zone,
      birthday, attributes, account_id, enrolment_state, eligible_since)
    select $1, $2::timestamptz, $2::timestamptz, * from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
      $8::text[], $9::date[], $10::jsonb[], $11::uuid[], $12::text[], $13::timestamptz[])
    on conflict (program_id, external_id) do nothing
    returning external_id as "externalId"`,
    [programId, now, ...columns(rows)],
  );
  return added.map((row) => row.externalId);
}

/** Writes customers that this transaction has locked, in one statement. */
export async function updateCustomers(
  tx: Statements,
  programId: string,
  now: Date,
  rows: readonly CustomerRow[],
): Promise<void> {
  await tx.query(
    `/* update-customers */
    update customer c set updated_at = $2::timestamptz, display_name = r.display_name, email = r.email, locale = r.locale,
      time_zone = r.time_zone, birthday = r.birthday, attributes = r.attributes, account_id = r.account_id,
      enrolment_state = r.enrolment_state, eligible_since = r.eligible_since
    from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::date[], $10::jsonb[],
      $11::uuid[], $12::text[], $13::timestamptz[])
      as r (id, external_id, display_name, email, locale, time_zone, birthday, attributes, account_id, enrolment_state, eligible_since)
    where c.program_id = $1 and c.id = r.id`,
    [programId, now, ...columns(rows)],
  );
}

function columns(rows: readonly CustomerRow[]): unknown[][] {
  return [
    rows.map((row) => row.id),
    rows.map((row) => row.externalId),
    rows.map((row) => row.profile.displayName),
    rows.map((row) => row.profile.email),
    rows.map((row) => row.profile.locale),
    rows.map((row) => row.profile.timeZone),
    rows.map((row) => row.profile.birthday),
    rows.map((row) => JSON.stringify(row.profile.attributes)),
    rows.map((row) => row.accountId),
    rows.map((row) => row.enrolmentState),
    rows.map((row) => row.eligibleSince?.toISOString() ?? null),
  ];
}
