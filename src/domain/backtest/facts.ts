import type { Big } from 'big.js';

import type { CustomerFacts } from '../earning/facts.ts';
import type { ActivityType } from '../program/program.ts';

/** What an activity on record had earned by one rule, less what reversals have taken back of it since. */
export type RecordedAward = { ruleId: string; ruleCode: string; ruleName: string; currencyId: string; points: number };

/** A customer as a replay sees them: as they are known today, but enrolled as they were at that moment. */
export type ReplayedCustomer = CustomerFacts & {
  /** The local day of joining. */
  joinedOn: string;
  /** The value of the attribute that the report is split by; null without one. */
  segment: string | null;
};

/** An activity on record, on its way through a replay. */
export type ReplayedActivity = {
  id: string;
  type: ActivityType;
  channel: string;
  occurredAt: Date;
  recordedAt: Date;
  properties: Readonly<Record<string, unknown>>;
  customer: ReplayedCustomer;
  recorded: readonly RecordedAward[];
  /** How many reversals of it are still to come: as long as there are any, what it earned is kept in mind. */
  reversals: number;
};

/** A reversal on record: all of an activity, or amounts of its properties. */
export type ReplayedReversal = {
  activityId: string;
  whole: boolean;
  returned: ReadonlyMap<string, Big>;
  recordedAt: Date;
};
