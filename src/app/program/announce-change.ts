import { bumpCatalogueVersion } from '#storage/program-store.ts';

import type { Tx } from '../transaction.ts';

/**
 * Counts the catalogue version up and tells every process. Called once by each use case that changes anything a decision
 * reads from memory: policies, currencies, activity types, rules, boards, the test clock.
 */
export async function announceCatalogueChange(tx: Tx): Promise<void> {
  const version = await bumpCatalogueVersion(tx, tx.programId);
  tx.emit({ type: 'catalogue.changed', version });
}
