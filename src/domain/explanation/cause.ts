import type { PointsEarned } from '../activity/effect.ts';
import type { EarningRule } from '../earning/rule.ts';
import type { Hold } from '../ledger/account.ts';
import type { LotExpiryMove, TransactionRow } from '../ledger/writes.ts';
import type { PointCurrency } from '../program/program.ts';
import type { MilestoneCause } from './milestone.ts';
import { traceStep, type TraceStep } from './trace.ts';

/** The activity behind a transaction, as it was recorded. */
export type CausingActivity = {
  typeCode: string;
  typeName: string;
  channel: string;
  occurredAt: Date;
  recordedAt: Date;
  properties: Readonly<Record<string, unknown>>;
};

/** The redemption that points were spent on. */
export type PaidReward = { redemptionId: string; code: string; name: string; revision: number; quantity: number };

/** All that is known about a transaction and its cause. */
export type TransactionFacts = {
  transaction: TransactionRow;
  /** Whose view: of a transfer there are two. */
  customerId: string;
  currency: PointCurrency;
  /** What it added to the customer's points, over all parts of the balance. */
  change: number;
  activity: CausingActivity | null;
  /** What the activity was answered to have earned by this transaction. */
  effect: PointsEarned | null;
  /** The rule as it was in the revision that decided. */
  rule: EarningRule | null;
  /** The milestone that gave the points, in place of a rule. */
  milestone?: MilestoneCause | null;
  /** The customer's attributes and so on as they are today: what a condition read then is not kept. */
  today: Readonly<Record<string, unknown>>;
  hold: Pick<Hold, 'reason' | 'expiresAt'> | null;
  reverses: TransactionRow | null;
  /** The reward that it paid for, kept points for, or gave them back for. */
  paid: PaidReward | null;
  /** Of a moved expiry: what it did to each lot. */
  expiryMoves?: readonly LotExpiryMove[];
};

/** Who or what caused it, and when. */
export function causeOf({ transaction, activity }: TransactionFacts): TraceStep {
  const by = `by ${transaction.actor}${transaction.reason === null ? '' : `: ${transaction.reason}`}`;
  const what =
    activity === null
      ? transaction.kind
      : `${transaction.kind} for ${activity.typeCode} of ${activity.occurredAt.toISOString()}, recorded ${activity.recordedAt.toISOString()}`;
  return traceStep('CAUSE', `${what}, ${by}`, {
    item: activity?.typeCode ?? null,
    revision: transaction.ruleRevision,
    at: transaction.effectiveAt,
    basis: 'RECORDED',
  });
}
