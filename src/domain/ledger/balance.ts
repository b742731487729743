import type { AccountState } from './account.ts';

/** A customer's points of one currency at an instant, as stored with a mutation's outcome: it survives JSON. */
export type Balance = {
  customerId: string;
  currencyId: string;
  pending: number;
  /** Below zero is a debt. */
  available: number;
  held: number;
  /** Number of the account's last entry. */
  seq: number;
  /** RFC 3339. */
  asOf: string;
};

/** The balance that an account shows at an instant. */
export function balanceOf(account: AccountState, asOf: Date): Balance {
  const { customerId, currencyId, pending, available, held, seq } = account;
  return { customerId, currencyId, pending, available, held, seq, asOf: asOf.toISOString() };
}
