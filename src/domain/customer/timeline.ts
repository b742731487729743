import type { EnrolmentState } from '../enrolment/enrolment.ts';
import type { TransactionKind } from '../ledger/writes.ts';
import type { RedemptionState } from '../redemption/redemption.ts';

/** What can happen to a customer, as a timeline tells it. */
export const TIMELINE_KINDS = ['ACTIVITY', 'REVERSAL', 'POINTS', 'REDEMPTION', 'ENROLMENT', 'PROFILE'] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

type Entry<Kind extends TimelineKind, Detail> = {
  kind: Kind;
  id: string;
  customerId: string;
  at: Date;
  actor: string;
  /** Microseconds since 1970: the sort key, which loses nothing. */
  key: string;
  detail: Detail;
};

/** One thing that happened. Each kind carries what its own table tells. */
export type TimelineEntry =
  | Entry<'ACTIVITY', { activityTypeId: string; channel: string }>
  | Entry<
      'REVERSAL',
      { activityId: string; isWhole: boolean; pointsReversed: number; pointsUncollected: number; reason: string | null }
    >
  | Entry<
      'POINTS',
      {
        transactionKind: TransactionKind;
        currencyId: string;
        amount: number;
        isReceived: boolean;
        activityId: string | null;
        reason: string | null;
      }
    >
  /** `id` tells the steps of one redemption apart. */
  | Entry<'REDEMPTION', { redemptionId: string; state: RedemptionState; reason: string | null }>
  | Entry<'ENROLMENT', { state: EnrolmentState; reason: string | null }>
  | Entry<'PROFILE', { action: string; before: Record<string, unknown> | null; after: Record<string, unknown> | null }>;
