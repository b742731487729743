import { explainRefusal } from '#domain/explanation/refused-redemption.ts';
import type { Explanation } from '#domain/explanation/trace.ts';
import { findCustomerFacts } from '#storage/activity-store.ts';
import type { RefusedAttempt } from '#storage/redemption-refusal-store.ts';

import { formatOf, type ExplanationReads } from './reads.ts';

/** Why an attempt to redeem was refused, by what was written down then. */
export async function explainRefusedRedemption(
  deps: ExplanationReads,
  programId: string,
  attempt: RefusedAttempt,
  locale: string | null,
): Promise<Explanation> {
  const [catalogue, [customer]] = await Promise.all([
    deps.catalogues.current(programId),
    findCustomerFacts(deps.reads, programId, [attempt.customerId], []),
  ]);
  return explainRefusal(attempt, formatOf(catalogue, locale ?? customer?.locale ?? null));
}
