import { hoursAfter } from '#domain/duel/duel.ts';
import { readDuelsOf, type DuelView } from '#storage/duel-store.ts';
import type { Statements } from '#storage/postgres.ts';

import type { Catalogues } from '../program/catalogues.ts';

/** How long a duel that is over is shown among a customer's, from its offer. */
export const DUELS_SHOWN_DAYS = 30;
/** Most duels of a customer that are shown. */
export const DUELS_SHOWN_MAX = 100;

/** The duels of customers, the newest first: those that are not over, and those that were offered lately. */
export async function readDuelsShown(
  deps: { reads: Statements; clock: () => Date; catalogues: Catalogues },
  programId: string,
  customerIds: readonly string[],
): Promise<Map<string, DuelView[]>> {
  const { program } = await deps.catalogues.current(programId);
  const since = hoursAfter(program.testClock ?? deps.clock(), -24 * DUELS_SHOWN_DAYS);
  return readDuelsOf(deps.reads, programId, customerIds, { since, limit: DUELS_SHOWN_MAX });
}
