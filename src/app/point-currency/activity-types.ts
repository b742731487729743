import { InvalidInputError } from '#domain/errors.ts';
import type { PointCurrency } from '#domain/program/program.ts';

import type { AppDeps, Tx } from '../transaction.ts';

/** Throws InvalidInputError for a type of activity that is to keep points alive and that the program does not have. */
export async function assertActivityTypes(
  deps: Pick<AppDeps, 'catalogues'>,
  tx: Tx,
  { expiry }: Pick<PointCurrency, 'expiry'>,
): Promise<void> {
  if (expiry?.kind !== 'INACTIVITY' || expiry.activityTypes.length === 0) return;
  const { activityTypeByCode } = await deps.catalogues.at(tx, tx.programId);
  const unknown = expiry.activityTypes.find((code) => !activityTypeByCode.has(code));
  if (unknown !== undefined)
    throw new InvalidInputError(`There is no activity type ${unknown}.`, ['expiry', 'activityTypes']);
}
