import type { ActivityReport } from '#domain/activity/activity.ts';

import type { RowOutcome } from './tally.ts';

/** Rows whose fate needs no look at the record: left out by a rule of the mapping, or not understood. */
export type SettledRow = RowOutcome & {
  /** Why the row was refused, in words; null for what was left out. */
  reason: string | null;
  fields: Readonly<Record<string, string>>;
};

/** A row that shares the fate of the activity or cancellation that it is a part of. */
export type PartRow = { row: number; amount?: string; fields: Readonly<Record<string, string>> };

export type Customer = { externalId: string; displayName: string | null };

export type ActivityUnit = { customer: Customer; report: ActivityReport; rows: readonly PartRow[] };

export type CancelledLine = PartRow & { stockCode: string; quantity: number };
export type CancellationUnit = {
  customer: Customer;
  number: string;
  occurredAt: Date;
  lines: readonly CancelledLine[];
};

/** Points that a customer redeemed, as one row tells. */
export type RedemptionUnit = PartRow & { points: number; occurredAt: Date };

/**
 * Everything that a source tells of one customer's points, in order of time. `opening` is what the customer must have had
 * before the first row: just enough that no redemption is of points that were not there.
 */
export type HistoryUnit = {
  customer: Customer;
  since: Date;
  opening: number;
  activities: readonly ActivityUnit[];
  redemptions: readonly RedemptionUnit[];
};

/**
 * The smallest piece of a source that is imported, or not, as a whole: a row, or all lines of an invoice. Units come in the
 * same order whenever the same source is read, so that their count says where an import stands.
 */
export type Unit = {
  settled: readonly SettledRow[];
  activity: ActivityUnit | null;
  cancellation: CancellationUnit | null;
  history?: HistoryUnit;
};

/** What a unit's conversion must know besides the row. */
export type Conversion = { sourceHash: string; programZone: string };

const HASH_LENGTH = 32;

/** The message id of an activity that has none of its own: the same row of the same content, for ever. */
export function messageIdOf(sourceHash: string, row: number): string {
  return `${sourceHash.slice(0, HASH_LENGTH)}:${row}`;
}

/** The row that a message id of messageIdOf names. */
export function rowOfMessageId(messageId: string): number {
  return Number(messageId.slice(messageId.lastIndexOf(':') + 1));
}
