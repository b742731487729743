import DataLoader from 'dataloader';

import type { Deps } from '#src/deps.ts';
import { findEnrolments, type EnrolmentRecord } from '#storage/enrolment-store.ts';

/** Histories of enrolment by customer, oldest first, in one statement for all customers asked for. */
export function createEnrolmentLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, readonly EnrolmentRecord[]> {
  return new DataLoader(async (customerIds) => {
    if (programId === null) return customerIds.map(() => []);
    const histories = await findEnrolments(deps.reads, programId, customerIds);
    return customerIds.map((id) => histories.get(id) ?? []);
  });
}
