import { expiryOf } from '../earning/expiry.ts';
import type { PointCurrency } from '../program/program.ts';
import type { AccountState } from './account.ts';
import { credit, type Credited } from './credit.ts';
import type { Posting } from './posting.ts';

/** Points that are won: so many of a currency, and how they expire; null as the currency says. */
export type PointsWon = { currency: PointCurrency; points: number; expiry: Parameters<typeof expiryOf>[0] };

/**
 * Gives points that no activity of the customer's own has earned, now: an adjustment, which can be spent and does not count as
 * earned. What the cap on the balance leaves no room for is not given. `timeZone` is the program's.
 */
export function creditPrize(
  posting: Posting,
  account: AccountState,
  { currency, points, expiry }: PointsWon,
  { timeZone, reason }: { timeZone: string; reason: string },
): Credited {
  const { now } = posting.context;
  return credit(posting, account, {
    kind: 'ADJUST',
    currency,
    amount: points,
    effectiveAt: now,
    pending: null,
    expiresAt: expiryOf(expiry, currency, now, timeZone),
    beyondCap: 'TRUNCATE',
    cause: { reason },
  });
}
