import { chooseAppearance, type Appearance } from '#domain/appearance/appearance.ts';
import { publicId } from '#domain/ids.ts';
import { readAppearances, writeAppearance } from '#storage/board-privacy-store.ts';
import { lockLeaderboards } from '#storage/sql/lock-leaderboards.ts';
import { listEntries } from '#storage/sql/place-entries.ts';

import { announceEntries } from '../leaderboard/place.ts';
import { requireCustomers, type CustomerName } from '../ledger/parties.ts';
import { mutate, type Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';

export type AppearanceInput = { customer: CustomerName; appearance: Appearance; alias: string | null };

/**
 * Sets how a customer appears on boards, now and from now on; sealed seasons stay as they are. Activities of the program
 * wait for some milliseconds, so that no entry is made meanwhile that does not know of it. Throws InvalidInputError,
 * NotFoundError.
 */
export function setAppearance(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: AppearanceInput,
): Promise<{ customerId: string; replayed: boolean }> {
  return mutate(deps, scope, command, async (tx) => {
    const after = chooseAppearance(input.appearance, input.alias);
    const [customerId = ''] = await requireCustomers(tx, [{ ...input.customer, path: ['customerId'] }]);
    await lockLeaderboards(tx, tx.programId);
    const before = (await readAppearances(tx, tx.programId, [customerId])).get(customerId) ?? null;
    await writeAppearance(tx, tx.programId, customerId, after, tx.now);
    announceEntries(tx, await listEntries(tx, tx.programId, customerId, after.appearance !== 'HIDDEN'));
    tx.emit({ type: 'appearance.changed', customerId, appearance: after.appearance });
    tx.audit({ action: 'customer.appearance_set', subject: publicId('Customer', customerId), before, after });
    return { customerId };
  });
}
