import { balanceOf } from '#domain/ledger/balance.ts';
import { capture, releaseHold } from '#domain/ledger/hold.ts';
import { readReason } from '#domain/ledger/policy.ts';

import { mutate } from '../mutation.ts';
import type { Command } from '../mutation.ts';
import type { AppDeps, Scope } from '../transaction.ts';
import type { PointsHeld } from './hold-points.ts';
import { openHold } from './open-hold.ts';
import { saveLedger } from './posting.ts';

export type CaptureHold = {
  holdId: string | null;
  /** Null captures all that is still held. */
  amount: number | null;
  /** Gives back what is left after this capture; else it stays held. */
  releaseRest: boolean;
  reason: string | null;
};

/** Spends held points, in part or whole. Goes through whatever the customer's enrolment state: it was promised before. */
export async function captureHold(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: CaptureHold,
): Promise<PointsHeld & { replayed: boolean }> {
  return deps.turns.take([input.holdId], () =>
    mutate(deps, scope, command, async (tx) => {
      const cause = { reason: readReason(input.reason) };
      const { posting, account, hold } = await openHold(deps, tx, input.holdId);
      const amount = input.amount ?? Math.max(1, hold.remaining);
      const transaction = capture(posting, account, hold, { amount, effectiveAt: tx.now, cause });
      if (input.releaseRest && hold.state === 'OPEN')
        releaseHold(posting, account, hold, { as: 'CAPTURED', effectiveAt: tx.now, cause });
      await saveLedger(tx, posting);
      return { holdId: hold.id, transactionId: transaction.id, balance: balanceOf(account, tx.now) };
    }),
  );
}
