import type { ClawbackPolicy } from '../program/program.ts';
import type { AccountState, Counterparty, Lot } from './account.ts';
import { addLots } from './account.ts';
import { assertAmount, assertLoaded, availableLots, drain, outOf } from './amount.ts';
import { expireReturned } from './expire.ts';
import { makeAvailable, post } from './posting.ts';
import type { Movement, Posting } from './posting.ts';
import type { Cause, TransactionRow } from './writes.ts';

export type CreditReversal = {
  /** The earning or adjustment that is undone. */
  transactionId: string;
  /** Where its points came from, and go back to. */
  counterparty: Extract<Counterparty, 'ISSUANCE' | 'ADJUSTMENT'>;
  /** The lots that it brought. */
  lots: readonly Pick<Lot, 'id'>[];
  amount: number;
  /**
   * Points of those lots that are on record as expired or cancelled, less what earlier reversals left uncollected: they are
   * gone, and the customer does not pay for them with others. What this posting adds to either is counted by itself.
   */
  lapsed: number;
  policy: ClawbackPolicy;
  effectiveAt: Date;
  cause: Cause;
};

export type CreditReversed = { reversed: number; uncollected: number; transaction: TransactionRow };

/**
 * Takes back points that were given: first what is still pending in their own lots, then what is available there, then from
 * other lots soonest-expiring first, and at last as a debt, as far as the clawback policy goes. Held points stay held. What
 * the policy leaves with the customer is `uncollected` and is written on the transaction, so that nothing is taken twice.
 */
export function reverseCredit(posting: Posting, account: AccountState, input: CreditReversal): CreditReversed {
  assertAmount(input.amount);
  assertLoaded(account);
  const own = new Set(input.lots.map((lot) => lot.id));
  const ownLots = account.lots.filter((lot) => own.has(lot.id));
  const movements: Movement[] = outOf(
    account,
    'PENDING',
    drain(
      ownLots.filter((lot) => lot.state === 'PENDING'),
      input.amount,
    ),
  );
  const left = (): number => input.amount + sumOf(movements);
  const lapsed = Math.max(0, input.lapsed + lapsedIn(posting, input.transactionId, own));
  if (input.policy !== 'PENDING_ONLY') {
    movements.push(
      ...outOf(
        account,
        'AVAILABLE',
        drain(
          ownLots.filter((lot) => lot.state === 'AVAILABLE'),
          left(),
        ),
      ),
    );
    const owed = Math.max(0, left() - lapsed);
    movements.push(
      ...outOf(
        account,
        'AVAILABLE',
        drain(
          availableLots(account).filter((lot) => !own.has(lot.id)),
          owed,
        ),
      ),
    );
    const debt = Math.max(0, left() - lapsed);
    if (input.policy === 'UNLIMITED') movements.push({ account, bucket: 'AVAILABLE', lot: null, amount: -debt });
  }
  const uncollected = left();
  const reversed = input.amount - uncollected;
  const transaction = post(
    posting,
    {
      kind: 'REVERSE',
      account,
      amount: reversed,
      uncollected,
      reversesId: input.transactionId,
      effectiveAt: input.effectiveAt,
      cause: input.cause,
      counterparty: input.counterparty,
    },
    movements,
  );
  return { reversed, uncollected, transaction };
}

export type DebitReversal = {
  /** The spending, capture or adjustment that is undone. */
  transactionId: string;
  counterparty: Extract<Counterparty, 'REDEMPTION' | 'ADJUSTMENT'>;
  /** The lots that it drew on, as they are now, and how much it took of each. */
  parts: readonly { lot: Lot; amount: number }[];
  effectiveAt: Date;
  cause: Cause;
};

/**
 * Puts spent points back into the lots that they came from, with their old expiry. A debt is paid first; points whose lot
 * has passed its expiry expire at that same instant, in transactions of their own.
 */
export function reverseDebit(posting: Posting, account: AccountState, input: DebitReversal): TransactionRow {
  assertLoaded(account);
  addLots(
    account,
    input.parts.map((part) => part.lot),
  );
  const byId = new Map(account.lots.map((lot) => [lot.id, lot]));
  const parts = input.parts.map(({ lot, amount }) => ({ lot: byId.get(lot.id) ?? lot, amount }));
  const amount = parts.reduce((sum, part) => sum + part.amount, 0);
  const transaction = post(
    posting,
    {
      kind: 'REVERSE',
      account,
      amount,
      reversesId: input.transactionId,
      effectiveAt: input.effectiveAt,
      cause: input.cause,
      counterparty: input.counterparty,
    },
    makeAvailable(account, parts),
  );
  expireReturned(posting, account, parts, input.effectiveAt);
  return transaction;
}

/** What this posting has let lapse of the lots so far, less what it has left uncollected. */
function lapsedIn(posting: Posting, transactionId: string, lotIds: ReadonlySet<string>): number {
  let lapsed = 0;
  const ending = new Set<string>();
  for (const transaction of posting.transactions) {
    if (transaction.kind === 'EXPIRE' || transaction.kind === 'CANCEL') ending.add(transaction.id);
    if (transaction.reversesId === transactionId) lapsed -= transaction.uncollected;
  }
  for (const entry of posting.entries) {
    if (entry.lotId !== null && lotIds.has(entry.lotId) && ending.has(entry.transactionId)) lapsed -= entry.amount;
  }
  return lapsed;
}

function sumOf(movements: readonly Movement[]): number {
  return movements.reduce((sum, movement) => sum + movement.amount, 0);
}
