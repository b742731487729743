import { balanceOf } from '#domain/ledger/balance.ts';
import { releaseHold as release } from '#domain/ledger/hold.ts';
import { readReason } from '#domain/ledger/policy.ts';

import { mutate } from '../mutation.ts';
import type { Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import type { PointsHeld } from './hold-points.ts';
import { openHold } from './open-hold.ts';
import { saveLedger } from './posting.ts';

/** Gives all that a hold still has back into its lots, with their old expiry, and closes it. */
export async function releaseHold(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: { holdId: string | null; reason: string | null },
): Promise<PointsHeld & { replayed: boolean }> {
  return deps.turns.take([input.holdId], () =>
    mutate(deps, scope, command, async (tx) => {
      const cause = { reason: readReason(input.reason) };
      const { posting, account, hold } = await openHold(deps, tx, input.holdId);
      const transaction = release(posting, account, hold, { as: 'RELEASED', effectiveAt: tx.now, cause });
      await saveLedger(tx, posting);
      return { holdId: hold.id, transactionId: transaction.id, balance: balanceOf(account, tx.now) };
    }),
  );
}
