import { Big } from 'big.js';

import { InvalidInputError } from '#domain/errors.ts';

import { noTime, readActivity, readCustomer, readOccurredAt, refusedRow, settleRow } from './convert.ts';
import { columnsOf, type HistoryMapping, type Mapping } from './mapping.ts';
import type { SourceRow } from './rows.ts';
import type { ActivityUnit, Conversion, Customer, HistoryUnit, RedemptionUnit, SettledRow, Unit } from './unit.ts';

/** Rows of a source are put in order of time by customer in memory; this many take some hundred megabytes. */
const ROWS_MAX = 1_000_000;

/** A row that is understood. Points are those of the point currency, whole numbers. */
type HistoryRow = {
  row: SourceRow;
  customer: Customer;
  at: Date;
  earned: number;
  redeemed: number;
};

/**
 * The rows of a mapping with a history, customer by customer, each in order of time, whatever the order of the file: a
 * balance at a redemption cannot be known before everything earlier was read. Rows that are not understood come first, by
 * themselves. Throws InvalidInputError beyond a million rows.
 */
export async function* readHistories(
  rows: AsyncIterable<SourceRow>,
  mapping: Mapping,
  history: HistoryMapping,
  conversion: Conversion,
): AsyncGenerator<Unit> {
  const wanted = columnsOf(mapping);
  const byCustomer = new Map<string, HistoryRow[]>();
  let count = 0;
  for await (const row of rows) {
    count += 1;
    if (count > ROWS_MAX)
      throw new InvalidInputError(`A file of histories has at most ${ROWS_MAX} rows: split it by customer.`);
    const settled = settleRow(row, mapping);
    const read = settled ?? readHistoryRow(row, mapping, history, conversion);
    if ('reason' in read) {
      yield { settled: [read], activity: null, cancellation: null };
      continue;
    }
    // What the mapping does not read is let go.
    read.row = { ...row, fields: Object.fromEntries(wanted.map((name) => [name, row.fields[name] ?? ''])) };
    const own = byCustomer.get(read.customer.externalId);
    if (own === undefined) byCustomer.set(read.customer.externalId, [read]);
    else own.push(read);
  }
  for (const own of byCustomer.values()) yield unitOf(own, mapping, conversion);
}

function readHistoryRow(
  row: SourceRow,
  mapping: Mapping,
  history: HistoryMapping,
  conversion: Conversion,
): HistoryRow | SettledRow {
  const customer = readCustomer(row.fields, mapping);
  if (customer === null) return refusedRow(row, `${mapping.customer.externalId} is empty.`);
  const at = readOccurredAt(row.fields, mapping, conversion);
  if (at === null) return refusedRow(row, noTime(row.fields, mapping));
  const amounts: number[] = [];
  for (const column of [history.earned, history.redeemed]) {
    const amount = readPoints(row.fields[column] ?? '', history.unitsPerPoint);
    if (amount === null) {
      const finest = new Big(1).div(history.unitsPerPoint).toFixed();
      return refusedRow(row, `${column} must be a number of points, 0 or above, in steps of ${finest}.`);
    }
    amounts.push(amount);
  }
  const [earned = 0, redeemed = 0] = amounts;
  return { row, customer, at, earned, redeemed };
}

/** Points of the source as points here; null when they do not come out whole. An empty column is none. */
function readPoints(text: string, unitsPerPoint: number): number | null {
  const trimmed = text.trim();
  if (trimmed === '') return 0;
  if (!/^\d{1,15}(\.\d{1,9})?$/.test(trimmed)) return null;
  const points = Number(new Big(trimmed).times(unitsPerPoint).toFixed());
  return Number.isSafeInteger(points) ? points : null;
}

function unitOf(rows: HistoryRow[], mapping: Mapping, conversion: Conversion): Unit {
  const ordered = rows.toSorted((a, b) => a.at.getTime() - b.at.getTime() || a.row.number - b.row.number);
  const settled: SettledRow[] = [];
  const activities: ActivityUnit[] = [];
  const redemptions: RedemptionUnit[] = [];
  for (const { row, at, earned, redeemed } of ordered) {
    const { number, fields } = row;
    if (earned === 0 && redeemed === 0) settled.push({ row: number, category: 'no_points', reason: null, fields });
    const activity = earned === 0 ? null : readActivity(row, mapping, conversion);
    if (typeof activity === 'string') settled.push(refusedRow(row, activity));
    else if (activity !== null) activities.push(activity);
    if (redeemed > 0) redemptions.push({ row: number, fields, points: redeemed, occurredAt: at });
  }
  const [first] = ordered;
  if (first === undefined) throw new Error('A history has at least one row.');
  const history: HistoryUnit = {
    customer: first.customer,
    since: first.at,
    opening: openingBalance(ordered),
    activities,
    redemptions,
  };
  return { settled, activity: null, cancellation: null, history };
}

/**
 * How much a customer must have had before the first row, so that no redemption is of points that were not there yet: the
 * deepest that the balance falls below zero. What is earned at an instant can be redeemed at it. Rows come in order of time.
 */
export function openingBalance(rows: readonly { at: Date; earned: number; redeemed: number }[]): number {
  let balance = 0;
  let lowest = 0;
  rows.forEach(({ at, earned, redeemed }, index) => {
    balance += earned - redeemed;
    const next = rows[index + 1];
    if (next === undefined || next.at.getTime() !== at.getTime()) lowest = Math.min(lowest, balance);
  });
  return -lowest;
}
