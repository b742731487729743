import type { Statements } from './postgres.ts';

/** Adds somebody who does not exist, in a transaction that will be rolled back. */
export async function insertHypotheticalCustomer(
  tx: Statements,
  programId: string,
  customer: {
    id: string;
    attributes: Readonly<Record<string, unknown>>;
    locale: string | null;
    timeZone: string | null;
    enrolmentState: string;
  },
): Promise<void> {
  await tx.query(
    `/* insert-hypothetical-customer */
    insert into customer (program_id, id, external_id, attributes, locale, time_zone, enrolment_state) values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      programId,
      customer.id,
      `hypothetical:${customer.id}`,
      JSON.stringify(customer.attributes),
      customer.locale,
      customer.timeZone,
      customer.enrolmentState,
    ],
  );
}
