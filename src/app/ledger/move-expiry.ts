import { InvalidInputError, NotFoundError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { balanceOf } from '#domain/ledger/balance.ts';
import {
  assertAhead,
  lotsToMove,
  moveExpiry as move,
  pointsIn,
  type ExpiryMoveTarget,
} from '#domain/ledger/move-expiry.ts';
import { assertWithinLimit, readReason } from '#domain/ledger/policy.ts';
import { findAccountOf } from '#storage/ledger-owner-store.ts';
import type { AccountKey } from '#storage/ledger-store.ts';

import { mutate } from '../mutation.ts';
import type { Command } from '../mutation.ts';
import type { AppDeps, Scope, Tx } from '../transaction.ts';
import { findCurrency, requireCustomers, turnOf } from './parties.ts';
import type { CustomerName } from './parties.ts';
import { openLedger, saveLedger } from './posting.ts';
import type { PointsMoved } from './spend-points.ts';

/** One lot, or all lots of a customer and a currency that expire before an instant. A malformed lot id is null. */
export type MovedLots =
  | { lotId: string | null }
  | { customer: CustomerName; currency: string | null; expiresBefore: Date };

export type MoveExpiry = {
  lots: MovedLots;
  /** The new first instant at which the points are no longer valid: later or earlier than before, and not passed. */
  expiresAt: Date;
  reason: string;
  /** Most points that the actor may touch by hand at once; null is without limit. */
  adjustmentMax: number | null;
};

/** `points` are those whose expiry was moved. */
export type ExpiryMoved = PointsMoved & { points: number };

/**
 * Moves when points that a customer has expire. No points come or go, so that it is open in every enrolment state; what has
 * expired stays so. Throws InvalidInputError, NotFoundError, StateConflictError when nothing would change, and
 * LimitExceededError beyond what the actor may move by hand.
 */
export async function moveExpiry(
  deps: AppDeps,
  scope: Scope,
  command: Command,
  input: MoveExpiry,
): Promise<ExpiryMoved & { replayed: boolean }> {
  const { lots: wanted, expiresAt } = input;
  return deps.turns.take(['lotId' in wanted ? wanted.lotId : turnOf(wanted.customer)], () =>
    mutate(deps, scope, command, async (tx) => {
      const reason = readReason(input.reason);
      if (reason === null) throw new InvalidInputError('Say why.', ['reason']);
      assertAhead(expiresAt, tx.now);
      const { key, target } = await findTarget(deps, tx, wanted);
      const ledger = await openLedger(deps, tx, [key]);
      const account = ledger.account(key.customerId, key.currencyId);
      const lots = lotsToMove(account, target, expiresAt);
      const points = pointsIn(lots);
      assertWithinLimit(points, input.adjustmentMax);
      const transaction = move(ledger.posting, account, {
        lots,
        to: expiresAt,
        effectiveAt: tx.now,
        cause: { reason },
      });
      await saveLedger(tx, ledger.posting);
      tx.audit({
        action: 'points.expiry_moved',
        subject: publicId('LedgerTransaction', transaction.id),
        after: { points, lots: lots.length, expiresAt: expiresAt.toISOString(), reason },
      });
      return { transactionId: transaction.id, points, balance: balanceOf(account, tx.now) };
    }),
  );
}

async function findTarget(
  deps: AppDeps,
  tx: Tx,
  wanted: MovedLots,
): Promise<{ key: AccountKey; target: ExpiryMoveTarget }> {
  if ('lotId' in wanted) {
    const { lotId } = wanted;
    const key = lotId === null ? null : await findAccountOf(tx, tx.programId, 'lot', lotId);
    if (lotId === null || key === null) throw new NotFoundError('lot', ['lotId']);
    return { key, target: { lotId } };
  }
  const { id: currencyId } = findCurrency(await deps.catalogues.at(tx, tx.programId), wanted.currency);
  const [customerId = ''] = await requireCustomers(tx, [{ ...wanted.customer, path: ['customerId'] }]);
  return { key: { customerId, currencyId }, target: { expiresBefore: wanted.expiresBefore } };
}
