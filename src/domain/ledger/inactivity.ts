import { endOfLength } from '../earning/expiry.ts';
import { endOfDayAfter } from '../time.ts';
import { compareLots } from './account.ts';
import type { AccountState, Inactivity } from './account.ts';
import type { Posting } from './posting.ts';

/**
 * Points that last with their customer's activity. The laws:
 *
 * - While the customer stays active, all such lots of a currency are one run and expire together: at the end of the local day
 *   that lies so many months or days after that of the last activity. Only the account holds that instant, and it moves at
 *   most once a local day, however many lots there are.
 * - It never moves back: not for an activity of an earlier day, nor for a shorter setting, nor for one that is reversed.
 * - The run ends when its instant passes. What is recorded after that revives nothing, though it may have happened before;
 *   the next points begin a new run.
 * - The first points of a run count from the day of their earning, whatever counts as activity; later ones join it, and last
 *   to the end of that day at least.
 * - A lot that a rule, a hand or a transfer has dated takes no part. A debt never expires; it is paid first out of what comes.
 */

/** What a customer did. Spending includes the capture of a hold. */
export type ActiveBy =
  | { kind: 'EARNING' }
  | { kind: 'SPENDING' }
  /** An activity of this type was recorded, whether or not it earned. */
  | { kind: 'ACTIVITY'; activityType: string };

/** A run of activity of an account, and the instant at which it ends. */
export type Run = { number: number; until: Date };

/**
 * The run that points earned at an instant belong to; null where points of the currency do not last with activity. Changes
 * nothing: `enterRun` does.
 */
export function runOf(posting: Posting, account: AccountState, earnedAt: Date, isEarned: boolean): Run | null {
  const { inactivity, activeRun, activeUntil } = account;
  if (inactivity === null) return null;
  const own = endOfLength(inactivity, earnedAt, inactivity.timeZone);
  if (activeUntil === null) return { number: activeRun, until: own };
  if (hasEnded(posting, activeUntil)) return { number: activeRun + 1, until: own };
  const least = isEarned && inactivity.earning ? own : endOfDayAfter(earnedAt, inactivity.timeZone, { days: 0 });
  return { number: activeRun, until: later(activeUntil, least) };
}

/** Makes a run the account's own. All lots of it that are in memory get its end. */
export function enterRun(posting: Posting, account: AccountState, run: Run): void {
  if (account.activeRun === run.number && account.activeUntil?.getTime() === run.until.getTime()) return;
  account.activeRun = run.number;
  account.activeUntil = run.until;
  posting.accounts.add(account);
  const lasting = account.lots.filter((lot) => lot.activeRun === run.number);
  for (const lot of lasting) lot.expiresAt = run.until;
  if (lasting.length > 0) account.lots.sort(compareLots);
}

/** Moves the end of the account's run, if the activity counts and there is one that has not ended. Needs no loaded lots. */
export function stayActive(posting: Posting, account: AccountState, by: ActiveBy, at: Date): void {
  const { inactivity, activeRun, activeUntil } = account;
  if (inactivity === null || activeUntil === null || !countsAsActivity(inactivity, by)) return;
  if (hasEnded(posting, activeUntil)) return;
  const until = later(activeUntil, endOfLength(inactivity, at, inactivity.timeZone));
  enterRun(posting, account, { number: activeRun, until });
}

/** Whether what a customer did keeps points alive. */
export function countsAsActivity(inactivity: Omit<Inactivity, 'timeZone'>, by: ActiveBy): boolean {
  if (by.kind === 'EARNING') return inactivity.earning;
  return by.kind === 'SPENDING' ? inactivity.spending : inactivity.activityTypes.includes(by.activityType);
}

function hasEnded(posting: Posting, until: Date): boolean {
  return until.getTime() <= posting.context.now.getTime();
}

function later(a: Date, b: Date): Date {
  return b.getTime() > a.getTime() ? b : a;
}
