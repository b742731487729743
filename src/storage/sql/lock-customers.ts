import type { CustomerProfile } from '#domain/customer/customer.ts';
import type { EnrolmentState } from '#domain/enrolment/enrolment.ts';

import type { Statements } from '../postgres.ts';

export type LockedCustomer = CustomerProfile & {
  id: string;
  externalId: string;
  enrolmentState: EnrolmentState;
  eligibleSince: Date | null;
};

/**
 * Locks the customers of these external ids, in the order of their ids so that two batches cannot block each other, and
 * answers what an upsert decides from. Missing ones are left out. The lock lets foreign keys to the rows pass.
 */
export async function lockCustomersByExternalId(
  tx: Statements,
  programId: string,
  externalIds: readonly string[],
): Promise<LockedCustomer[]> {
  return tx.query<LockedCustomer>(
    `/* lock-customers */
    select c.id, c.external_id as "externalId", c.display_name as "displayName", c.email, c.locale,
      c.time_zone as "timeZone", c.birthday, c.attributes, a.external_id as "accountExternalId",
      c.enrolment_state as "enrolmentState", c.eligible_since as "eligibleSince"
    from customer c left join account a on a.program_id = c.program_id and a.id = c.account_id
    where c.program_id = $1 and c.external_id = any($2::text[])
    order by c.id
    for no key update of c`,
    [programId, externalIds],
  );
}
