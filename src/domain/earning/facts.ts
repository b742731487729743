import type { ActivityType, PropertyDeclaration } from '../program/program.ts';

/**
 * The plain record that a rule's condition may look at. The use case assembles it once; a rule never loads anything.
 * What a condition needs beyond this becomes a field here.
 */
export type EarningFacts = {
  activity: { type: string; channel: string; occurredAt: Date; properties: Readonly<Record<string, unknown>> };
  customer: {
    externalId: string;
    locale: string | null;
    timeZone: string | null;
    enrolmentState: string;
    attributes: Readonly<Record<string, unknown>>;
  };
  /** The company that the customer belongs to, or null. */
  account: { externalId: string; name: string | null } | null;
  /** Code of the customer's tier; empty without one. */
  tier: string;
  /** Codes of the customer's tiers by the code of the ladder; a ladder without one is left out. */
  tiers?: Readonly<Record<string, string>>;
  /** How often the customer did the same before this activity, by the program's calendar at the activity's own time. */
  counters: ActivityCounters;
};

export type ActivityCounters = {
  today: number;
  thisWeek: number;
  thisMonth: number;
  thisYear: number;
  allTime: number;
};

export const NO_COUNTERS: ActivityCounters = { today: 0, thisWeek: 0, thisMonth: 0, thisYear: 0, allTime: 0 };

/** A customer as the activity path loads them. */
export type CustomerFacts = {
  id: string;
  externalId: string;
  locale: string | null;
  timeZone: string | null;
  enrolmentState: string;
  attributes: Record<string, unknown>;
  account: { externalId: string; name: string | null } | null;
};

/** What conditions on one activity type are type-checked against. */
export type FactDeclarations = { activityType: ActivityType; attributes: readonly PropertyDeclaration[] };
