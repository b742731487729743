import { addDays } from '../time.ts';

/**
 * Telling customers that points will expire. The laws:
 *
 * - A currency states so many days before expiry its customers are told. The notice of n days is looked for once, on the local
 *   day that lies n days before the last day on which the points are valid, and counts all of the customer that end with it.
 * - It is sent once a customer, currency, day of expiry and setting.
 * - Points that come, or get their date by activity, later than a notice of theirs was looked for are told of by the next
 *   nearer one. Those that were moved by hand are told of anew, before their new day, or at the next look when it is too late.
 * - Days on which nobody looked, as in an outage, are made up for. Of several notices about one day, only the nearest is sent.
 * - Held points are not counted, as they expire only when they come back; who has left or is blocked is told nothing.
 */

/** A notice as it was sent. */
export type ExpiryNotice = {
  customerId: string;
  currencyId: string;
  /** The last local day on which the points are valid, YYYY-MM-DD. */
  expiresOn: string;
  /** The setting that sent it. */
  days: number;
  points: number;
  /** The first instant at which the earliest of them is no longer valid. */
  expiresAt: Date;
  sentAt: Date;
};

/**
 * The days of expiry that are to be told of today by the setting of so many days: from the first that was not looked for, and
 * never one that is over. `through` is the last local day on which it was looked; null before the first time, which begins
 * today. A test clock that was set back begins at its day again. Null when today has been looked for.
 */
export function daysToTell(today: string, days: number, through: string | null): { from: string; to: string } | null {
  if (through === today) return null;
  const since = through === null || through > today ? today : addDays(through, 1);
  const from = addDays(since, days);
  return { from: from < today ? today : from, to: addDays(today, days) };
}
