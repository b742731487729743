import type { AccountState, Bucket, Hold, Lot } from './account.ts';

/** Which business fact a ledger transaction is. */
export type TransactionKind =
  | 'EARN'
  | 'RELEASE'
  | 'CANCEL'
  | 'SPEND'
  | 'HOLD'
  | 'CAPTURE'
  | 'HOLD_RELEASE'
  | 'HOLD_EXPIRE'
  | 'EXPIRE'
  | 'REVERSE'
  | 'TRANSFER'
  | 'ADJUST'
  /** The expiry of lots was moved by hand; no points moved. */
  | 'EXPIRY_MOVE';

/** Why points moved. What an operation leaves out is null; the actor is the posting's own unless named. */
export type Cause = {
  activityId?: string | null;
  ruleId?: string | null;
  ruleRevision?: number | null;
  reason?: string | null;
  actor?: string;
};

export type TransactionRow = {
  id: string;
  currencyId: string;
  kind: TransactionKind;
  customerId: string;
  /** The receiver of a transfer. */
  toCustomerId: string | null;
  /** Points moved, never negative. */
  amount: number;
  /** Of a reversal: points that the clawback policy left with the customer. */
  uncollected: number;
  effectiveAt: Date;
  recordedAt: Date;
  activityId: string | null;
  ruleId: string | null;
  ruleRevision: number | null;
  holdId: string | null;
  reversesId: string | null;
  reason: string | null;
  actor: string;
};

export type EntryRow = {
  id: string;
  transactionId: string;
  accountId: string;
  bucket: Bucket;
  lotId: string | null;
  amount: number;
  /** Null on a counterparty. */
  seq: number | null;
  /** The bucket's balance after this entry; null on a counterparty. */
  balanceAfter: number | null;
  effectiveAt: Date;
  recordedAt: Date;
};

/** What a transaction did to the expiry of one lot; null never expired. Points include held ones. */
export type LotExpiryMove = {
  transactionId: string;
  lotId: string;
  points: number;
  fromExpiresAt: Date | null;
  toExpiresAt: Date;
};

export type HoldLotRow = { holdId: string; lotId: string; remaining: number };

/** Everything that a posting changed, ready to be written: entries chained, accounts with their new balances. */
export type LedgerWrites = {
  programId: string;
  transactions: readonly TransactionRow[];
  entries: readonly EntryRow[];
  newLots: readonly Lot[];
  changedLots: readonly Lot[];
  newHolds: readonly Hold[];
  changedHolds: readonly Hold[];
  holdLots: readonly HoldLotRow[];
  expiryMoves: readonly LotExpiryMove[];
  accounts: readonly AccountState[];
};
