import type { EnrolmentInterval, EnrolmentState, RecordedState } from '#domain/enrolment/enrolment.ts';

import type { Statements } from './postgres.ts';

/** One interval with who made it, as histories are shown. */
export type EnrolmentRecord = EnrolmentInterval & { customerId: string; reason: string | null; actor: string };

// Empty intervals come before the one that replaced them in the same instant.
const OLDEST_FIRST = 'from_at, to_at nulls last, id';

/** The histories of these customers, each oldest first. */
export async function findEnrolments(
  statements: Statements,
  programId: string,
  customerIds: readonly string[],
): Promise<Map<string, EnrolmentRecord[]>> {
  const rows = await statements.query<EnrolmentRecord>(
    `/* find-enrolments */
    select customer_id as "customerId", state, from_at as "fromAt", to_at as "toAt", reason, actor
    from enrolment where program_id = $1 and customer_id = any($2::uuid[]) order by ${OLDEST_FIRST}`,
    [programId, customerIds],
  );
  return Map.groupBy(rows, (row) => row.customerId);
}

export type OpenedEnrolment = {
  id: string;
  customerId: string;
  state: RecordedState;
  fromAt: Date;
  reason: string | null;
};

/** Ends the open intervals of customers whose rows this transaction has locked. */
export async function closeEnrolments(
  tx: Statements,
  programId: string,
  closed: readonly { customerId: string; toAt: Date }[],
): Promise<void> {
  if (closed.length === 0) return;
  await tx.query(
    `/* close-enrolments */
    update enrolment e set to_at = r.to_at from unnest($2::uuid[], $3::timestamptz[]) as r (customer_id, to_at)
    where e.program_id = $1 and e.customer_id = r.customer_id and e.to_at is null`,
    [programId, closed.map((row) => row.customerId), closed.map((row) => row.toAt.toISOString())],
  );
}

/** Begins intervals. Those that they replace have been closed before: a customer has one open interval at most. */
export async function openEnrolments(
  tx: Statements & { programId: string; actor: string; now: Date },
  opened: readonly OpenedEnrolment[],
): Promise<void> {
  if (opened.length === 0) return;
  await tx.query(
    `/* open-enrolments */
    insert into enrolment (program_id, actor, recorded_at, id, customer_id, state, from_at, reason)
    select $1, $2, $3::timestamptz, * from unnest($4::uuid[], $5::uuid[], $6::text[], $7::timestamptz[], $8::text[])`,
    [
      tx.programId,
      tx.actor,
      tx.now,
      opened.map((row) => row.id),
      opened.map((row) => row.customerId),
      opened.map((row) => row.state),
      opened.map((row) => row.fromAt.toISOString()),
      opened.map((row) => row.reason),
    ],
  );
}

/** Locks one customer's row and answers where it stands; null when there is none, or none any more. The lock lets foreign keys pass. */
export async function lockCustomer(
  tx: Statements,
  programId: string,
  customerId: string,
): Promise<{ eligibleSince: Date | null } | null> {
  const [row] = await tx.query<{ eligibleSince: Date | null }>(
    `/* lock-customer */
    select eligible_since as "eligibleSince" from customer where program_id = $1 and id = $2 and erased_at is null for no key update`,
    [programId, customerId],
  );
  return row ?? null;
}

/** Writes the state that the history of a locked customer leads to. */
export async function saveEnrolmentState(
  tx: Statements & { programId: string; now: Date },
  customerId: string,
  state: EnrolmentState,
  eligibleSince: Date | null,
): Promise<void> {
  await tx.query(
    `/* save-enrolment-state */
    update customer set enrolment_state = $3, eligible_since = $4, updated_at = $5 where program_id = $1 and id = $2`,
    [tx.programId, customerId, state, eligibleSince, tx.now],
  );
}
