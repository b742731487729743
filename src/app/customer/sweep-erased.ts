import { propertiesKept } from '#domain/customer/erasure.ts';
import { publicId } from '#domain/ids.ts';
import { eraseAudits, markSwept, readAudited } from '#storage/erasure-store.ts';
import { eraseActivities, eraseOutcomes, eraseTraces } from '#storage/sql/erase-traces.ts';

import { inTransaction, type AppDeps, type Scope, type Tx } from '../transaction.ts';

const ACTOR = 'system:erasure';
/** Whoever erases waits so long for the outcomes of earlier calls; the sweep takes its time. */
const CALL_MAX_MS = 5_000;
const SWEEP_MAX_MS = 600_000;

/** Takes all words about a customer who is erased already out of the record. Doing it again changes nothing. */
export async function eraseWords(deps: Pick<AppDeps, 'catalogues'>, tx: Tx, customerId: string): Promise<void> {
  const { activityTypeById, leaderboards } = await deps.catalogues.at(tx, tx.programId);
  const kept = [...activityTypeById.values()].map((type) => ({
    activityTypeId: type.id,
    names: propertiesKept(type, leaderboards),
  }));
  await eraseTraces(tx, tx.programId, customerId);
  await eraseActivities(tx, tx.programId, customerId, kept);
  const { transactionIds, teamIds } = await readAudited(tx, tx.programId, customerId);
  await eraseAudits(tx, tx.programId, [
    publicId('Customer', customerId),
    ...transactionIds.map((id) => publicId('LedgerTransaction', id)),
    ...teamIds.map((id) => publicId('Team', id)),
  ]);
}

/** Forgets outcomes of earlier calls about an erased customer. A failure is made up for by the sweep. */
export async function sweepOutcomes(deps: AppDeps, { programId }: Scope, customerId: string): Promise<void> {
  try {
    await inTransaction(deps, { programId, actor: ACTOR, archivedToo: true }, (tx) =>
      eraseOutcomes(tx, programId, customerId, CALL_MAX_MS),
    );
  } catch (error) {
    deps.log.warn({ err: error, programId }, 'outcomes that name an erased customer are still to be forgotten');
  }
}

/**
 * Looks for traces of an erased customer once more, when all that was under way during the erasure is over: calls that had
 * found the customer just before, and what the relay told meanwhile. Killed, it begins anew.
 */
export async function sweepErased(
  deps: AppDeps,
  { programId, customerId }: { programId: string; customerId: string },
): Promise<void> {
  await inTransaction(deps, { programId, actor: ACTOR, archivedToo: true }, async (tx) => {
    await eraseWords(deps, tx, customerId);
    await eraseOutcomes(tx, programId, customerId, SWEEP_MAX_MS);
    await markSwept(tx, programId, customerId);
  });
}
