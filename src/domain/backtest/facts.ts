import type { Big } from 'big.js';

import type { CustomerFacts } from '../earning/facts.ts';
import type { ActivityType } from '../program/program.ts';
import type { Assignment } from '../tier/standing.ts';

/** What an activity on record had earned by one rule or milestone, less what reversals have taken back of it since. */
export type RecordedAward = { ruleId: string; ruleCode: string; ruleName: string; currencyId: string; points: number };

/** Points that are taken as they were given, and how many of them the activity's reversals took back. */
export type RecordedPrize = { currencyId: string; points: number; takenBack: number };

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
  /** Points that it brought by what a replay does not decide anew: streaks, challenges, badges. They are taken as given. */
  prizes: readonly RecordedPrize[];
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

/**
 * What the ledger did to a balance beside what a replay decides: spending, expiry, adjustments, transfers, points given
 * without an activity, and what a reversal could not collect. It is taken as it was, under either rule set.
 */
export type ReplayedMovement = {
  customer: ReplayedCustomer;
  currencyId: string;
  /** What it adds to pending, available and held points together; below zero it takes. */
  balance: number;
  /** Points that count as earned, on the day of `effectiveAt`. */
  earned: number;
  effectiveAt: Date;
  recordedAt: Date;
};

/** What a person did to a customer's tiers on ladders of these codes: gave one, ended one, or had them reviewed. */
export type ReplayedTierStep = {
  customer: ReplayedCustomer;
  recordedAt: Date;
  step:
    | { kind: 'ASSIGNED'; ladder: string; assignment: Assignment }
    | { kind: 'RELEASED'; ladder: string }
    | { kind: 'REVIEWED'; ladders: readonly string[] };
};
