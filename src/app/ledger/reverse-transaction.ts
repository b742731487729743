import { NotFoundError, StateConflictError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { earnedOf, judgementOf } from '#domain/leaderboard/judge.ts';
import type { AccountState } from '#domain/ledger/account.ts';
import { balanceOf } from '#domain/ledger/balance.ts';
import { assertWithinLimit, readReason } from '#domain/ledger/policy.ts';
import type { Posting } from '#domain/ledger/posting.ts';
import { reverseCredit } from '#domain/ledger/reverse.ts';
import type { CreditReversed } from '#domain/ledger/reverse.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { ClawbackPolicy } from '#domain/program/program.ts';
import { findActivities } from '#storage/activity-store.ts';
import { readReversible } from '#storage/reversal-store.ts';
import type { Reversible } from '#storage/reversal-store.ts';
import { shareLeaderboards } from '#storage/sql/lock-leaderboards.ts';

import { scoreLeaderboards } from '../leaderboard/score.ts';
import { mutate } from '../mutation.ts';
import type { Command } from '../mutation.ts';
import { assertNoRedemption } from '../redemption/paid-by.ts';
import { recountEarning } from '../tier/recount.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';
import { requireCustomers } from './parties.ts';
import { openLedger, saveLedger } from './posting.ts';
import type { PointsMoved } from './spend-points.ts';
import { undoSpending } from './undo-spending.ts';

export type ReverseTransaction = { transactionId: string | null; reason: string; adjustmentMax: number | null };
export type TransactionReversed = PointsMoved & {
  reversedTransactionId: string;
  reversed: number;
  uncollected: number;
};

/**
 * Undoes a transaction whole, or what earlier reversals have left of it. Spent points go back into their lots with their
 * old expiry; given points are taken back as far as the program's clawback policy goes. A second reversal throws
 * StateConflictError, and so do kinds that move points only from one place to another (a transfer back does that), and what
 * pays for a redemption (cancelling that does it).
 */
export async function reverseTransaction(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: ReverseTransaction,
): Promise<TransactionReversed & { replayed: boolean }> {
  return deps.turns.take([input.transactionId], () =>
    mutate(deps, scope, command, async (tx) => {
      const reason = readReason(input.reason);
      await shareLeaderboards(tx, tx.programId);
      const { customerId, currencyId } = await requireReversible(tx, input.transactionId);
      await requireCustomers(tx, [{ id: customerId, externalId: null, path: ['transactionId'] }]);
      const catalogue = await deps.catalogues.at(tx, tx.programId);
      const currencyIds = new Set([catalogue.defaultCurrency.id, currencyId]);
      const ledger = await openLedger(
        deps,
        tx,
        [...currencyIds].map((id) => ({ customerId, currencyId: id })),
      );
      const account = ledger.account(customerId, currencyId);
      // Read once more under the lock: of two reversals at the same time, the second one finds nothing left.
      const original = await requireReversible(tx, input.transactionId);
      if (original.left === 0)
        throw new StateConflictError('This transaction is reversed already.', 'REVERSED', ['transactionId']);
      await assertNoRedemption(tx, 'transaction', original.id);
      assertWithinLimit(original.left, input.adjustmentMax);
      const undone = await undo(tx, ledger.posting, account, original, {
        reason,
        policy: catalogue.program.clawbackPolicy,
      });
      await saveLedger(tx, ledger.posting);
      await scoreReversal(deps, tx, catalogue, original, undone);
      await recountEarning(deps, tx, catalogue, original.id);
      tx.audit({
        action: 'ledger_transaction.reversed',
        subject: publicId('LedgerTransaction', original.id),
        after: { reason, reversed: undone.reversed },
      });
      return {
        transactionId: undone.transaction.id,
        reversedTransactionId: original.id,
        reversed: undone.reversed,
        uncollected: undone.uncollected,
        balance: balanceOf(account, tx.now),
      };
    }),
  );
}

const REVERSIBLE = new Set(['EARN', 'SPEND', 'CAPTURE', 'ADJUST']);

async function requireReversible(tx: Tx, transactionId: string | null): Promise<Reversible> {
  const found =
    transactionId === null ? undefined : (await readReversible(tx, tx.programId, [transactionId])).get(transactionId);
  if (found === undefined) throw new NotFoundError('ledger transaction', ['transactionId']);
  if (!REVERSIBLE.has(found.kind))
    throw new StateConflictError(`A transaction of kind ${found.kind} cannot be reversed.`, found.kind, [
      'transactionId',
    ]);
  return found;
}

async function undo(
  tx: Tx,
  posting: Posting,
  account: AccountState,
  original: Reversible,
  how: { reason: string | null; policy: ClawbackPolicy },
): Promise<CreditReversed> {
  const shared = {
    transactionId: original.id,
    effectiveAt: tx.now,
    cause: {
      reason: how.reason,
      activityId: original.activityId,
      ruleId: original.ruleId,
      ruleRevision: original.ruleRevision,
    },
  };
  const isCredit = original.kind === 'EARN' || original.lots.length > 0;
  if (isCredit) {
    return reverseCredit(posting, account, {
      ...shared,
      counterparty: original.kind === 'EARN' ? 'ISSUANCE' : 'ADJUSTMENT',
      lots: original.lots,
      amount: original.left,
      lapsed: original.lapsed,
      policy: how.policy,
    });
  }
  const transaction = await undoSpending(tx, posting, account, {
    ...shared,
    counterparty: original.kind === 'ADJUST' ? 'ADJUSTMENT' : 'REDEMPTION',
  });
  return { reversed: transaction.amount, uncollected: 0, transaction };
}

/** Boards of points earned follow a reversal of what an activity earned; the activity itself stays as it was. */
async function scoreReversal(
  deps: AppDeps,
  tx: Tx,
  catalogue: Catalogue,
  original: Reversible,
  { reversed, transaction }: CreditReversed,
): Promise<void> {
  if (original.kind !== 'EARN' || original.activityId === null || reversed === 0) return;
  const [activity] = await findActivities(tx, tx.programId, [original.activityId]);
  if (activity === undefined) return;
  const { customerId, occurredAt, activityTypeId, properties } = activity;
  const points = new Map([[original.currencyId, reversed]]);
  await scoreLeaderboards(deps, tx, catalogue, [
    {
      ...{ kind: 'REVERSED', customerId, occurredAt, activityTypeId, properties, whole: false, points },
      returned: new Map(),
      earned: earnedOf(activity.effects),
      judged: judgementOf(activity.effects),
      activityId: activity.id,
      undoing: { reversalIds: [], transactionIds: [transaction.id] },
    },
  ]);
}
